# wants: work two generations down, and leave before they are added up
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import os, time

out, into = os.pipe()
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        for _ in range(2):
            if os.fork() == 0:
                while time.process_time() < 0.5:
                    pass
                os.write(into, b"x")
                os._exit(0)
        os._exit(0)
for _ in range(6):
    os.read(out, 1)
print("ESCAPED")
