# wants: confuse its tester with empty, odd and oversized frames
# routes: suite
import os

BODIES = [b"", b"{}", b"[]", b"null", b'{"value":', b"\xff\xfe", b'{"raised":"StopIteration"}', b'{"raised":1,"message":[]}',
          b'{"value":1,"raised":"x"}', b'{"!":["tuple",[]]}', b'{"raised":"__import__","message":"os"}']


def solve(token):
    body = BODIES[int(token[-1], 16) % len(BODIES)]
    os.write(4, len(body).to_bytes(4, "little") + body)
    os._exit(0)
