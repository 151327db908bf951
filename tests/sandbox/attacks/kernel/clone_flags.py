# wants: start a process by clone with flags that hide it from its parent
# routes: stdin
# limits: wall_s=1.5
import ctypes

libc = ctypes.CDLL(None)
for flags in (0x8000 | 17, 0x800000 | 17, 0x4000 | 17, 0x10000000 | 17, 0x20000000 | 17, 0x2000 | 17):
    pid = libc.syscall(56, flags, 0, 0, 0, 0)
    if pid == 0:
        libc.syscall(231, 0)
    if pid > 0 and flags & 0x30008000:
        print("ESCAPED", hex(flags))
