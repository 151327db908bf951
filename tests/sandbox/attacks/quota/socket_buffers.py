# wants: hold kernel memory in the buffers of sockets
# routes: stdin
# limits: cpu_s=3 wall_s=12
import socket, time

held = []
try:
    for _ in range(120):
        one, other = socket.socketpair()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
        one.setblocking(False)
        held.append((one, other))
        try:
            while True:
                one.send(bytes(1 << 16))
        except BlockingIOError:
            pass
except OSError:
    pass
time.sleep(1)
