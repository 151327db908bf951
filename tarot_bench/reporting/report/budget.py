"""Keep the report of a large run small: decide what to leave out, from a sample of its problems."""

import json
import math
import zlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tarot_bench.problem import Problem

MOST_BYTES = 28 * 1024 * 1024
"""Of all problems and samples of a report, as they are in the file; the rest of the page needs less than 2 MiB."""
PROBLEMS_SHARE = 0.4
"""Of `MOST_BYTES` at most, for statements and tests."""
LONGEST = (20_000, 4_000, 1_000, 300)
"""Characters shown of one text of a problem; the fewer, the more problems there are."""
SAMPLES = (
    "",
    "raw answers of passing samples",
    "raw answers and code of passing samples",
    "raw answers and code of passing samples, and raw answers of others from which code was taken",
    "raw answers and code of passing samples, and all but the first 500 characters of others",
)
"""What a report leaves out of samples, from nothing to most."""
_LOOKED_AT = 150
_BASE64 = 4 / 3

Level = TypeVar("Level")


def fitting(
    levels: Sequence[Level], problems: Sequence[Problem], content: Callable[[Problem, Level], Any], most_bytes: float
) -> Level:
    """The first level at which the contents of all problems are small enough, by estimate; else the last one.

    Args:
        levels: from the largest contents to the smallest.
        problems: some of them are looked at.
        content: of a problem at a level: anything that JSON can say.
        most_bytes: compressed, in base64.
    """
    some = problems[:: max(1, math.ceil(len(problems) / _LOOKED_AT))]
    for level in levels[:-1]:
        text = json.dumps([content(problem, level) for problem in some], ensure_ascii=False)
        packed = len(zlib.compress(text.encode("utf-8", "backslashreplace"), 6)) * _BASE64
        if packed * len(problems) <= most_bytes * len(some):
            return level
    return levels[-1]


def without(sample: dict[str, Any], passed: bool, level: str) -> dict[str, Any]:
    """A sample of the page without what a level of `SAMPLES` leaves out."""
    place = SAMPLES.index(level)
    left_out = set()
    if passed:
        left_out = {"text", "code"} if place >= 2 else {"text"} if place == 1 else set()
    elif place >= 3 and sample.get("code"):
        left_out = {"text"}
    kept = {key: value for key, value in sample.items() if key not in left_out}
    if place == len(SAMPLES) - 1:
        kept |= {key: kept[key][:500] for key in ("text", "code") if kept.get(key)}
    return kept
