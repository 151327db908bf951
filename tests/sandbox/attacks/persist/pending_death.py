# wants: be a zombie or a stopped process that nobody reaps
# routes: stdin
# levels: full
import os, signal, time

for _ in range(5):
    if os.fork() == 0:
        os._exit(0)
    if os.fork() == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(0.1)
