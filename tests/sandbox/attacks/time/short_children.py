# wants: work in children too short to be seen
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import os, signal, time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
out, into = os.pipe()
for _ in range(300):
    if os.fork() == 0:
        while time.process_time() < 0.005:
            pass
        os.write(into, b"x")
        os._exit(0)
    os.read(out, 1)
print("ESCAPED")
