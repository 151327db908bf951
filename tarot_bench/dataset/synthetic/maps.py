"""Steps that change each number on its own."""

from tarot_bench.dataset.synthetic.steps import LIMITS, SMALL, StepKind, digits, each

MAPS = (
    StepKind(
        "add",
        (
            "add {k} to every {item}",
            "raise each of the {items} by {k}",
            "increase all {items} by exactly {k}",
            "put {k} on top of each {item}",
        ),
        "values = [v + {k} for v in values]",
        each(lambda v, k: v - -k),
        (1, *LIMITS, 50, 100),
    ),
    StepKind(
        "subtract",
        (
            "take {k} away from every {item}",
            "lower each of the {items} by {k}",
            "decrease all {items} by exactly {k}, below zero if need be",
            "subtract {k} from each {item}",
        ),
        "values = [v - {k} for v in values]",
        each(lambda v, k: v + -k),
        (1, *LIMITS, 50, 100),
    ),
    StepKind(
        "times",
        (
            "multiply every {item} by {k}",
            "make each {item} {k} times as large",
            "scale all {items} by the factor {k}",
        ),
        "values = [v * {k} for v in values]",
        each(lambda v, k: sum([v] * k)),
        (*SMALL, 10, 11, 12),
    ),
    StepKind(
        "modulo",
        (
            "replace every {item} by its remainder (0 to {k} minus 1) on division by {k}",
            "reduce each {item} modulo {k}, never giving a negative result",
            "of each {item} retain merely what is left after taking out multiples of {k} (never negative)",
        ),
        "values = [v % {k} for v in values]",
        each(lambda v, k: v - v // k * k),
        (5, 7, 9, 10, 11, 13, 16, 17, 19, 23),
    ),
    StepKind(
        "divide",
        (
            "divide every {item} by {k}, rounding towards minus infinity",
            "replace each {item} v by the floor of v / {k}",
            "cut each {item} down to 1/{k} of it, rounded down",
        ),
        "values = [v // {k} for v in values]",
        each(lambda v, k: (v - v % k) // k),
        (2, 3, 4, 5, 6, 7),
    ),
    StepKind(
        "distance",
        (
            "replace every {item} by its distance from {k}",
            "turn each {item} into the absolute difference between it and {k}",
            "measure how far each {item} lies from {k} and go on with these distances",
        ),
        "values = [abs(v - {k}) for v in values]",
        each(lambda v, k: max(v - k, k - v)),
        (1, *LIMITS),
    ),
    StepKind(
        "square-less",
        (
            "square every {item} and subtract {k} from the result",
            "replace each {item} v by v*v - {k}",
            "multiply each {item} with itself, then take off {k}",
        ),
        "values = [v * v - {k} for v in values]",
        each(lambda v, k: v**2 - k),
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    ),
    StepKind(
        "digits-plus",
        (
            "replace every {item} by the sum of its decimal digits plus {k}, signs ignored",
            "add up the digits of each {item} without its sign, add {k}, and use that instead",
            "turn each {item} into {k} more than its digit sum (a minus sign does not count)",
        ),
        "values = [sum(map(int, str(abs(v)))) + {k} for v in values]",
        each(lambda v, k: sum(digits(v), start=k)),
        (1, 2, 3, 4, 5, 6, 7, 8, 9),
    ),
    StepKind(
        "at-most",
        (
            "lower every {item} above {k} to {k}",
            "cap each {item} at {k}",
            "wherever a {item} is more than {k}, write {k} in its place",
        ),
        "values = [min(v, {k}) for v in values]",
        each(lambda v, k: k if v > k else v),
        (*LIMITS[4:], 40, 60, 80),
    ),
    StepKind(
        "at-least",
        (
            "lift every {item} under {k} to {k}",
            "do not let any {item} be less than {k}: smaller ones become {k}",
            "wherever a {item} falls short of {k}, write {k} in its place",
        ),
        "values = [max(v, {k}) for v in values]",
        each(lambda v, k: v if v > k else k),
        LIMITS,
    ),
    StepKind(
        "xor",
        (
            "combine every {item} with {k} by bitwise exclusive or",
            "replace each {item} by its XOR with {k} (two's complement for negative ones)",
            "flip in each {item} the bits that are set in {k} (negative {items} in two's complement)",
        ),
        "values = [v ^ {k} for v in values]",
        each(lambda v, k: (v | k) - (v & k)),
        (1, 2, 3, 5, 6, 7, 10, 12),
    ),
    StepKind(
        "position",
        (
            "add to every {item} {k} times its position (counted from 1)",
            "raise the first {item} by {k}, the second by twice {k}, the third by three times {k}, and so forth",
            "to the {item} at position p, counting from 1, add {k}*p",
        ),
        "values = [v + {k} * i for i, v in enumerate(values, 1)]",
        lambda values, k: [value + k + k * place for place, value in enumerate(values)],
        (2, 3, 4, 5, 6),
    ),
)
