# wants: return a list of millions of empty lists, which take many times their text in memory
# routes: call literal suite
# limits: output_kib=16384 wall_s=9 cpu_s=3
import os, stat


def solve(token):
    body = b"[" + b"[]," * 2_000_000 + b"[]]"
    if stat.S_ISFIFO(os.fstat(4).st_mode):
        body = b'{"value":' + body + b"}"
        body = len(body).to_bytes(4, "little") + body
    while body:
        body = body[os.write(4, body) :]
    os._exit(0)
