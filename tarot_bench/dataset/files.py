"""Read the rows of a file: JSON Lines (plain or gzipped), a JSON list, Parquet. Only a list is held in memory."""

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tarot_bench.dataset.arrow import let_threads_start
from tarot_bench.dataset.rows import ROWS_AT_ONCE, Rows, file_checksum, numbered
from tarot_bench.errors import DataError, boundary
from tarot_bench.reading import inflated_lines, lines_of, numbered_lines, parse_json
from tarot_bench.views import Mapped, Streamed

_Row = dict[str, Any]
Parsed = tuple[Sequence[_Row], Sequence[str]]
_Lines = Callable[[Path], Iterator[bytes]]


def read_file(path: Path) -> Rows:
    """Read one file; its revision is ``sha256:`` and the checksum of its bytes, as ``sha256sum`` prints it.

    Raises:
        DataError: an unknown file type, or a malformed file; while the rows are read: a row that is not an object, or a
            file that changed. It names file and line.
    """
    suffix = known_suffix(path.name)
    if suffix is None:
        raise DataError(f"{path}: cannot read this type of file; the types are {', '.join(_READERS)}")
    with boundary(DataError, f"reading {path}"):
        state = _state(path)
        rows, places = _READERS[suffix](path)
        if isinstance(rows, Streamed):
            rows = Streamed(len(rows), partial(_unchanged, path, state, rows))
        return Rows(str(path), file_checksum(path), rows, places)


def _unchanged(path: Path, state: tuple[int, ...], rows: Iterable[_Row]) -> Iterator[_Row]:
    """The rows of a file, which must stay what its checksum was made of."""
    with boundary(DataError, f"reading {path}"):
        for part in ((), rows):
            yield from part
            if _state(path) != state:
                raise DataError(f"{path} changed while it was read; run the command again")


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def known_suffix(name: str) -> str | None:
    """The suffix of a known file type; None for other files."""
    return next((suffix for suffix in _READERS if name.lower().endswith(suffix)), None)


def _jsonl(path: Path) -> Parsed:
    return _in_lines(path, lines_of)


def _jsonl_gz(path: Path) -> Parsed:
    return _in_lines(path, inflated_lines)


def _json(path: Path) -> Parsed:
    data, name = path.read_bytes(), str(path)
    try:
        rows = parse_json(data)
    except ValueError:
        if data.lstrip()[:1] == b"{":  # the ending is also used for one object a line
            return _jsonl(path)
        rows = _parse(data, name)
    if not isinstance(rows, list):
        raise DataError(f"{name}: expected a JSON list of objects, found {type(rows).__name__}")
    places = numbered(name, len(rows))
    return [_object(row, place) for row, place in zip(rows, places, strict=True)], places


def _parquet(path: Path) -> Parsed:
    from pyarrow import parquet

    let_threads_start()
    with parquet.ParquetFile(path) as file:
        names, count = file.schema_arrow.names, file.metadata.num_rows
    if repeated := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError(f"{path}: several columns have the name {repeated[0]}")
    return Streamed(count, partial(_parquet_rows, path)), numbered(str(path), count)


def _parquet_rows(path: Path) -> Iterator[_Row]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE):
            yield from batch.to_pylist()


def _in_lines(path: Path, lines: _Lines) -> Parsed:
    numbers = array("q", (number for number, _ in numbered_lines(lines(path))))
    rows = Streamed(len(numbers), partial(_line_rows, path, lines))
    return rows, Mapped(numbers, partial("{}:{}".format, path))


def _line_rows(path: Path, lines: _Lines) -> Iterator[_Row]:
    for number, line in numbered_lines(lines(path)):
        place = f"{path}:{number}"
        yield _object(_parse(line, place), place)


def _parse(data: bytes, place: str) -> Any:
    try:
        return parse_json(data)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise DataError(f"{place}: broken JSON at {line}column {error.colno}: {error.msg}") from None
    except ValueError as error:
        raise DataError(f"{place}: broken JSON: {error}") from None


def _object(row: Any, place: str) -> _Row:
    if not isinstance(row, dict):
        raise DataError(f"{place}: expected a JSON object, found {type(row).__name__}")
    return row


_READERS: dict[str, Callable[[Path], Parsed]] = {
    ".jsonl": _jsonl,
    ".jsonl.gz": _jsonl_gz,
    ".json": _json,
    ".parquet": _parquet,
}
