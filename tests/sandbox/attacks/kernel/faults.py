# wants: handle page faults and performance counters of the kernel
# routes: stdin call
import ctypes

libc = ctypes.CDLL(None)
made = [libc.syscall(323, flags) for flags in (0, 1, 0o2000000)] + [libc.syscall(298, bytes(128), pid, -1, -1, 0) for pid in (0, -1, 1)]
print("ESCAPED" if any(number >= 0 for number in made) else "held")
