"""Boundary features of inputs: empty and one-item collections, zero and its neighbours, the extremes of the pool.

They are the values that `mutate.aims` draws for the tier edge, recognised in inputs that exist.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tarot_bench.generation.author.answering import Kind
from tarot_bench.grading.arguments import as_json
from tarot_bench.reading import parse_json

RARE = 0.25
"""A feature that more than this share of the pool has marks no boundary of the problem."""
_HUGE = 10**9
_NUMBER = re.compile(r"[+-]?[0-9]{1,300}")


def boundaries(texts: Sequence[str], kind: Kind) -> list[frozenset[str]]:
    """The boundary features of each input, without those that are common among these inputs."""
    values = [_value(text, kind) for text in texts]
    extremes = _extremes(values)
    found = [frozenset(_features(value)) | _extreme(value, extremes) for value in values]
    counts = Counter(feature for features in found for feature in features)
    common = {feature for feature, count in counts.items() if count > max(1, RARE * len(texts))}
    return [features - common for features in found]


def _value(text: str, kind: Kind) -> list[Any]:
    """The arguments, or the lines of an input as lists of words, with integers as numbers."""
    if kind == "call":
        value = parse_json(as_json(text))
        return value if isinstance(value, list) else [value]
    return [
        [int(word) if _NUMBER.fullmatch(word) else word for word in line.split()] for line in text.strip().splitlines()
    ]


def _features(arguments: list[Any]) -> Iterator[str]:
    if not arguments:
        yield "an empty input"
    for argument in arguments:
        yield from _of_value(argument)


def _of_value(value: Any) -> Iterator[str]:
    match value:
        case None:
            yield "None"
        case bool():
            return
        case int() | float():
            yield from _of_number(value)
        case str():
            yield from _of_items(value, "text", "character")
        case list():
            yield from _of_items(value, "list", "item")
            for item in value:
                yield from _of_value(item)
        case dict():
            tagged = value.get("!")  # what JSON cannot say: [name of the type, content]
            if isinstance(tagged, list) and tagged[:1] == ["float"]:
                yield "an infinite number or NaN"
            else:
                yield from _of_value(tagged[1:] if isinstance(tagged, list) else list(value.values()))


def _of_number(value: float) -> Iterator[str]:
    if value in {-1, 0, 1}:
        yield f"the number {int(value)}"
    if abs(value) >= _HUGE:
        yield "a huge number"


def _of_items(items: Sequence[Any], whole: str, part: str) -> Iterator[str]:
    if not items:
        yield f"an empty {whole}"
    elif len(items) == 1:
        yield f"a {whole} of one {part}"
    elif all(item == items[0] for item in items):
        yield f"a {whole} of equal {part}s"


def _extremes(values: Sequence[list[Any]]) -> dict[int, tuple[float, float]]:
    """The smallest and the largest number by place of the argument, where all inputs have numbers that differ."""
    numbers: dict[int, list[float]] = {}
    for value in values:
        for place, argument in enumerate(value):
            if type(argument) in {int, float}:
                numbers.setdefault(place, []).append(argument)
    return {place: (min(seen), max(seen)) for place, seen in numbers.items() if len(set(seen)) > 1}


def _extreme(arguments: list[Any], extremes: dict[int, tuple[float, float]]) -> frozenset[str]:
    made = set()
    for place, (low, high) in extremes.items():
        argument = arguments[place] if place < len(arguments) else None
        if type(argument) in {int, float} and argument in {low, high}:
            made.add(f"the {'smallest' if argument == low else 'largest'} argument {place + 1}")
    return frozenset(made)
