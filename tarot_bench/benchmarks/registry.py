"""Find benchmarks by name: built-in ones, then those of installed plug-ins."""

from collections.abc import Iterator
from importlib import import_module

from tarot_bench.benchmarks.base import Benchmark
from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.plugins import installed, load_plugin

GROUP = "tarot_bench.benchmarks"
"""Entry-point group: the entry's name is the benchmark's, its value a `Benchmark`."""

# name: module:attribute. Modules are imported when their benchmark is requested.
_BUILT_IN = {
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


def names() -> list[str]:
    """The names of all benchmarks, plug-ins last."""
    return [*_BUILT_IN, *installed(GROUP)]


def built_in() -> Iterator[Benchmark]:
    """The benchmarks of this package."""
    return map(open_benchmark, _BUILT_IN)


def known(name: str) -> str:
    """Return the name of a benchmark unchanged; nothing is imported.

    Raises:
        RecipeError: there is no such benchmark; lists the names.
    """
    if name not in names():
        raise RecipeError(
            f"unknown benchmark {name!r}; the benchmarks are {', '.join(names())}{did_you_mean(name, names())}"
        )
    return name


def open_benchmark(name: str) -> Benchmark:
    """Return the benchmark with this name.

    Raises:
        RecipeError: there is no such benchmark, or its plug-in cannot be loaded.
    """
    if known(name) in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        found: Benchmark = getattr(import_module(f"tarot_bench.benchmarks.{module}"), attribute)
    else:
        found = load_plugin(GROUP, name, RecipeError)
        if isinstance(found, type) or not isinstance(found, Benchmark):
            raise RecipeError(
                f"the plug-in {name!r} is not a benchmark: its entry point must name an object with name, "
                "default_data, default_prompt, files and load (see tarot_bench.benchmarks.Benchmark)"
            )
    return found
