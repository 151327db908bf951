# wants: write bytes that are no text at all
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    put(b"\xff\xfe\x00\xd8" * 1000)
    os._exit(0)
