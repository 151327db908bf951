# wants: stop whatever timer watches it
# routes: stdin call
# limits: cpu_s=0.5 wall_s=30
import ctypes, resource, signal, time

libc = ctypes.CDLL(None)
for number in range(64):
    libc.syscall(226, number)
for kind in (signal.ITIMER_REAL, signal.ITIMER_PROF, signal.ITIMER_VIRTUAL):
    signal.setitimer(kind, 0)
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
try:
    resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))
except (OSError, ValueError):
    pass
while time.process_time() < 2.5:
    pass
print("ESCAPED")
