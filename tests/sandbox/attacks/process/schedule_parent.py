# wants: choose the processor, class and priority of the parent
# routes: stdin call
import ctypes, os

libc, parent = ctypes.CDLL(None), os.getppid()
zero = (ctypes.c_int * 16)()
mask = (1).to_bytes(8, "little")
attribute = (48).to_bytes(4, "little") + (5).to_bytes(4, "little") + bytes(40)
made = [libc.syscall(203, parent, 8, mask), libc.syscall(144, parent, 5, zero), libc.syscall(142, parent, zero),
        libc.syscall(314, parent, attribute, 0), libc.syscall(251, 1, parent, 3 << 13)]
print("ESCAPED" if 0 in made else "held")
