# wants: hold its tester by answering one byte at a time
# routes: suite
# limits: wall_s=1
import os, time


def solve(token):
    os.write(4, (600).to_bytes(4, "little"))
    for _ in range(600):
        os.write(4, b" ")
        time.sleep(0.1)
