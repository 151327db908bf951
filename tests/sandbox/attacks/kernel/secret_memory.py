# wants: have memory that the harness cannot see or count
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
made = [libc.syscall(447, 0), libc.syscall(319, b"x", 0), libc.syscall(319, b"x", 4)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
