# wants: talk to the host or the world
# routes: stdin call
import socket

for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 22)),
    (socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("1.1.1.1", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 22)),
    (socket.AF_INET6, socket.SOCK_DGRAM, ("ff02::1", 9999)),
):
    try:
        with socket.socket(family, kind) as one:
            one.settimeout(0.3)
            one.connect(address)
            one.send(b"x")
            print("ESCAPED", address)
    except OSError:
        pass


def solve(token):
    return token
