# wants: survive in a process that keeps starting its successor
# routes: stdin
# levels: full
import ctypes, os, time

if os.fork() == 0:
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    os.setsid()
    for fd in range(256):
        try:
            os.close(fd)
        except OSError:
            pass
    while True:
        try:
            if os.fork() > 0:
                os._exit(0)
        except OSError:
            pass
time.sleep(0.1)
