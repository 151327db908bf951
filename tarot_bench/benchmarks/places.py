"""Locate the data of a benchmark."""

import os
from pathlib import Path

from tarot_bench.benchmarks.base import Benchmark
from tarot_bench.benchmarks.registry import names
from tarot_bench.errors import DataError

DATA_DIR = "TAROT_DATA_DIR"
"""Environment variable: a folder that holds benchmarks' files under their known names."""


def located(benchmark: Benchmark, data: str | None) -> str:
    """Return the source of a benchmark: `data` if given, else its file in ``TAROT_DATA_DIR``, else its default.

    Raises:
        DataError: `data` is the name of a benchmark and no file, or ``TAROT_DATA_DIR`` is not a folder.
    """
    if data in names() and not Path(data).exists():
        raise DataError(f"--data {data} names a benchmark; use --benchmark {data}, and its file as --data FILE")
    named = os.environ.get(DATA_DIR)
    return data or (found_in(benchmark, named, DATA_DIR) if named else None) or benchmark.default_data


def found_in(benchmark: Benchmark, folder: str, named_by: str) -> str | None:
    """The benchmark's file in a folder, or None if it is not there.

    Args:
        benchmark: whose file to look for.
        folder: the folder to search.
        named_by: the option or variable that names the folder, for the error message.

    Raises:
        DataError: the folder does not exist.
    """
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise DataError(f"{named_by} names {folder}, which is not a folder; create it or correct the path")
    return next((str((path / name).resolve()) for name in benchmark.files if (path / name).exists()), None)
