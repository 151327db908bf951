# wants: hold its tester forever with a header and no body
# routes: suite
# limits: wall_s=1
import os, time


def solve(token):
    os.write(4, (1 << 20).to_bytes(4, "little") + b'{"value"')
    time.sleep(60)
