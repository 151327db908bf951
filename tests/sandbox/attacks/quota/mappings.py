# wants: split its memory into as many mappings as the kernel allows
# routes: stdin
# limits: cpu_s=3 wall_s=12
import mmap, time

held = mmap.mmap(-1, 200 << 20)
import ctypes

address, libc = ctypes.addressof(ctypes.c_char.from_buffer(held)), ctypes.CDLL(None)
for page in range(0, 200 << 20, 8192):
    if libc.mprotect(ctypes.c_void_p(address + page), ctypes.c_size_t(4096), 1) != 0:
        break
time.sleep(1)
