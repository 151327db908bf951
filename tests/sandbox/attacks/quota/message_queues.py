# wants: use up the user's bytes in message queues
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
made = sum(libc.syscall(240, b"q%d" % n, 0o102, 0o600, None) >= 0 for n in range(300))
made += sum(libc.msgget(0, 0o1600) >= 0 for n in range(300))
if made:
    print("ESCAPED", flush=True)
time.sleep(0.5)
