# wants: move, advise and swap pages of other processes
# routes: stdin
import ctypes, os

libc, parent = ctypes.CDLL(None), os.getppid()
made = [libc.syscall(256, parent, 64, b"\1" * 8, b"\1" * 8), libc.syscall(279, parent, 0, None, None, None, 0),
        libc.syscall(440, 3, None, 0, 21, 0), libc.syscall(448, 3, 0)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
