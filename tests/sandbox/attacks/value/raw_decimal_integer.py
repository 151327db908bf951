# wants: write an integer literal of a million decimals, which takes quadratic time to read
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    put(b"[" + b"9" * 1_000_000 + b"]")
    os._exit(0)
