# wants: nest the encoding's own tags deeper than its reader likes
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    put(b'{"!":["tuple",[' * 50_000 + b"]]}" * 50_000)
    os._exit(0)
