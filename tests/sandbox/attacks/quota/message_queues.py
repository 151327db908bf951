# wants: use up the user's bytes in message queues
# routes: stdin
# limits: wall_s=1.5
import ctypes, time

libc = ctypes.CDLL(None)
made = sum(libc.syscall(240, b"q%d" % n, 0o102, 0o600, None) >= 0 for n in range(300))
made += sum(libc.msgget(0, 0o1600) >= 0 for n in range(300))
if made:
    print("ESCAPED", flush=True)
time.sleep(0.5)
