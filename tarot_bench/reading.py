"""Read untrusted JSON, YAML and gzip within limits; raises `ValueError` beyond them."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

_MOST_YAML_BYTES = 4 * 1024 * 1024
_MOST_DEPTH = 100
_MOST_ALIASES = 10  # a few are handy; many, each standing for many others, grow without bound when written out
_FREE_BYTES = 64 * 1024 * 1024
_MOST_RATIO = 100
_MOST_LINE_BYTES = 1024**3
_CHUNK_BYTES = 1024 * 1024


def parse_json(text: str | bytes) -> Any:
    """Parse JSON; every error is a ValueError.

    Raises:
        ValueError: not JSON, not UTF-8, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None


def is_deep(content: Any, most: int) -> bool:
    """Whether parsed JSON is nested in more than so many lists and objects."""
    level = [content]
    for _ in range(most):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)


def _inside(content: Any) -> Iterable[Any]:
    return content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()


def numbered_lines(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the non-blank lines of a JSON Lines file with their numbers, from 1, without their ends.

    Args:
        lines: ended by line feeds alone: ``splitlines`` would also break rows at U+2028 and form feeds inside strings.
    """
    return ((number, line.removesuffix(b"\n")) for number, line in enumerate(lines, 1) if line.strip())


class _Loader(yaml.CSafeLoader):
    """Refuses a key that is there twice, of which YAML libraries keep the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"):
            if key.value in seen:
                raise ValueError(f"the key {key.value!r} is there twice, again in line {key.start_mark.line + 1}")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> Any:
    """Parse YAML within the limits of hand-written settings.

    Raises:
        ValueError: not YAML, more than 4 MiB, more than 100 levels deep, with more than 10 aliases, or with a key that
            is there twice; one line.
    """
    if len(text) > _MOST_YAML_BYTES:
        raise ValueError(f"YAML of more than {_MOST_YAML_BYTES >> 20} MiB")
    try:
        _check_shape(text)
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, OverflowError, TypeError, RecursionError) as error:
        # The last: dates and numbers that do not exist, keys that cannot be keys.
        raise ValueError(" ".join(str(error).split())) from None


def _check_shape(text: str) -> None:
    """Check the events only, which create no objects."""
    open_anchors: list[str | None] = []
    aliases = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            open_anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            open_anchors.pop()
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if event.anchor in open_anchors:
                raise ValueError(f"the alias *{event.anchor} refers to itself")
        if len(open_anchors) > _MOST_DEPTH or aliases > _MOST_ALIASES:
            raise ValueError(f"YAML of more than {_MOST_DEPTH} levels or {_MOST_ALIASES} aliases")


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file; only a line feed ends one.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        yield from file


def inflated_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a gzip file, decompressed piece by piece.

    Raises:
        ValueError: it grows a hundredfold beyond 64 MiB, or holds a line of more than 1 GiB.
        OSError, EOFError, zlib.error: it is no gzip file, or cut off.
    """
    size = path.stat().st_size
    most = max(_FREE_BYTES, _MOST_RATIO * size)
    pieces: list[bytes] = []
    length = 0
    with gzip.open(path) as file:
        while piece := file.readline(_CHUNK_BYTES):
            pieces.append(piece)
            length += len(piece)
            if file.tell() > most or length > _MOST_LINE_BYTES:
                raise ValueError(f"{size} bytes that grow to more than {file.tell() - 1}: no file of records")
            if piece.endswith(b"\n"):
                yield b"".join(pieces)
                pieces, length = [], 0
    if pieces:
        yield b"".join(pieces)
