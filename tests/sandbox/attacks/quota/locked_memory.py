# wants: lock pages beyond what a user may
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, mmap, time

libc = ctypes.CDLL(None)
held = mmap.mmap(-1, 64 << 20)
address = ctypes.addressof(ctypes.c_char.from_buffer(held))
if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(64 << 20)) == 0 or libc.mlockall(3) == 0:
    print("ESCAPED", flush=True)
time.sleep(0.5)
