# wants: use up the user's kernel keys
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
made = sum(libc.syscall(248, b"user", b"k%d" % n, b"x" * 90, 90, -3) > 0 for n in range(300))
if made:
    print("ESCAPED", flush=True)
time.sleep(0.5)
