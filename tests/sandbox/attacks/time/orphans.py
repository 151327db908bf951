# wants: work in orphans that nobody waits for
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import os, time

out, into = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        if os.fork() == 0:
            while time.process_time() < 0.4:
                pass
            os.write(into, b"x")
        os._exit(0)
    os.wait()
    os.read(out, 1)
print("ESCAPED")
