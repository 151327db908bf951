# wants: fill pipes of every size so that others get pipes of one page
# routes: stdin
# limits: cpu_s=3 wall_s=12
import os, time

try:
    while True:
        out, into = os.pipe()
        os.set_blocking(into, False)
        try:
            while True:
                os.write(into, bytes(65536))
        except BlockingIOError:
            pass
except OSError:
    pass
time.sleep(1)
