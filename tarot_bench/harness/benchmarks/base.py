"""The protocol of a benchmark, and where benchmarks are found."""

from importlib import import_module
from typing import Protocol

from tarot_bench.dataset import ProblemSet
from tarot_bench.errors import RecipeError
from tarot_bench.plugins import installed, load_plugin

GROUP = "tarot_bench.benchmarks"
_SHIPPED = {"humaneval": "humaneval", "tarot": "tarot"}


class Benchmark(Protocol):
    """A set of problems and the default way to ask for their solutions. Grading is the same for all."""

    name: str
    default_data: str
    """Where its problems come from when the user does not say."""
    default_prompt: str
    """A template name in eval/prompts/."""

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the benchmark's problems.

        Raises:
            DataError: the data cannot be read, or are not what this benchmark expects.
        """
        ...


def names() -> list[str]:
    """The benchmarks that can be named in a suite: shipped ones, then installed plug-ins."""
    return [*_SHIPPED, *installed(GROUP)]


def open_benchmark(name: str) -> Benchmark:
    """The benchmark of that name.

    Raises:
        RecipeError: nobody provides it; lists the names.
    """
    if name in _SHIPPED:
        benchmark: Benchmark = import_module(f"tarot_bench.harness.benchmarks.{_SHIPPED[name]}").BENCHMARK
        return benchmark
    if name in installed(GROUP):
        loaded: Benchmark = load_plugin(GROUP, name)
        return loaded
    raise RecipeError(f"no benchmark is called {name!r}; there are {', '.join(names())}")
