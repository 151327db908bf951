"""Find the JSON in a model's answer. Without strict mode, models put reasoning, prose or a fence around it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from json import JSONDecoder
from typing import Any

from tarot_bench.extraction.reasoning import readings_of
from tarot_bench.reading import parse_json

_FENCE = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_BRACE = re.compile(r"\{")
_MOST_BRACES = 1000
_DECODER = JSONDecoder()


def json_in(text: str) -> Any:
    """Return the JSON of an answer: the whole text, or the longest object in it.

    Raises:
        ValueError: there is none.
    """
    try:
        return parse_json(text)
    except ValueError as error:
        for said in readings_of(text):
            if found := list(_objects_in(said)):
                return max(found, key=lambda each: each[0])[1]
        raise error


def without_fence(text: str) -> str:
    """Return the inside of a text that is one Markdown block."""
    match = _FENCE.match(text)
    return match["inside"] if match else text


def _objects_in(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects in a text, each with its length; words around them may hold braces, too."""
    end = 0
    for begin in islice(_BRACE.finditer(text), _MOST_BRACES):
        if begin.start() >= end:
            with suppress(ValueError, RecursionError):
                found, end = _DECODER.raw_decode(text, begin.start())
                yield end - begin.start(), found
