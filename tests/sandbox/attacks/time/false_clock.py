# wants: have time stand still
# routes: stdin call
# limits: cpu_s=0.5 wall_s=30
import ctypes, time

before = time.process_time
time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
libc = ctypes.CDLL(None)
libc.clock_settime(0, (ctypes.c_long * 2)(0, 0))
libc.adjtimex(bytes(208))
while before() < 1.5:
    pass
print("ESCAPED")
