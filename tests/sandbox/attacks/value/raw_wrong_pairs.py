# wants: give a tag what it does not expect
# routes: call literal
import os


def put(body):
    os.write(4, b'[["value",' + body + b"]]" if os.pread(3, 3, 0) == b"[[[" else body)


def solve(token):
    body = [b'{"!":["dict",[1,2]]}', b'{"!":["dict",[[1,2,3]]]}', b'{"!":["float","x"]}', b'{"!":["bytes","\\u4e2d"]}',
            b'{"!":[]}', b'{"!":null}', b'{"!":["int","0x"]}', b'{"!":[["tuple"],[]]}', b'{"!":["complex",[1,2,3]]}']
    put(body[int(token[-1], 16) % len(body)])
    os._exit(0)
