# wants: make system calls by the numbers of another ABI
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
made = [libc.syscall(0x40000000 + number, 0, 0, 0) for number in (1, 39, 57, 101, 321, 512, 520, 544, 547)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
