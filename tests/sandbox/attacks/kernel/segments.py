# wants: change tables of the processor
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
made = [libc.syscall(154, 1, bytes(16), 16), libc.syscall(154, 0x11, bytes(16), 16), libc.syscall(172, 3), libc.syscall(173, 0, 1, 1),
        libc.syscall(135, 0x0040000), libc.syscall(211, bytes(16))]
print("ESCAPED" if 0 in made[:5] else "held")
