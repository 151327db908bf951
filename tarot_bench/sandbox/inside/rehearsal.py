"""Warm up the zygote: do once what every test does, so that tests inherit the result.

The interpreter remembers what it looked up in types, and rewrites code that runs often. In a child each such note is a
page of its parent's to copy; once made in the parent, the page is shared.
"""

import os
import sys
from collections.abc import Callable

from tarot_bench.sandbox.inside import program, wire
from tarot_bench.sandbox.inside.wire import JobPacket, WireMode

_OFTEN = 12  # the interpreter rewrites code that has run eight times
_LINE = b"3 4 5\n"
_EVERY_CONSTRUCT = b"""
from __future__ import annotations
import sys
class A:
    def f(self, x: int, *a, k=1, **q) -> int:
        try:
            with self as y, x as z: y += -x ** 2 if x and not z or x < 3 else ~x
        except (ValueError, KeyError) as error: raise RuntimeError(f"{x!r:>3}") from error
        finally: del x
        for i, j in [(1, 2)]: yield {i: j}, {i}, [*a], (lambda: 0), x[1:2, ...], [u for u in a if u]
        while (n := x) > 0: global g; assert n; break
        else: pass
        match x:
            case {"a": 1} | [2, *_]: return
async def h():
    async for _ in h(): await h()
"""
_USUAL_INPUT_AND_OUTPUT = b"""
import sys
first = input()
numbers = list(map(int, sys.stdin.readline().split()))
lines = [line.strip() for line in sys.stdin.read().splitlines()]
total = sum(int(word) for line in lines for word in line.split())
print(first, total, *sorted(numbers), max(numbers), len(lines))
print("\\n".join(map(str, numbers)), end="")
sys.stdout.write(f"{total}\\n")
sys.stdout.flush()
"""


def rehearse(serve: Callable[[JobPacket, list[int]], None]) -> None:
    """Compile, run and serve harmless programs in this process.

    Args:
        serve: serves a job in this process, with the descriptors of its program and of its tests.
    """
    program.compile_source(_EVERY_CONSTRUCT)
    usual = program.compile_source(_USUAL_INPUT_AND_OUTPUT)
    streams = sys.stdin, sys.stdout
    for _ in range(_OFTEN):
        with open(_file(_LINE * 3)) as sys.stdin, open(_file(), "w") as sys.stdout:
            exec(usual.code, {"__name__": "__main__"})
    sys.stdin, sys.stdout = streams
    for tests in (wire.BATCH, 1, 1):
        source = _file(b"pass")
        packet = JobPacket(WireMode.STDIN, tests, 9.0, 9.0, 0.0, 1 << 32, 0, 1 << 20, 9, False, False, 4, 3)
        serve(packet, [source, *(_file() for _ in range(3 * tests))])
        os.close(source)


def _file(content: bytes = b"") -> int:
    descriptor = os.memfd_create("rehearsal", os.MFD_CLOEXEC)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
