# wants: hold as many anonymous kernel objects as there are descriptors
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
for make in (lambda: libc.eventfd(0, 0), lambda: libc.timerfd_create(1, 0), lambda: libc.signalfd(-1, bytes(8), 0)):
    for _ in range(80):
        make()
time.sleep(1)
