# wants: answer its tester with a complex number that cannot be made
# routes: suite
import os

BODY = b'{"value":{"!":["complex",[1' + b"0" * 400 + b",1]]}}"


def solve(token):
    os.write(4, len(BODY).to_bytes(4, "little") + BODY)
    os._exit(0)
