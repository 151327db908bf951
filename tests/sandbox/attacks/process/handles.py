# wants: hold processes by descriptors, and take theirs
# routes: stdin call
import ctypes, os

libc = ctypes.CDLL(None)
made = []
for pid in (os.getppid(), 1):
    handle = libc.syscall(434, pid, 0)
    made += [handle, libc.syscall(438, handle, 0, 0) if handle >= 0 else -1, libc.syscall(312, os.getpid(), pid, 0, 0, 0)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
