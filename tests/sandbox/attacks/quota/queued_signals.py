# wants: use up the user's pending signals with signals that it blocks
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, os, signal, time

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
libc = ctypes.CDLL(None)
for number in (34, 40, 50, 64):
    for _ in range(50_000):
        if libc.sigqueue(os.getpid(), number, ctypes.c_void_p(0)) != 0:
            break
time.sleep(1)
