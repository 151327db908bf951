# wants: hold rulesets and filters, which no limit counts
# routes: stdin
# limits: cpu_s=3 wall_s=12
import ctypes, time

libc = ctypes.CDLL(None)
attribute = (1 << 13).to_bytes(8, "little")
for _ in range(200):
    libc.syscall(444, attribute, 8, 0)
for _ in range(40):
    libc.syscall(446, 3, 0)
time.sleep(1)
