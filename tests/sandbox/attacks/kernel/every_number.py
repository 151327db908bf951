# wants: find a system call that somebody forgot, by trying all of them with nothing
# routes: stdin
# limits: wall_s=3
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
spare = {0, 1, 3, 15, 23, 34, 35, 47, 58, 56, 57, 60, 61, 62, 130, 186, 200, 202, 219, 230, 231, 232, 234, 247, 270, 271, 281, 435, 441, 449}
for number in sorted(set(range(600)) - spare):
    ctypes.set_errno(0)
    libc.syscall(number, -1, -1, -1, -1, -1, -1)
os.write(1, b"still here\n")
