# wants: name the parent as a socket's or pipe's owner by the older calls
# routes: stdin call
import fcntl, os, socket, struct

escaped = False
for code in (0x8902, 0x8901, 0x5410):
    for make in (lambda: socket.socketpair()[0].detach(), lambda: os.pipe()[0], lambda: 0):
        try:
            fcntl.ioctl(make(), code, struct.pack("i", os.getppid()))
            escaped = True
        except OSError:
            pass
print("ESCAPED" if escaped else "held")
