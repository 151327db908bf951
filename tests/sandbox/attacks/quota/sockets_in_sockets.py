# wants: nest sockets in sockets for the kernel's collector to walk
# routes: stdin
# limits: cpu_s=3 wall_s=12
import array, socket, time

try:
    last = socket.socketpair()
    for _ in range(3000):
        made = socket.socketpair()
        made[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [last[0].fileno(), last[1].fileno()]))])
        for one in last:
            one.close()
        last = made
except OSError:
    pass
time.sleep(1)
