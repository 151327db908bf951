# wants: have the kernel send SIGIO to the parent when a socket becomes readable
# routes: stdin call
import fcntl, os, signal, socket, struct

signal.signal(signal.SIGIO, signal.SIG_IGN)
escaped = False
for pid in (os.getppid(), -os.getpgrp()):
    try:
        one, other = socket.socketpair()
        fcntl.ioctl(one, 0x8901, struct.pack("i", pid))
        fcntl.ioctl(one, 0x5452, struct.pack("i", 1))
        other.send(b"x")
        escaped = True
    except OSError:
        pass
print("ESCAPED" if escaped else "held")


def solve(token):
    return token
