# wants: copy the memory of the tester, the zygote and its neighbours with process_vm_readv
# routes: stdin suite
# levels: full
import ctypes, os

libc = ctypes.CDLL(None)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def look():
    into = ctypes.create_string_buffer(4096)
    local, got = Vector(ctypes.addressof(into), 4096), 0
    for pid in range(1, 200):
        if pid == os.getpid():
            continue
        for base in (0x400000, 0x555555554000, id(object())):
            remote = Vector(base & ~4095, 4096)
            got += libc.process_vm_readv(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0) > 0
    return "ESCAPED" if got else "held"


def solve(token):
    return look()


if __name__ == "__main__":
    print(look())
