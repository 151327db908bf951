# wants: keep as many idle processes as it may, again and again
# routes: stdin
# levels: full
# limits: cpu_s=3 wall_s=12
import os, time

for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(1)
    except OSError:
        time.sleep(0.01)
time.sleep(1)
