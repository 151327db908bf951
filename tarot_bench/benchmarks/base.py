"""The protocol of a benchmark, and where benchmarks and their data are found."""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from tarot_bench.dataset import ProblemSet, Rows
from tarot_bench.errors import DataError, RecipeError, boundary, did_you_mean
from tarot_bench.plugins import installed, load_plugin
from tarot_bench.problem import Problem

GROUP = "tarot_bench.benchmarks"
DATA_DIR = "TAROT_DATA_DIR"
"""Environment variable: a folder that holds benchmarks' files under their known names."""
_SHIPPED = {
    "codeforces": "codeforces:BENCHMARK",
    "cruxeval_input": "cruxeval:INPUT",
    "cruxeval_output": "cruxeval:OUTPUT",
    "humaneval": "humaneval:BENCHMARK",
    "humaneval_plus": "humaneval_plus:BENCHMARK",
    "livecodebench": "livecodebench:BENCHMARK",
    "mbpp": "mbpp:BENCHMARK",
    "mbpp_plus": "mbpp_plus:BENCHMARK",
    "tarot": "tarot:BENCHMARK",
}


class Benchmark(Protocol):
    """A set of problems and the default way to ask for their solutions. Grading is the same for all."""

    name: str
    default_data: str
    """Where its problems come from when the user does not say."""
    default_prompt: str
    """A template name in eval/prompts/."""
    files: tuple[str, ...]
    """Names under which its data are looked for in the folder that ``TAROT_DATA_DIR`` names; the first one counts."""

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the benchmark's problems.

        Raises:
            DataError: the data cannot be read, or are not what this benchmark expects.
        """
        ...


def names() -> list[str]:
    """The benchmarks that can be named in a suite: shipped ones, then installed plug-ins."""
    return [*_SHIPPED, *installed(GROUP)]


def shipped() -> Iterator[Benchmark]:
    """The benchmarks of this package."""
    return (open_benchmark(name) for name in _SHIPPED)


def open_benchmark(name: str) -> Benchmark:
    """The benchmark of that name.

    Raises:
        RecipeError: nobody provides it; lists the names.
    """
    if name in _SHIPPED:
        module, _, attribute = _SHIPPED[name].partition(":")
        benchmark: Benchmark = getattr(import_module(f"tarot_bench.benchmarks.{module}"), attribute)
        return benchmark
    if name in installed(GROUP):
        loaded: Benchmark = load_plugin(GROUP, name)
        return loaded
    raise RecipeError(f"no benchmark is called {name!r}; there are {', '.join(names())}{did_you_mean(name, names())}")


def located(benchmark: Benchmark, data: str | None) -> str:
    """Where a benchmark's problems are read from: what was said, else a file in TAROT_DATA_DIR, else its default.

    Raises:
        DataError: the data are the name of a benchmark and no file, or TAROT_DATA_DIR names no folder.
    """
    if data in names() and not Path(data).exists():
        raise DataError(f"--data {data}: a benchmark, not data; write --benchmark {data}, and its file as --data FILE")
    named = os.environ.get(DATA_DIR)
    return data or (found_in(benchmark, named, DATA_DIR) if named else None) or benchmark.default_data


def found_in(benchmark: Benchmark, folder: str, named_by: str) -> str | None:
    """A benchmark's file in a folder of many, None where it has none.

    Raises:
        DataError: it is no folder; says who named it.
    """
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise DataError(f"{named_by} names {folder}, which is no folder")
    return next((str((path / name).resolve()) for name in benchmark.files if (path / name).exists()), None)


def problems_of(
    rows: Rows, columns: tuple[str, ...], convert: Callable[[dict[str, Any]], Problem | None]
) -> Iterator[Problem]:
    """Convert rows to problems; a row that `convert` answers with None is left out.

    Raises:
        DataError: a row lacks a column or does not convert; says which row.
    """
    for row, place in zip(rows, rows.places, strict=True):
        missing = [column for column in columns if column not in row]
        if missing:
            raise DataError(f"{place}: expected the columns {', '.join(columns)}; missing {', '.join(missing)}")
        with boundary(DataError, place):
            problem = convert(row)
        if problem is not None:
            yield problem
