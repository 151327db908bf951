# wants: write a million opening brackets on the result channel
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    put(b"[" * 1_000_000)
    os._exit(0)
