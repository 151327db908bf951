# wants: use up the user's namespaces
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
made = sum(libc.unshare(flag) == 0 for flag in (0x10000000, 0x20000, 0x40000000, 0x8000000, 0x2000000, 0x80) for _ in range(50))
if made:
    print("ESCAPED", flush=True)
time.sleep(0.5)
