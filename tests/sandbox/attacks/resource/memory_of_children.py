# wants: take memory in many processes that are each within the limit
# routes: stdin
# levels: full
# limits: cpu_s=5 wall_s=3
import os, time

for _ in range(12):
    if os.fork() == 0:
        held = bytearray(os.urandom(1) * (100 << 20))
        time.sleep(2)
        os._exit(0)
time.sleep(2)
print("ESCAPED")
