# wants: use up the user's pipe pages with pipes of a mebibyte
# routes: stdin call
# limits: cpu_s=3 wall_s=12
import fcntl, os, time

for _ in range(120):
    try:
        out, into = os.pipe()
        fcntl.fcntl(into, 1031, 1 << 20)
    except OSError:
        break
time.sleep(1)
