# wants: write a result without an end
# routes: call suite
# limits: wall_s=2
import os


def solve(token):
    while True:
        os.write(4, bytes(1 << 20))
