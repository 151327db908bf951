# wants: write a complex number with parts no float can hold on the result channel
# routes: call literal suite
import os

BODY = b'{"!":["complex",[1' + b"0" * 400 + b",1" + b"0" * 400 + b"]]}"


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    try:
        put(BODY)
    except OSError:
        pass
    os._exit(0)
