# wants: have the kernel keep a list of a million locks
# routes: stdin
# limits: wall_s=1.5
import fcntl, time

try:
    with open(__file__, "rb") as file:
        for n in range(0, 2_000_000, 2):
            fcntl.lockf(file, fcntl.LOCK_SH, 1, n)
except OSError:
    pass
time.sleep(60)
