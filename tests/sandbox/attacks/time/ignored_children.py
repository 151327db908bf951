# wants: have the kernel forget the time of children, by ignoring their end
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import os, signal, time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
out, into = os.pipe()
for _ in range(5):
    if os.fork() == 0:
        while time.process_time() < 0.3:
            pass
        os.write(into, b"x")
        os._exit(0)
    os.read(out, 1)
print("ESCAPED")
