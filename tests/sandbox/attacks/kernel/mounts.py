# wants: mount a file system of its own
# routes: stdin
import ctypes

libc = ctypes.CDLL(None)
made = [libc.mount(b"x", b"/tmp", b"tmpfs", 0, None), libc.umount2(b"/proc", 2), libc.syscall(155, b"/", b"/tmp"),
        libc.syscall(428, -100, b"/", 1), libc.syscall(430, b"tmpfs", 0), libc.syscall(442, -100, b"/", 0, None, 0),
        libc.syscall(429, -100, b"/tmp", -100, b"/box", 0), libc.chroot(b"/tmp"), libc.syscall(433, -100, b"/tmp", 0)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
