"""Read the rows of a file: JSON Lines (plain or gzipped), a JSON list, Parquet."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from tarot_bench.dataset.arrow import let_threads_start
from tarot_bench.dataset.rows import Rows, checksum, numbered
from tarot_bench.errors import DataError, boundary
from tarot_bench.reading import inflate, numbered_lines, parse_json

Parsed = tuple[list[dict[str, Any]], tuple[str, ...]]


def read_file(path: Path) -> Rows:
    """Read one file; its revision is ``sha256:`` and the checksum of its bytes, as ``sha256sum`` prints it.

    Raises:
        DataError: an unknown file type, a malformed file, or a row that is not an object; names file and line.
    """
    suffix = known_suffix(path.name)
    if suffix is None:
        raise DataError(f"{path}: cannot read this type of file; the types are {', '.join(_READERS)}")
    with boundary(DataError, f"reading {path}"):
        data = path.read_bytes()
        values, places = _READERS[suffix](data, str(path))
    return Rows(str(path), checksum(data), tuple(values), places)


def known_suffix(name: str) -> str | None:
    """The suffix of a known file type; None for other files."""
    return next((suffix for suffix in _READERS if name.lower().endswith(suffix)), None)


def _jsonl(data: bytes, name: str) -> Parsed:
    lines = [(f"{name}:{number}", line) for number, line in numbered_lines(data)]
    return [_object(_parse(line, place), place) for place, line in lines], tuple(place for place, _ in lines)


def _jsonl_gz(data: bytes, name: str) -> Parsed:
    return _jsonl(inflate(data), name)


def _json(data: bytes, name: str) -> Parsed:
    try:
        rows = parse_json(data)
    except ValueError:
        if data.lstrip()[:1] == b"{":  # the ending is also used for one object a line
            return _jsonl(data, name)
        rows = _parse(data, name)
    if not isinstance(rows, list):
        raise DataError(f"{name}: expected a JSON list of objects, found {type(rows).__name__}")
    places = numbered(name, len(rows))
    return [_object(row, place) for row, place in zip(rows, places, strict=True)], places


def _parquet(data: bytes, name: str) -> Parsed:
    from pyarrow import parquet

    let_threads_start()
    values = parquet.read_table(BytesIO(data)).to_pylist()
    return values, numbered(name, len(values))


def _parse(data: bytes, place: str) -> Any:
    try:
        return parse_json(data)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise DataError(f"{place}: broken JSON at {line}column {error.colno}: {error.msg}") from None
    except ValueError as error:
        raise DataError(f"{place}: broken JSON: {error}") from None


def _object(row: Any, place: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise DataError(f"{place}: expected a JSON object, found {type(row).__name__}")
    return row


_READERS: dict[str, Callable[[bytes, str], Parsed]] = {
    ".jsonl": _jsonl,
    ".jsonl.gz": _jsonl_gz,
    ".json": _json,
    ".parquet": _parquet,
}
