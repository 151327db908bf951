"""Right programs beside the golds: tests that reject one of them are wrong."""

from tarot_bench.problem import Problem
from tests.materials import materials_of

_BUFFERED = """\
import contextlib
import io
import sys

text = sys.stdin.read()


def run(program):
    sys.stdin, written = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(written):
        exec(compile(program, "solution", "exec"), {{"__name__": "__main__"}})
    return written.getvalue()


PROGRAM = {program!r}
{ending}
"""
_ENDINGS = {
    "reads-all-and-writes-once": "sys.stdout.write(run(PROGRAM))",
    "white-space-at-line-ends": (
        'for line in run(PROGRAM).rstrip("\\n").split("\\n"):\n    print(line, end=" \\n")\nprint()'
    ),
    "half-as-fast": "run(PROGRAM)\nsys.stdout.write(run(PROGRAM))",
}

_CALLED = """\
{program}

import copy

_gold = {entry_point}


def _changed(*arguments):
    {ending}


{entry_point} = _changed
"""
_CALLED_ENDINGS = {
    "answers-a-copy": "return copy.deepcopy(_gold(*copy.deepcopy(arguments)))",
    "other-order-of-keys": (
        "returned = _gold(*arguments)\n"
        "    return dict(reversed(returned.items())) if isinstance(returned, dict) else returned"
    ),
    "half-as-fast": "_gold(*copy.deepcopy(arguments))\n    return _gold(*arguments)",
}


def right_programs(problem: Problem) -> dict[str, str]:
    """By name: the gold, the gold with other habits of reading, writing and speed, and an independent solution."""
    gold, function = problem.solution or "", problem.entry_point
    found = {"gold": gold}
    for name, ending in (_CALLED_ENDINGS if function else _ENDINGS).items():
        frame = _CALLED if function else _BUFFERED
        found[name] = frame.format(program=gold, entry_point=function, ending=ending)
    found["independent"] = materials_of("embedded")[problem.id.partition("/")[2]].solution
    return found
