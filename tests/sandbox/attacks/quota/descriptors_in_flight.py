# wants: park descriptors in sockets, where no limit of its own counts them
# routes: stdin
# levels: full landlock
# limits: cpu_s=3 wall_s=12
import array, os, socket, time

held = []
try:
    for _ in range(60):
        one, other = socket.socketpair()
        held += [one, other]
        null = [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]
        for _ in range(200):
            one.setblocking(False)
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", null))])
        for fd in null:
            os.close(fd)
except OSError:
    pass
time.sleep(1)
