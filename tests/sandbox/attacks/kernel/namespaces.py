# wants: get a user namespace in which it is root
# routes: stdin call
import ctypes

libc = ctypes.CDLL(None)
made = [libc.unshare(flag) for flag in (0x10000000, 0x10020000, 0x50000000, 0x2000000, 0x80)]
made += [libc.syscall(308, fd, 0) for fd in range(4)]
arguments = (ctypes.c_ulong * 11)(0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
made += [libc.syscall(435, arguments, 88)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
