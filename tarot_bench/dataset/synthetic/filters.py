"""Steps that leave numbers out."""

from collections import Counter

from tarot_bench.dataset.synthetic.steps import LIMITS, SMALL, StepKind, digits, where


def _once(values: list[int], _k: int) -> list[int]:
    counts = Counter(values)
    return [value for value in values if counts[value] == 1]


def _records(values: list[int], _k: int) -> list[int]:
    return [value for place, value in enumerate(values) if value > max(values[:place], default=value - 1)]


FILTERS = (
    StepKind(
        "multiples",
        (
            "keep only the {items} that {k} divides evenly",
            "throw away each {item} that leaves a remainder on division by {k}",
            "retain multiples of {k} and forget all remaining {items}",
            "let only {items} pass which are exact multiples of {k}",
        ),
        "values = [v for v in values if v % {k} == 0]",
        where(lambda v, k: v // k * k == v),
        SMALL[:5],
    ),
    StepKind(
        "not-multiples",
        (
            "cross out every {item} that is a multiple of {k}",
            "remove all {items} divisible by {k}",
            "drop whichever {items} the number {k} divides without remainder",
            "go on with just the {items} that {k} does not divide",
        ),
        "values = [v for v in values if v % {k} != 0]",
        where(lambda v, k: v // k * k != v),
        SMALL,
    ),
    StepKind(
        "above",
        (
            "keep the {items} greater than {k}",
            "discard each {item} that is {k} or less",
            "ignore all {items} up to and including {k}",
            "select just those {items} which exceed {k}",
        ),
        "values = [v for v in values if v > {k}]",
        where(lambda v, k: v - k >= 1),
        LIMITS,
    ),
    StepKind(
        "below",
        (
            "keep the {items} smaller than {k}",
            "discard each {item} that reaches {k} or more",
            "ignore all {items} from {k} upwards",
            "select just those {items} which stay under {k}",
        ),
        "values = [v for v in values if v < {k}]",
        where(lambda v, k: k - v >= 1),
        (*LIMITS[4:], 40, 50, 75),
    ),
    StepKind(
        "not-digit",
        (
            "strike out {items} whose decimal form contains the digit {k}",
            "remove each {item} written with at least one digit {k}",
            "leave out any {item} in which a {k} appears among the digits",
            "keep {items} only if no digit of theirs is {k}",
        ),
        'values = [v for v in values if "{k}" not in str(v)]',
        where(lambda v, k: k not in digits(v)),
        (1, 2, 3, 4, 5, 6, 7, 8, 9),
    ),
    StepKind(
        "digit-sum",
        (
            "keep the {items} whose digits (sign ignored) add up to a multiple of {k}",
            "reject each {item} unless the sum of its decimal digits is divisible by {k}",
            "go on with those {items} for which {k} divides the digit sum",
        ),
        "values = [v for v in values if sum(map(int, str(abs(v)))) % {k} == 0]",
        where(lambda v, k: not sum(digits(v)) % k),
        (2, 3, 4),
    ),
    StepKind(
        "first-seen",
        (
            "of equal {items} keep only the earliest",
            "erase each {item} that already occurred further to the front",
            "remove repetitions, so that every different {item} remains once, at its first place",
        ),
        "values = list(dict.fromkeys(values))",
        lambda values, _k: [value for place, value in enumerate(values) if value not in values[:place]],
    ),
    StepKind(
        "once",
        (
            "keep only {items} that occur exactly once",
            "remove all copies of any {item} that appears twice or more",
            "delete every {item} which has an equal somewhere else in the list",
        ),
        "values = [v for v in values if values.count(v) == 1]",
        _once,
    ),
    StepKind(
        "every",
        (
            "keep the first {item} and from there on only places that lie a multiple of {k} further",
            "starting with the first {item}, take one and skip {k} minus one, again and again",
            "pick {items} at positions 1, 1+{k}, 1+2*{k} and so on",
        ),
        "values = values[::{k}]",
        lambda values, k: [value for place, value in enumerate(values) if not place % k],
        (2, 3),
    ),
    StepKind(
        "records",
        (
            "keep a {item} only if it is larger than all before it",
            "leave just the record-breaking {items}: strictly greater than everything earlier",
            "remove each {item} that has an equal or greater one somewhere in front of it",
        ),
        "values = [v for i, v in enumerate(values) if all(v > u for u in values[:i])]",
        _records,
    ),
    StepKind(
        "skip",
        (
            "drop the first {k} {items}",
            "cut {k} {items} off the front, or everything when fewer are present",
            "begin only after the leading {k} {items}",
        ),
        "values = values[{k}:]",
        lambda values, k: [value for place, value in enumerate(values) if place >= k],
        (2, 3),
    ),
)
