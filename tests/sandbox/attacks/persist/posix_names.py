# wants: leave a note in a named semaphore, segment or queue
# routes: stdin call
import ctypes, os

libc = ctypes.CDLL(None)
libc.sem_open.restype = ctypes.c_void_p
if libc.sem_open(b"/attacknote", 0):
    print("ESCAPED", flush=True)
libc.sem_open(b"/attacknote", os.O_CREAT, 0o600, 1)
fd = libc.shm_open(b"/attacknote2", os.O_RDWR, 0o600)
if fd >= 0:
    print("ESCAPED", flush=True)
libc.shm_open(b"/attacknote2", os.O_RDWR | os.O_CREAT, 0o600)
if libc.mq_open(b"/attacknote3", os.O_RDWR) >= 0:
    print("ESCAPED", flush=True)
libc.mq_open(b"/attacknote3", os.O_RDWR | os.O_CREAT, 0o600, None)


def solve(token):
    return token
