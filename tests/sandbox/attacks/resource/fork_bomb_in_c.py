# wants: fork without ever naming it, by the system call
# routes: stdin call
# limits: wall_s=1
import ctypes

libc = ctypes.CDLL(None)
made = 0
for _ in range(200):
    pid = libc.syscall(57) if hasattr(libc, "syscall") else -1
    made += pid > 0
    if pid == 0:
        while True:
            pass
print("ESCAPED" if made > 16 else made)
