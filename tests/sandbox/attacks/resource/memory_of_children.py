# wants: take memory in many processes that are each within the limit
# routes: stdin
# levels: full
# limits: cpu_s=5 wall_s=3
import os, time

said, say = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        held = bytearray(os.urandom(1) * (100 << 20))
        os.write(say, b".")
        time.sleep(100)
holding = 0
while holding < 12:
    holding += len(os.read(said, 12))
print("ESCAPED")
