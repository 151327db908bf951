# wants: signal the parent's threads, which other calls name
# routes: stdin call
import ctypes, os

libc, parent = ctypes.CDLL(None), os.getppid()
info = (ctypes.c_int * 32)()
info[0], info[2] = 40, -1
for number in (9, 15, 40):
    made = [libc.syscall(234, parent, parent, number), libc.syscall(200, parent, number),
            libc.syscall(129, parent, number, info), libc.syscall(297, parent, parent, number, info)]
    if 0 in made:
        print("ESCAPED", flush=True)
