"""Mutate text for standard input: numbers, words, list lengths and line counts, and update the counts.

A text is lines of items (numbers and words) between separators. An integer that equals the length of a list, a line
count or a word's length is taken for a count, and mostly follows when that length changes. This
ignores the problem: the validator decides whether a result is valid.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tarot_bench.generation.author.mutate import aims
from tarot_bench.problem import Tier

_ITEM = re.compile(r"(?<![\w.)])-?\d+(?:\.\d+)?|\d+|[^\W\d_]+")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_LARGEST_BLOCK = 4
_FAITH = 0.85
"""How often a count that was recognised is kept in step; it may be a coincidence."""


@dataclass
class Line:
    """One line: ``separators`` has one element more than ``items``."""

    items: list[str] = field(default_factory=list)
    separators: list[str] = field(default_factory=lambda: [""])

    @classmethod
    def read(cls, text: str) -> "Line":
        """Split a line."""
        found = list(_ITEM.finditer(text))
        ends = [0, *(match.end() for match in found)]
        starts = [*(match.start() for match in found), len(text)]
        return cls([m.group() for m in found], [text[end:start] for end, start in zip(ends, starts, strict=True)])

    def write(self) -> str:
        """Join the line."""
        rest = (item + after for item, after in zip(self.items, self.separators[1:], strict=True))
        return self.separators[0] + "".join(rest)

    def copy(self) -> "Line":
        """Copy the line."""
        return Line(list(self.items), list(self.separators))

    def insert(self, place: int, item: str) -> None:
        """Insert an item before another, or at the end, with the line's usual separator."""
        usual = self.separators[1] if len(self.items) > 1 else " "
        self.items.insert(place, item)
        if len(self.items) == 1:
            self.separators.append("")
        else:
            self.separators.insert(max(1, place), usual)

    def delete(self, place: int) -> None:
        """Remove an item and a separator."""
        del self.items[place]
        del self.separators[max(1, place) if len(self.separators) > 2 else 1]

    def integers(self) -> list[int]:
        """The positions of integers."""
        return [place for place, item in enumerate(self.items) if _INTEGER.fullmatch(item)]


class Count(NamedTuple):
    """An integer that is probably a count of something.

    Attributes:
        line: its position.
        place: where in that line.
        of: what it counts.
        at: the line whose items or characters it counts; for ``lines``, how many lines make one of them.
    """

    line: int
    place: int
    of: Literal["items", "lines", "characters"]
    at: int


def mutated(text: str, aim: Tier, rng: random.Random) -> tuple[str, str]:
    """Mutate a text by one to four moves.

    Returns:
        The new text, and in a few words what was done.
    """
    ending = text[len(text.rstrip("\n")) :]
    lines = [Line.read(line) for line in text.rstrip("\n").split("\n")]
    done: list[str] = []
    for _ in range(rng.choice((1, 2, 2, 3, 4))):
        said = rng.choice(_MOVES)(lines, aim, rng)
        if said and said not in done:
            done.append(said)
    return "\n".join(line.write() for line in lines) + ending, ", ".join(done) or "nothing"


def counts_of(lines: list[Line]) -> list[Count]:
    """Find every integer that could be a count."""
    found = []
    for number, line in enumerate(lines):
        for place in line.integers():
            value = int(line.items[place])
            if not 0 <= value <= 10 * aims.MOST_ITEMS:
                continue
            if value == len(line.items) - place - 1 and value:
                found.append(Count(number, place, "items", number))
            if number + 1 < len(lines):
                found += _counts_of_what_follows(lines, number, place, value)
    return found


def _counts_of_what_follows(lines: list[Line], number: int, place: int, value: int) -> list[Count]:
    following, found = lines[number + 1], []
    if value == len(following.items):
        found.append(Count(number, place, "items", number + 1))
    rest = len(lines) - number - 1
    if value and rest % value == 0 and rest // value <= _LARGEST_BLOCK:
        found.append(Count(number, place, "lines", rest // value))
    if len(following.items) == 1 and value == len(following.items[0]) > 1:
        found.append(Count(number, place, "characters", number + 1))
    return found


def _keep_in_step(lines: list[Line], counts: list[Count], rng: random.Random, new: int) -> None:
    for count in counts:
        if rng.random() < _FAITH:
            lines[count.line].items[count.place] = str(new)


def _change_numbers(lines: list[Line], aim: Tier, rng: random.Random) -> str | None:
    counting = {(count.line, count.place) for count in counts_of(lines)}
    free = [
        (number, place)
        for number, line in enumerate(lines)
        for place in line.integers()
        if (number, place) not in counting or rng.random() > _FAITH
    ]
    if not free:
        return None
    chosen = rng.choice(free)[0]
    places = [place for number, place in free if number == chosen]
    if rng.random() < 0.5:
        places = [rng.choice(places)]
    items = lines[chosen].items
    seen = [int(items[place]) for place in lines[chosen].integers()]
    for place in places:
        items[place] = str(aims.number(aim, seen, rng))
    return "numbers changed"


def _resize_list(lines: list[Line], aim: Tier, rng: random.Random) -> str | None:
    counts = [count for count in counts_of(lines) if count.of == "items"]
    targets = [count.at for count in counts] or [number for number, line in enumerate(lines) if len(line.items) > 1]
    if not targets:
        return None
    at = rng.choice(targets)
    line = lines[at]
    before = len(line.items)
    first = max((count.place + 1 for count in counts if count.line == count.at == at), default=0)
    new = first + aims.size(aim, before - first, rng)
    seen = [int(line.items[place]) for place in line.integers() if place >= first]
    while len(line.items) > max(new, first):
        line.delete(rng.randrange(first, len(line.items)))
    while len(line.items) < new:
        item = str(aims.number(aim, seen, rng)) if seen else rng.choice(line.items or ["1"])
        line.insert(rng.randint(first, max(first, len(line.items) - 1)), item)
    _keep_in_step(lines, [count for count in counts if count.at == at and count.line != at], rng, len(line.items))
    _keep_in_step(lines, [count for count in counts if count.at == count.line == at], rng, len(line.items) - first)
    return f"a list resized from {before} to {len(line.items)}" if before != len(line.items) else None


def _resize_lines(lines: list[Line], aim: Tier, rng: random.Random) -> str | None:
    known = counts_of(lines)
    counts = [count for count in known if count.of == "lines"]
    count = rng.choice(counts) if counts else None
    start, block = (count.line, count.at) if count else (max((other.line for other in known), default=-1), 1)
    start += 1
    before = (len(lines) - start) // block
    if count is None and before < 2:
        return None
    new = aims.size(aim, before, rng)
    while (len(lines) - start) // block > new:
        place = start + block * rng.randrange((len(lines) - start) // block)
        del lines[place : place + block]
    while before and (len(lines) - start) // block < new:
        place = start + block * rng.randrange((len(lines) - start) // block)
        lines[place:place] = [_varied(line, aim, rng) for line in lines[place : place + block]]
    if not lines:
        lines.append(Line())
    same = [other for other in counts if count and (other.line, other.place) == (count.line, count.place)]
    after = (len(lines) - start) // block
    _keep_in_step(lines, same, rng, after)
    return f"lines resized from {before} to {after}" if before != after else None


def _varied(line: Line, aim: Tier, rng: random.Random) -> Line:
    copied = line.copy()
    places = copied.integers()
    if places and rng.random() < 0.8:
        place = rng.choice(places)
        copied.items[place] = str(aims.number(aim, [int(copied.items[each]) for each in places], rng))
    return copied


def _change_word(lines: list[Line], aim: Tier, rng: random.Random) -> str | None:
    words = [(n, p) for n, line in enumerate(lines) for p, item in enumerate(line.items) if item.isalpha()]
    if not words:
        return None
    counts = [count for count in counts_of(lines) if count.of == "characters"]
    number, place = rng.choice(words)
    alphabet = "".join(sorted({letter for n, p in words for letter in lines[n].items[p]}))
    new = aims.word(aim, lines[number].items[place], alphabet, rng)
    if rng.random() < 0.3:
        new = lines[rng.choice(words)[0]].items[0]
    lines[number].items[place] = new
    _keep_in_step(lines, [count for count in counts if count.at == number], rng, len(new))
    return "a word changed"


def _arrange(lines: list[Line], aim: Tier, rng: random.Random) -> str | None:
    long = [line for line in lines if len(line.integers()) > 2]
    if not long:
        return None
    line = rng.choice(long)
    places = line.integers()
    held = [line.items[place] for place in places]
    how = rng.choice(("ascending", "descending", "all equal", "shuffled"))
    if how == "shuffled":
        rng.shuffle(held)
    elif how == "all equal":
        held = [rng.choice(held)] * len(held)
    else:
        held.sort(key=int, reverse=how == "descending")
    for place, item in zip(places, held, strict=True):
        line.items[place] = item
    return f"values {how}"


_Move = Callable[[list[Line], Tier, random.Random], str | None]
_MOVES: tuple[_Move, ...] = (
    _change_numbers,
    _change_numbers,
    _resize_list,
    _resize_list,
    _resize_lines,
    _change_word,
    _arrange,
)
