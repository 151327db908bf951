"""The answers of the procedural family: one number, or the remaining list."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True)
class Result:
    """The answer printed for a non-empty list.

    Attributes:
        name: distinct among results.
        wordings: ways to say what is printed, each continuing "Print …".
        code: an expression on ``values`` whose text is printed.
        show: the same text, computed without that code.
    """

    name: str
    wordings: tuple[str, ...]
    code: str
    show: Callable[[list[int]], str]


def _number(of: Callable[[list[int]], int]) -> Callable[[list[int]], str]:
    return lambda values: str(of(values))


def _longest_rise(values: list[int]) -> int:
    rises = [after > before for before, after in pairwise(values)]
    return 1 + max((len(list(run)) for up, run in groupby(rises) if up), default=0)


def _alternating(values: list[int]) -> int:
    return sum(values[::2]) - sum(values[1::2])


def _commonest(values: list[int]) -> int:
    counts = Counter(values)
    top = max(counts.values())
    return min(value for value, count in counts.items() if count == top)


_PRIME = 1_000_007

RESULTS = (
    Result(
        "sum",
        ("the sum of the {items} left", "what all remaining {items} add up to"),
        "sum(values)",
        _number(lambda values: -sum(-value for value in values)),
    ),
    Result(
        "max",
        ("the largest remaining {item}", "the maximum over the final {items}"),
        "max(values)",
        _number(lambda values: sorted(values)[-1]),
    ),
    Result(
        "min",
        ("the smallest remaining {item}", "the minimum over the final {items}"),
        "min(values)",
        _number(lambda values: sorted(values)[0]),
    ),
    Result(
        "distinct",
        ("how many different {items} there are now", "the count of distinct {items} in the final list"),
        "len(set(values))",
        _number(lambda values: len(Counter(values))),
    ),
    Result(
        "spread",
        ("the difference between the largest and the smallest {item} left", "how far apart the extreme {items} are"),
        "max(values) - min(values)",
        _number(lambda values: sorted(values)[-1] - sorted(values)[0]),
    ),
    Result(
        "alternating",
        (
            "the alternating sum: first {item} minus second plus third minus fourth, …",
            "the {items} at odd positions summed, minus those at even positions summed",
        ),
        "sum(v if i % 2 == 0 else -v for i, v in enumerate(values))",
        _number(_alternating),
    ),
    Result(
        "product",
        (
            f"the product of all final {{items}} modulo {_PRIME} (from 0 to {_PRIME - 1})",
            f"the remainder, never negative, of the product of the {{items}} on division by {_PRIME}",
        ),
        f"math.prod(values) % {_PRIME}",
        _number(lambda values: math.prod(value % _PRIME for value in values) % _PRIME),
    ),
    Result(
        "rise",
        (
            "the length of the longest stretch of consecutive {items} that strictly grows",
            "how many {items} the longest strictly increasing run of neighbours has",
        ),
        "max(\n"
        "        j - i + 1\n"
        "        for i in range(len(values))\n"
        "        for j in range(i, len(values))\n"
        "        if all(values[m] < values[m + 1] for m in range(i, j))\n"
        "    )",
        _number(_longest_rise),
    ),
    Result(
        "commonest",
        (
            "the {item} that occurs most often, the smallest of them if several do",
            "the most frequent {item}; among equally frequent ones the least",
        ),
        "min(values, key=lambda v: (-values.count(v), v))",
        _number(_commonest),
    ),
    Result(
        "median",
        (
            "the lower median, i.e. the {item} at position (m + 1) / 2 rounded down when all m are in ascending order",
            "the middle {item} of the ascending order (of two middle ones the first)",
        ),
        "sorted(values)[(len(values) - 1) // 2]",
        _number(lambda values: sorted(values, reverse=True)[len(values) // 2]),
    ),
    Result(
        "ends",
        (
            "the sum of the first and the last {item}",
            "first {item} plus last {item} (twice the same if only one is left)",
        ),
        "values[0] + values[-1]",
        _number(lambda values: sum((values[0], *reversed(values[-1:])))),
    ),
    Result(
        "place-of-max",
        (
            "the position, counted from 1, of the first greatest {item}",
            "at which place (from 1) the largest {item} stands, the earliest if there is a tie",
        ),
        "values.index(max(values)) + 1",
        _number(lambda values: max(range(len(values)), key=lambda place: (values[place], -place)) + 1),
    ),
    Result(
        "gap",
        (
            "the largest absolute difference of two neighbouring {items}, 0 if only one is left",
            "the widest jump between consecutive {items} (0 when there is a single one)",
        ),
        "max((abs(values[i] - values[i + 1]) for i in range(len(values) - 1)), default=0)",
        _number(lambda values: max([abs(after - before) for before, after in pairwise(values)] or [0])),
    ),
    Result(
        "line",
        (
            "the {items} left on one line, separated by single spaces",
            "what remains, on a single line with blanks between",
        ),
        '" ".join(map(str, values))',
        lambda values: " ".join(f"{value:d}" for value in values),
    ),
    Result(
        "column",
        ("the {items} left, each on a line of its own", "one remaining {item} per line"),
        '"\\n".join(map(str, values))',
        lambda values: "\n".join(f"{value:d}" for value in values),
    ),
    Result(
        "commas",
        ("the {items} left, joined by commas without blanks", "all final {items} with a comma between each two"),
        '",".join(map(str, values))',
        lambda values: ",".join(f"{value:d}" for value in values),
    ),
    Result(
        "backwards",
        ("the {items} left in reverse order, separated by spaces", "what remains, last {item} first, on one line"),
        '" ".join(str(v) for v in values[::-1])',
        lambda values: " ".join(f"{value:d}" for value in reversed(values)),
    ),
    Result(
        "count-and-line",
        (
            "two lines: how many {items} are left, then these, separated by spaces",
            "the number of {items} left and, on the next line, the {items} with spaces between",
        ),
        'f"{len(values)}\\n" + " ".join(map(str, values))',
        lambda values: f"{len(values)}\n{' '.join(f'{value:d}' for value in values)}",
    ),
    Result(
        "numbered",
        (
            "a line `p: v` for each {item} v left, p being its position from 1",
            "every remaining {item} on its own line, preceded by its position from 1, a colon and a blank",
        ),
        '"\\n".join(f"{i}: {v}" for i, v in enumerate(values, 1))',
        lambda values: "\n".join(f"{place + 1}: {value:d}" for place, value in enumerate(values)),
    ),
)
