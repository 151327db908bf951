# wants: have the kernel keep a list of a million locks
# routes: stdin
# limits: cpu_s=3 wall_s=12
import fcntl, time

try:
    with open(__file__, "rb") as file:
        for n in range(0, 2_000_000, 2):
            fcntl.lockf(file, fcntl.LOCK_SH, 1, n)
except OSError:
    pass
time.sleep(1)
