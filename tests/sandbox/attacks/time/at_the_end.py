# wants: work after its last statement, when nobody looks
# routes: stdin call
# limits: cpu_s=0.5 wall_s=30
import atexit, os, time


def late():
    while time.process_time() < 1.5:
        pass
    os.write(1, b"ESCAPED\n")


atexit.register(late)


def solve(token):
    return token
