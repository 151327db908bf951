# wants: write into the parent's memory
# routes: stdin call
import ctypes, os

libc = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
escaped = False
for pid in (os.getppid(), 1):
    escaped |= libc.syscall(311, pid, vector, 1, vector, 1, 0) > 0
    try:
        open(f"/proc/{pid}/mem", "r+b").close()
        escaped = True
    except OSError:
        pass
print("ESCAPED" if escaped else "held")
