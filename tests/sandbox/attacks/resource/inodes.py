# wants: use up the file system's nodes
# routes: stdin
# limits: cpu_s=3 wall_s=9
import os

made = 0
try:
    while made < 100_000:
        os.close(os.open(f"/tmp/{made}", os.O_CREAT))
        made += 1
except OSError:
    pass
print("ESCAPED" if made > 20_000 else made)
