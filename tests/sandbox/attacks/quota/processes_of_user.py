# wants: keep as many idle processes as it may, again and again
# routes: stdin
# levels: full
# limits: wall_s=1.5
import os, time

for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(60)
    except OSError:
        time.sleep(0.01)
time.sleep(60)
