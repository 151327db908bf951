# wants: let a thread live on after its main thread has left
# routes: stdin call
# limits: wall_s=1.5
import ctypes, threading, time


def stay():
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    time.sleep(60)


threading.Thread(target=stay).start()
ctypes.CDLL(None).syscall(60, 0)
