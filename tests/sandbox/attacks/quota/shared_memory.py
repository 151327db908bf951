# wants: hold System V segments and semaphores that outlive it
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
made = sum(libc.shmget(0, 1 << 20, 0o1600) >= 0 for n in range(300)) + sum(libc.semget(0, 100, 0o1600) >= 0 for n in range(300))
if made:
    print("ESCAPED", flush=True)
time.sleep(0.5)
