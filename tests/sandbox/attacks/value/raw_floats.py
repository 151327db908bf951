# wants: write numbers that JSON has no words for
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    put(b"[NaN,Infinity,-Infinity,1e999999999,-0.0,1e-999999999]")
    os._exit(0)
