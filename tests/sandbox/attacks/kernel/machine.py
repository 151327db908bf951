# wants: stop, rename or reset the machine
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
made = [libc.syscall(170, b"x", 1), libc.syscall(171, b"x", 1), libc.syscall(163, b"/tmp/x"), libc.syscall(167, b"/tmp/x", 0),
        libc.syscall(103, 3, bytes(64), 64), libc.syscall(179, 0, 0, 0, 0), libc.syscall(164, bytes(16), None), libc.syscall(305, 0, bytes(208))]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
