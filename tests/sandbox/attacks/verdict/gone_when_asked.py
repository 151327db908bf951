# wants: be gone at the moment of each reply
# routes: suite call
# limits: wall_s=1
import os, threading, time


def leave():
    time.sleep(0.2)
    os.kill(os.getpid(), 9)


threading.Thread(target=leave, daemon=True).start()


def solve(token):
    time.sleep(0.3)
    return token
