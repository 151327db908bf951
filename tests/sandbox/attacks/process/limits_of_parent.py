# wants: lower the limits of the parent until it dies
# routes: stdin call
import ctypes, os

libc = ctypes.CDLL(None)
made = [libc.syscall(302, pid, kind, (ctypes.c_long * 2)(1, 1), None) for pid in (os.getppid(), 1) for kind in range(16)]
print("ESCAPED" if 0 in made else "held")
