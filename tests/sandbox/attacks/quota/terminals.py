# wants: use up the machine's pseudo-terminals
# routes: stdin
# limits: cpu_s=3 wall_s=12
import os, time

made = 0
for path in ("/dev/ptmx", "/dev/pts/ptmx"):
    for _ in range(240):
        try:
            os.open(path, os.O_RDWR)
            made += 1
        except OSError:
            break
if made > 300:
    print("ESCAPED", flush=True)
time.sleep(1)
