# wants: leave a note in System V memory, semaphores and queues
# routes: stdin call
import ctypes

libc = ctypes.CDLL(None)
for make in (lambda flag: libc.shmget(0x7A11, 64, flag), lambda flag: libc.semget(0x7A11, 1, flag), lambda flag: libc.msgget(0x7A11, flag)):
    if make(0) >= 0:
        print("ESCAPED", flush=True)
    make(0o1600)


def solve(token):
    return token
