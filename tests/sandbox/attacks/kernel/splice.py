# wants: move pages between files and pipes without copying
# routes: stdin
import ctypes, os, sys

libc = ctypes.CDLL(None)
out, into = os.pipe()
try:
    file = os.open(os.__file__, os.O_RDONLY)
    offset = ctypes.c_longlong(0)
    libc.splice(file, ctypes.byref(offset), into, None, ctypes.c_size_t(1), 0)
    libc.write(into, b"XXXX", 4)
    if os.pread(file, 5, 0)[1:5] == b"XXXX":
        print("ESCAPED")
    libc.tee(out, into, ctypes.c_size_t(1), 0)
    libc.vmsplice(into, None, 0, 0)
except OSError:
    pass
