"""Right programs beside the golds: tests that reject one of them are wrong."""

from tarot_bench.problem import Problem
from tests.materials import materials_of

FAST = ("badge-initials", "bakery-queue", "quiet-rooms", "quiz-ranking", "rent-calendar", "watering-times")
"""Problems whose simple solution keeps the limits of the statement at every size."""
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


def right_programs(problem: Problem) -> dict[str, str]:
    """By name: the gold, the gold with other habits of reading, writing and speed, and an independent solution."""
    gold = problem.solution or ""
    found = {"gold": gold}
    found |= {name: _BUFFERED.format(program=gold, ending=ending) for name, ending in _ENDINGS.items()}
    name = problem.id.partition("/")[2]
    if name in FAST:
        found["independent"] = materials_of("embedded")[name].brute_force
    return found
