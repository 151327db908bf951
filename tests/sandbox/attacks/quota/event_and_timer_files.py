# wants: hold as many anonymous kernel objects as there are descriptors
# routes: stdin
# limits: wall_s=1.5
import ctypes, time

libc = ctypes.CDLL(None)
for make in (lambda: libc.eventfd(0, 0), lambda: libc.timerfd_create(1, 0), lambda: libc.signalfd(-1, bytes(8), 0)):
    for _ in range(80):
        make()
time.sleep(60)
