# wants: become the parent of everything that is orphaned, and hide it
# routes: stdin
# levels: full
# limits: wall_s=2.5
import ctypes, os, time

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
            time.sleep(60)
        os._exit(0)
time.sleep(60)
