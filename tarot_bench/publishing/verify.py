"""Verify a published dataset: load it as its users do, and compare it row by row."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from datasets import load_dataset

from tarot_bench.dataset import Entry
from tarot_bench.errors import InfrastructureError, boundary
from tarot_bench.publishing.layout import Config, configs_of

_END: dict[str, Any] = {"": "no such row"}


def verify(source: str | Path, entries: Sequence[Entry], revision: str | None = None) -> dict[str, int]:
    """Load every configuration through ``load_dataset``, prepared and streaming, and compare it with the entries.

    Args:
        source: a folder, or a Hub id.
        entries: the expected content.
        revision: of a Hub dataset.

    Returns:
        Rows per configuration.

    Raises:
        InfrastructureError: a configuration does not load, or a row differs from the entry.
    """
    counts = {}
    for config in configs_of(entries):
        for streaming in (False, True):
            how = f"{source}, configuration {config.name}{', streaming' if streaming else ''}"
            with tempfile.TemporaryDirectory() as cache, boundary(InfrastructureError, f"reading back {how}"):
                rows = load_dataset(
                    str(source),
                    config.name,
                    split="train",
                    revision=revision,
                    streaming=streaming,
                    cache_dir=cache,
                )
                counts[config.name] = _compare(rows, _expected(config, entries), how)
    return counts


def _expected(config: Config, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    return (row for entry in entries for row in config.rows(entry))


def _compare(found: Iterable[dict[str, Any]], expected: Iterable[dict[str, Any]], how: str) -> int:
    number = 0
    for number, (row, wanted) in enumerate(zip_longest(found, expected, fillvalue=_END), start=1):
        if row != wanted:
            columns = [name for name in {**wanted, **row} if row.get(name) != wanted.get(name)]
            raise InfrastructureError(f"{how}: row {number} differs from what was written ({', '.join(columns)})")
    return number
