# wants: load code into the kernel
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
made = [libc.syscall(321, command, bytes(128), 128) for command in range(6)]
made += [libc.syscall(number, 0, 0, 0, 0) for number in (175, 313, 246, 320, 176)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
