"""The files of a run of `generate` that other packages read; reads and writes JSON Lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tarot_bench.atomic import replacing
from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen
from tarot_bench.runs.journal import JournalReader, Record

KIND = "generate"
ENTRIES = "entries.jsonl"
"""The dataset, an entry a line; there once every stage has run."""
FUNNEL = "funnel.json"
"""What each stage kept, dropped and flagged."""


def read_lines(path: Path, kind: type[Record]) -> Iterator[Record]:
    """Read the records of a file that `write_lines` wrote.

    Raises:
        RunError: the file is missing or malformed.
    """
    if not path.is_file():
        raise RunError(f"{path} does not exist: that stage of the run is not finished; run `generate --resume` first")
    yield from JournalReader(path, kind)


def write_lines(path: Path, records: Iterable[Frozen]) -> None:
    """Write records as JSON Lines, atomically."""
    with replacing(path) as file:
        file.writelines(record.model_dump_json() + "\n" for record in records)
