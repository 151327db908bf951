"""Assign inputs to tiers by executed lines and size, and to edge by boundary."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tarot_bench.problem import Tier

_QUANTILES = {Tier.BASIC: 0.15, Tier.INTERMEDIATE: 0.5, Tier.COMPLEX: 1.0}
_SHOWN = {Tier.BASIC: "low", Tier.INTERMEDIATE: "in the middle", Tier.COMPLEX: "the highest"}
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,999}(?![\w.])")
_EMPTY = re.compile(r"\[\s*\]|\"\"")
_FEWEST_EQUAL = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid input.

    Attributes:
        text: the input.
        aim: the tier it was mutated for.
        how: in a few words, what the mutation did.
        steps: lines that the gold executes on it; None where that is not known.
    """

    text: str
    aim: Tier
    how: str
    steps: int | None = None

    @property
    def weight(self) -> tuple[int, int, str]:
        """The sort key: work, then size, then text."""
        return (self.steps or 0, len(self.text), self.text)


def spread(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """Select at most so many candidates, evenly spread over their sizes, including the smallest and the largest."""
    ordered = sorted(candidates, key=lambda candidate: (len(candidate.text), candidate.text))
    if len(ordered) <= most:
        return ordered
    return [ordered[round(number * (len(ordered) - 1) / (most - 1))] for number in range(most)]


def pick(candidates: Sequence[Candidate], tiers: Sequence[Tier]) -> dict[Tier, tuple[Candidate, str]]:
    """Choose an input for each tier, with the reason; fewer if there are not enough.

    Edge takes the input of least work that was aimed at a boundary, one that has a boundary (`boundary_of`) if there is
    one. The others are spread over the rest by work: basic low, intermediate in the middle, complex at the top.
    """
    left = sorted(candidates, key=lambda candidate: candidate.weight)
    picked: dict[Tier, tuple[Candidate, str]] = {}
    if Tier.EDGE in tiers and left:
        aimed = [candidate for candidate in left if candidate.aim is Tier.EDGE] or left
        texts = [candidate.text for candidate in candidates]
        found = [(candidate, boundary_of(candidate.text, texts)) for candidate in aimed]
        edge, boundary = next((pair for pair in found if pair[1]), found[0])
        left.remove(edge)
        why = f"a boundary: {boundary}" if boundary else f"no boundary was found among the {len(aimed)} tried"
        picked[Tier.EDGE] = edge, f"{_about(edge)}; {why}."
    ordered = list(left)
    for tier in (Tier.COMPLEX, Tier.BASIC, Tier.INTERMEDIATE):
        if tier in tiers and left:
            place = round(_QUANTILES[tier] * (len(ordered) - 1))
            chosen = min(left, key=lambda candidate: abs(ordered.index(candidate) - place))
            left.remove(chosen)
            measure = "characters" if chosen.steps is None else "executed lines"
            picked[tier] = chosen, f"{_about(chosen)}; {_SHOWN[tier]} by {measure} among {len(ordered)} valid inputs."
    return picked


def boundary_of(text: str, texts: Sequence[str]) -> str | None:
    """The boundary that an input has, in a few words; None if it has none.

    Args:
        text: the input.
        texts: all valid inputs. An extreme that half of them share is no boundary.
    """
    if not text.strip() or _EMPTY.search(text[1:]):
        return "an empty value"
    extremes = [numbers for each in texts if (numbers := _numbers(each))]
    own = _numbers(text)
    for name, of in (("smallest", min), ("largest", max)):
        ends = [of(numbers) for numbers in extremes]
        if own and of(own) == of(ends) and ends.count(of(ends)) * 2 <= len(ends):
            return f"it holds {of(own)}, the {name} number of {len(texts)} valid inputs"
    for line in text.splitlines():
        values = _numbers(line)
        if len(values) >= _FEWEST_EQUAL and len(set(values)) == 1:
            return f"{len(values)} equal numbers in a line"
    return None


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(text)]


def _about(candidate: Candidate) -> str:
    work = f"{candidate.steps} executed lines" if candidate.steps is not None else "work unknown"
    return f"Mutation of a known input ({candidate.how}); {work}, {len(candidate.text)} characters"
