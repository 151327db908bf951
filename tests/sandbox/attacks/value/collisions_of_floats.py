# wants: collide by floats, which need no odd tag
# routes: call literal
# limits: cpu_s=3 wall_s=9
import os


def solve(token):
    body = b'{"!":["set",[' + b",".join(b"%d.0e0" % (n << 40) for n in range(1, 30_000)) + b"]]}"
    if os.pread(3, 3, 0) == b"[[[":
        body = b'[["value",' + body + b"]]"
    while body:
        body = body[os.write(4, body) :]
    os._exit(0)
