# wants: be stopped while its child works
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import os, signal, time

parent = os.getpid()
if os.fork() == 0:
    while time.process_time() < 1.5:
        pass
    os.kill(parent, signal.SIGCONT)
    os._exit(0)
os.kill(parent, signal.SIGSTOP)
print("ESCAPED")
