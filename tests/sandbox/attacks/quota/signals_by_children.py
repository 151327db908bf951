# wants: queue signals in many children, each with a share of the user's quota
# routes: stdin
# levels: full
# limits: cpu_s=3 wall_s=12
import ctypes, os, signal, time

libc = ctypes.CDLL(None)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
for _ in range(12):
    try:
        if os.fork() == 0:
            break
    except OSError:
        break
for _ in range(50_000):
    if libc.sigqueue(os.getpid(), 40, ctypes.c_void_p(0)) != 0:
        break
time.sleep(1)
