"""Generator programs for the problems of ``synthetic:N``, from the reader's name and the bounds in the validator."""

import re

from tarot_bench.dataset.entry import Entry
from tarot_bench.problem import Tier

_PROGRAM = """\
import random
from itertools import groupby

TIER, FIRST, LOW, HIGH, LONGEST = "{tier}", {first}, {low}, {high}, {longest}
rng = random.Random(f"{{TIER}} {{int(input()) + FIRST}}")
near = list(range(max(LOW, 0), min(HIGH, max(LOW, 0) + 12) + 1)) or [LOW]
if TIER == "edge":
    kind = rng.randrange(4)
    values = [[rng.randint(LOW, HIGH)], [HIGH] * LONGEST, [LOW, HIGH] * 3, [rng.choice(near)] * LONGEST][kind]
else:
    count = {{"basic": 5, "intermediate": 14}}.get(TIER, LONGEST)
    reach = near if TIER == "basic" else range(LOW, HIGH + 1)
    values = [rng.choice(reach) for _ in range(rng.randint(min(3, count), count))]


def word(length):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length))


{write}
"""
_WRITE = {
    "counted": "print(len(values))\nprint(*values)",
    "line": "print(*values)",
    "column": 'print(len(values), *values, sep="\\n")',
    "sentinel": 'print(*values, 0, sep="\\n")',
    "grid": "print(1, len(values))\nprint(*values)",
    "named": "print(len(values))\nfor value in values:\n    print(word(rng.randint(2, 6)), value)",
    "groups": "print(len(values))\nfor value in values:\n    print(1, value)",
    "commas": 'print(*values, sep=",")',
    "words": "print(*map(word, values))",
    "clock": 'print(len(values))\nfor value in values:\n    print(f"{value // 60:02}:{value % 60:02}")',
    "runs": "runs = [(value, len(list(run))) for value, run in groupby(values)]\n"
    "print(len(runs))\nfor run in runs:\n    print(*run)",
}
"""Prints ``values`` in the format of each reader."""
_LONGEST = re.compile(r"assert 1 <= len\(values\) <= (\d+)")
_RANGE = re.compile(r"assert all\((-?\d+) <= value <= (-?\d+) for")


def program(entry: Entry, tier: Tier, first: int = 0) -> str:
    """A generator program for one tier; `first` is added to the seed."""
    validator = entry.validator or ""
    longest, bounds = _LONGEST.search(validator), _RANGE.search(validator)
    if longest is None or bounds is None:
        raise ValueError(f"{entry.problem.id} is not of the procedural family")
    reader = (entry.problem.origin.id or "").partition("/")[0]
    return _PROGRAM.format(
        tier=tier, first=first, low=bounds[1], high=bounds[2], longest=longest[1], write=_WRITE[reader]
    )


def illegal(entry: Entry) -> tuple[str, ...]:
    """Inputs that break the statement in one place, made of the example."""
    text = entry.problem.original_tests[0].input
    lines = text.splitlines()
    return (
        "",
        "\n".join(lines[:-1]) + "\n" if len(lines) > 1 else "x\n",
        text + lines[-1] + "\n",
        text.rstrip("\n") + " §\n",
        text.replace(lines[0], f"{lines[0]}{'9' * 40}", 1),
        text.replace(" ", "; ") if " " in text else f"{text}x\n",
    )
