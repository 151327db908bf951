# wants: have its parent be the debugger that its signals stop for
# routes: stdin call
# limits: wall_s=1.5
import ctypes, os, signal

libc = ctypes.CDLL(None)
if libc.ptrace(0, 0, None, None) == 0:
    print("ESCAPED", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
