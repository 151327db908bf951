# wants: have the kernel forget the time of children, by SA_NOCLDWAIT
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import ctypes, os, time


class Action(ctypes.Structure):
    _fields_ = [("handler", ctypes.c_void_p), ("mask", ctypes.c_ulong * 16), ("flags", ctypes.c_int), ("restorer", ctypes.c_void_p)]


ctypes.CDLL(None).sigaction(17, ctypes.byref(Action(0, (ctypes.c_ulong * 16)(), 2, None)), None)
out, into = os.pipe()
for _ in range(5):
    if os.fork() == 0:
        while time.process_time() < 0.3:
            pass
        os.write(into, b"x")
        os._exit(0)
    os.read(out, 1)
print("ESCAPED")
