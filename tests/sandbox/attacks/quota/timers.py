# wants: use up the user's pending signals with timers
# routes: stdin call
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
made, timer = 0, ctypes.c_void_p()
while made < 200_000 and libc.timer_create(1, None, ctypes.byref(timer)) == 0:
    made += 1
time.sleep(1)
