"""Make illegal inputs out of valid ones, to try validators on. Deterministic: the same inputs give the same ones.

Some are damaged beyond doubt (`damages`). Others are almost valid (`near_misses`): they break one rule that all valid
inputs keep, or that the statement writes down. Such a rule may be a coincidence, so validators vote on them.
"""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

from tarot_bench.problem import Problem
from tarot_bench.sandbox.values import EncodingError, decode, encode

_NUMBER = re.compile(r"-?[0-9]+")
_SIGN = r"(?:<=?|≤|\\leq?|&lt;=?)"
_POWER = r"\s?(?:\^|\*\*)\s?\{?[0-9]+\}?"
_BOUND = rf"-?\s?[0-9][0-9,_]*(?:{_POWER})?(?:\s?(?:\*|·|×|\\cdot|\\times)\s?10{_POWER})?"
_RANGES = (
    re.compile(rf"({_BOUND})\s*\$?\s*{_SIGN}[^<>≤≥=]{{1,40}}?{_SIGN}\s*\$?\s*({_BOUND})"),
    re.compile(rf"\b(?:from|between)\s+({_BOUND})\s+(?:to|and)\s+({_BOUND})", re.I),
)
_DISTINCT = re.compile(r"\b(?:distinct|pairwise different|unique|no two|all different|permutation)\b", re.I)


def damages(inputs: Sequence[str]) -> Iterator[str]:
    """Damage valid inputs so that hardly any problem allows them.

    An empty input; symbols in place of a word; a huge number in place of a number; the input twice with symbols
    between.
    """
    if all(text.strip() for text in inputs):
        yield ""
    for text in inputs:
        words = list(re.finditer(r"\S+", text))
        if not words:
            continue
        rng = random.Random(text)
        hit = rng.choice(words)
        yield text[: hit.start()] + "§¿" + text[hit.end() :]
        numbers = [word for word in words if _NUMBER.fullmatch(word.group())]
        if numbers:
            hit = rng.choice(numbers)
            yield text[: hit.start()] + "9" * 40 + text[hit.end() :]
        yield f"{text.rstrip()}\n§ ¿ §\n{text}"


def near_misses(problem: Problem, valid: Sequence[str], most: int) -> list[str]:
    """Almost valid inputs: each breaks one rule of a valid input; every valid input is used before one is used twice.

    Args:
        problem: its statement names ranges, and whether values are distinct.
        valid: inputs that keep all rules.
        most: how many to make at most.
    """
    bounds = ranges_in(problem.statement)
    if problem.style == "function":
        made = [_call_misses(text, bounds) for text in valid]
    else:
        shape = _Shape([text.split("\n") for text in valid])
        distinct = bool(_DISTINCT.search(problem.statement))
        made = [_text_misses(text, shape, bounds, distinct) for text in valid]
    turns = (miss for turn in zip_longest(*made) for miss in turn if miss is not None)
    known = set(map(_bare, valid))
    return list(islice((miss for miss in dict.fromkeys(turns) if _bare(miss) not in known), most))


def ranges_in(statement: str) -> tuple[int, int] | None:
    """The least and the greatest number that any range of a statement allows, as in ``1 <= n <= 2 * 10^5``."""
    found = [pair.groups() for form in _RANGES for pair in form.finditer(statement)]
    numbers = [number for pair in found for text in pair if (number := _value(text)) is not None]
    return (min(numbers), max(numbers)) if numbers else None


def _value(text: str) -> int | None:
    """The value of a bound such as ``-10^9``, ``200,000`` or ``2 · 10^5``; None for one of more than 30 digits."""
    sign = -1 if text.strip().startswith("-") else 1
    product = 1
    for factor in re.split(r"(?<!\*)\*(?!\*)|·|×|\\cdot|\\times", re.sub(r"[-,_\s{}]", "", text)):
        base, _, exponent = factor.replace("**", "^").partition("^")
        if not base.isdecimal() or (exponent and not exponent.isdecimal()) or int(exponent or 1) > 30:
            return None
        product *= int(base) ** int(exponent or 1)
    return sign * product


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


class _Shape:
    """The rules about numbers of lines and of words that a set of valid inputs keeps.

    Attributes:
        counts_words: numbers of lines whose first word is the number of words of the next line.
        counts_lines: whether the first word is the number of all other lines.
        widths: numbers of lines that hold equally many words in every input.
        is_fixed: whether all inputs have equally many lines.
    """

    def __init__(self, valid: Sequence[list[str]]) -> None:
        inputs = [[line.split() for line in "\n".join(lines).rstrip().split("\n")] for lines in valid]
        common = min(map(len, inputs), default=0)
        self.counts_words = [
            number
            for number in range(common - 1)
            if all(_is_count(lines[number], len(lines[number + 1])) for lines in inputs)
            and any(len(lines[number + 1]) != len(inputs[0][number + 1]) for lines in inputs)
        ]
        self.counts_lines = bool(inputs) and all(_is_count(lines[0], len(lines) - 1) for lines in inputs)
        widths = [{len(lines[number]) for lines in inputs} for number in range(common)]
        self.widths = [number for number, width in enumerate(widths) if len(width) == 1 and width != {0}]
        self.is_fixed = len(inputs) > 1 and len({len(lines) for lines in inputs}) == 1


def _is_count(words: list[str], count: int) -> bool:
    return bool(words) and words[0] == str(count)


def _text_misses(text: str, shape: _Shape, bounds: tuple[int, int] | None, distinct: bool) -> Iterator[str]:
    """Break the rules of one text, one at a time."""
    lines = text.rstrip("\n").split("\n")
    rng = random.Random(text)

    def changed(number: int, words: list[str]) -> str:
        return "\n".join([*lines[:number], " ".join(words), *lines[number + 1 :]]) + "\n"

    counts = [*shape.counts_words, *([0] if shape.counts_lines else [])]
    for number, difference in ((number, difference) for difference in (1, -1) for number in counts):
        words = lines[number].split()
        yield changed(number, [str(int(words[0]) + difference), *words[1:]])
    for number in dict.fromkeys([*shape.widths, *(count + 1 for count in shape.counts_words)]):
        words = lines[number].split()
        yield changed(number, [*words, words[-1] if words else "1"])
        yield changed(number, words[:-1])
    if shape.counts_lines or shape.is_fixed:
        yield "\n".join([*lines, lines[-1]]) + "\n"
        yield "\n".join(lines[:-1]) + "\n"
    if distinct:
        yield from (
            changed(number, [*words[:-1], words[0]])
            for number, words in enumerate(line.split() for line in lines)
            if len(words) > 1 and words[0] != words[-1]
        )
    yield from _number_misses(lines, bounds, rng, changed)
    found = list(re.finditer(r"\S+", text))
    for word in rng.sample(found, min(len(found), 3)):
        for at in sorted({word.start(), word.end(), (word.start() + word.end()) // 2}):
            yield f"{text[:at]}§{text[at:]}"


def _number_misses(
    lines: Sequence[str], bounds: tuple[int, int] | None, rng: random.Random, changed: Callable[[int, list[str]], str]
) -> Iterator[str]:
    numeric = [
        (number, place)
        for number, line in enumerate(lines)
        for place, word in enumerate(line.split())
        if _NUMBER.fullmatch(word)
    ]
    rng.shuffle(numeric)
    for number, place in numeric[:4]:
        words = lines[number].split()
        for wrong in _wrong_numbers(words[place], bounds):
            yield changed(number, [*words[:place], wrong, *words[place + 1 :]])


def _wrong_numbers(word: str, bounds: tuple[int, int] | None) -> Iterator[str]:
    """Replacements of a number: just outside of every range of the statement, and of other types."""
    if bounds:
        yield str(bounds[1] + 1)
        yield str(bounds[0] - 1)
    yield f"{word}.5"
    yield f"x{word}"
    yield "NaN"


def _call_misses(text: str, bounds: tuple[int, int] | None) -> Iterator[str]:
    """Break the rules of one list of arguments, one at a time."""
    try:
        arguments = decode(text)
        if not isinstance(arguments, list):
            return
        yield encode([*arguments, None]).decode()
        if arguments:
            yield encode(arguments[:-1]).decode()
        for place, argument in enumerate(arguments):
            for wrong in islice(_wrong_values(argument, bounds), 6):
                yield encode([*arguments[:place], wrong, *arguments[place + 1 :]]).decode()
    except (EncodingError, json.JSONDecodeError, RecursionError):
        return


def _wrong_values(value: Any, bounds: tuple[int, int] | None) -> Iterator[Any]:
    """Replacements of an argument: of another type, just outside of every range, or with one bad item."""
    if isinstance(value, int) and not isinstance(value, bool):
        if bounds:
            yield bounds[1] + 1
            yield bounds[0] - 1
        yield str(value)
        yield [value]
    elif isinstance(value, list | tuple) and value:
        for wrong in _wrong_values(value[0], bounds):
            yield type(value)([wrong, *value[1:]])
    elif isinstance(value, dict) and value:
        first = next(iter(value))
        for wrong in _wrong_values(value[first], bounds):
            yield {**value, first: wrong}
    elif isinstance(value, str | float | bool):
        yield [value]
    yield None
    yield {"unexpected": None}
