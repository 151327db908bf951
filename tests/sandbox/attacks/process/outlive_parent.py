# wants: live on when the harness is gone
# routes: stdin
# limits: wall_s=2.5
import ctypes, os, signal, time

libc = ctypes.CDLL(None)
libc.prctl(1, 0, 0, 0, 0)
libc.prctl(36, 1, 0, 0, 0)
libc.prctl(0x59616D61, -1, 0, 0, 0)
for number in (1, 15):
    signal.signal(number, signal.SIG_IGN)
try:
    os.setsid()
except OSError:
    pass
time.sleep(60)
