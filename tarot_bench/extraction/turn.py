"""Cut a completion to the model's turn, without the tokens of templates and tokenizers."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from tarot_bench.extraction.markers import ANY_TOKEN, HARMONY_HEADER, TURN_BEGINS, TURN_ENDS
from tarot_bench.extraction.spans import found_outside, without

_MOST_BEGINS = 8
_NEAR = 300
_BEFORE_A_WORD = " `\"'("
_AFTER_A_WORD = " `\"'),.;:"


def well_formed(text: str) -> str:
    """The text with surrogates paired or replaced, so that it can be encoded as UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def turn_of(text: str) -> str:
    """The model's turn, up to the token that ends it, with uniform line ends and well-formed Unicode.

    Reasoning is still in it, with the marks that tell it from the answer.
    """
    clean = re.sub(r"\r+\n|\r", "\n", well_formed(text)).removeprefix("\ufeff")
    for _ in range(_MOST_BEGINS):
        begin = TURN_BEGINS.match(clean)
        if not begin:
            break
        clean = clean[begin.end() :]
    ends = list(_used(clean, found_outside(clean, TURN_ENDS)[0]))
    first = len(clean) - len(clean.lstrip())
    end = next((match for match in _last_words(clean, ends) if match.start() > first), None) if ends else None
    return clean[: end.start()] if end else clean


def without_tokens(text: str) -> str:
    """The text without remaining special tokens, except those in strings of programs."""
    return without(text, _used(text, found_outside(text, ANY_TOKEN)[0]))


def _used(text: str, matches: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The matches that are not only mentioned, in quotes or in the middle of a sentence."""
    for match in matches:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if not (before and after and before in _BEFORE_A_WORD and after in _AFTER_A_WORD):
            yield match


def _last_words(text: str, ends: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The message ends that end the turn; in harmony, the turn continues until the final message."""
    headers = list(HARMONY_HEADER.finditer(text))
    begins = [header.start("channel") for header in headers]
    for match in ends:
        said = bisect_left(begins, match.start())
        is_final = said > 0 and headers[said - 1]["channel"] == "final"
        begin = match.start() if match[0] == "<|start|>" else match.end()
        near = text[begin : begin + _NEAR].lstrip()
        goes_on = not is_final and HARMONY_HEADER.match(near)
        if match[0] not in ("<|end|>", "<|start|>") or not goes_on:
            yield match
