# wants: make the judge build a dict of colliding hashes
# routes: call literal
# limits: cpu_s=3 wall_s=9 output_kib=16384
import os

P = 2**61 - 1


def solve(token):
    body = b'{"!":["dict",[' + b",".join(b'[{"!":["int","%s"]},0]' % hex(n * P).encode() for n in range(1, 40_000)) + b"]]}"
    if os.pread(3, 3, 0) == b"[[[":
        body = b'[["value",' + body + b"]]"
    while body:
        body = body[os.write(4, body) :]
    os._exit(0)
