"""Separate a completion's reasoning from its answer, and find the answer's wrappers."""

import re
from bisect import bisect_left
from itertools import chain

from tarot_bench.extraction.markers import (
    ANSWER_BEGINS,
    ANSWER_ENDS,
    REASONING_CLOSES,
    REASONING_OPENS,
    WRAPPER_CLOSES,
    WRAPPER_OPENS,
)  # fmt: skip
from tarot_bench.extraction.spans import found_outside, without

_MOST_WRAPPERS = 3
_NEAR = 80


def readings_of(text: str) -> list[str]:
    """The text without its reasoning, in up to two readings; none if a reasoning section is never closed.

    First what follows the last closing tag. Then, for models that think in several places, the text between the
    sections; a closing tag without an opening one (which a template wrote) ends reasoning that began with the text.
    """
    opens, closes = found_outside(text, REASONING_OPENS, REASONING_CLOSES)
    after = closes[-1].end() if closes else 0
    if any(match.start() >= after and _at_edge_of_line(text, match) for match in opens):
        return []
    between, at = "", 0
    begins = [*(match.start() for match in opens), len(text)]
    for close in closes:
        begin = begins[bisect_left(begins, at)]
        between = between + text[at:begin] if begin < close.start() else ""
        at = close.end()
    return list(dict.fromkeys([text[after:], between + text[at:]]))


def wrapped_in(text: str) -> list[tuple[str, str]]:
    """The contents and names of the answer wrappers, the last first; an unclosed one extends to the end."""
    opens, closes = found_outside(text, WRAPPER_OPENS, WRAPPER_CLOSES)
    found: list[tuple[str, str]] = []
    for match in reversed(opens[-_MOST_WRAPPERS:]):
        end = next((close.start() for close in closes if close.start() >= match.end()), len(text))
        found.append((text[match.end() : end], (match["tag"] or match["word"] or match["token"]).lower()))
    return found


def delimited(text: str) -> list[tuple[str, str]]:
    """The texts between ``[BEGIN]`` and ``[DONE]`` or similar words, each with a description.

    A base model that was given ``[BEGIN]`` by its prompt runs on after ``[DONE]``: then the first comes first. A model
    that writes both itself may correct itself: then the last comes first.
    """
    begins, ends = found_outside(text, ANSWER_BEGINS, ANSWER_ENDS)
    if not begins and not ends:
        return []
    runs_on = bool(ends) and (not begins or ends[0].start() < begins[0].start())
    firsts = ([0] if runs_on else []) + [match.end() for match in begins]
    stops = [match.start() for match in ends]
    found: list[tuple[str, str]] = []
    for number, first in enumerate(firsts):
        limit = begins[number - runs_on + 1].start() if number - runs_on + 1 < len(begins) else len(text)
        place = bisect_left(stops, first)
        ended = place < len(stops) and stops[place] <= limit
        found.append((text[first : stops[place] if ended else limit], "up to [DONE]" if ended else "after [BEGIN]"))
    return found[:_MOST_WRAPPERS] if runs_on else found[: -_MOST_WRAPPERS - 1 : -1]


def undelimited(text: str) -> str:
    """The text without the delimiters that `delimited` looks for."""
    return without(text, sorted(chain(*found_outside(text, ANSWER_BEGINS, ANSWER_ENDS)), key=re.Match.start))


def _at_edge_of_line(text: str, match: re.Match[str]) -> bool:
    """Whether a tag begins or ends its line, or is a token; one inside a sentence is only mentioned."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rpartition("\n")[2]
    return not before.strip() or text[match.end() : match.end() + 1] in ("\n", "") or match[0].startswith("<|")
