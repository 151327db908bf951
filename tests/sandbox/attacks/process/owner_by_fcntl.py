# wants: choose who gets a file's signals, and which
# routes: stdin call
import fcntl, os, struct

escaped = False
out, into = os.pipe()
for fd in (0, 1, out, into):
    for action in (
        lambda: fcntl.fcntl(fd, fcntl.F_SETOWN, os.getppid()),
        lambda: fcntl.fcntl(fd, 15, struct.pack("ii", 1, os.getppid())),
        lambda: fcntl.fcntl(fd, 10, 9),
        lambda: fcntl.fcntl(os.open("/", os.O_RDONLY), 1026, 0x8000001F),
        lambda: fcntl.fcntl(fd, 1024, 1),
    ):
        try:
            action()
            escaped = True
        except OSError:
            pass
print("ESCAPED" if escaped else "held")
