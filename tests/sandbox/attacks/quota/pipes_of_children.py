# wants: multiply the pipes by its processes
# routes: stdin
# levels: full
# limits: cpu_s=3 wall_s=12
import fcntl, os, time

for _ in range(12):
    try:
        if os.fork() == 0:
            break
    except OSError:
        break
for _ in range(110):
    try:
        out, into = os.pipe()
        fcntl.fcntl(into, 1031, 1 << 20)
        fcntl.fcntl(into, 1031, 1 << 18)
    except OSError:
        break
time.sleep(1)
