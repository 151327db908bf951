# wants: write a hexadecimal integer of megabytes on the result channel
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    put(b'{"!":["int","0x' + b"f" * 900_000 + b'"]}')
    os._exit(0)
