"""The protocol of a benchmark, and helpers to implement it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from tarot_bench.dataset import ProblemSet, Rows
from tarot_bench.errors import DataError, boundary
from tarot_bench.problem import Problem

Converted = TypeVar("Converted")


@runtime_checkable
class Benchmark(Protocol):
    """A set of problems and the default prompt for them. Sampling, grading and metrics are the same for all benchmarks.

    A package adds a benchmark with an object of this form, and an entry point of the group ``tarot_bench.benchmarks``
    that names the object. `evaluate` and decontamination then find it under the entry point's name. In ``riddles.py``:

    ```python
    from tarot_bench.benchmarks import converted
    from tarot_bench.dataset import ProblemSet, load_rows

    class Riddles:
        name = "riddles"
        default_data = "my-org/riddles"
        default_prompt = "tarot"
        files = ("riddles.jsonl",)

        def load(self, data, revision, split):
            rows = load_rows(data, revision=revision, split=split)
            return ProblemSet.of(data, rows.revision, converted(rows, ("id", "question", "answer"), problem_of))

    BENCHMARK = Riddles()
    ```

    and in ``pyproject.toml``:

    ```toml
    [project.entry-points."tarot_bench.benchmarks"]
    riddles = "riddles:BENCHMARK"
    ```

    ``examples/plugin_benchmark`` is a complete package.
    """

    name: str
    default_data: str
    """A Hub id, a file or a folder: the source of the problems unless the user names another."""
    default_prompt: str
    """The name of a template in eval/prompts/."""
    files: tuple[str, ...]
    """File names to look for in the folder that ``TAROT_DATA_DIR`` names; the first that exists is used."""

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the problems.

        Raises:
            DataError: the data cannot be read, or are not of this benchmark.
        """
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a problem asks. Decontamination compares training data with it.

    Attributes:
        id: unique in the benchmark, as in ``HumanEval/12``.
        text: the statement without the tests; for a function problem it may be Python code with a docstring.
        function: the function to write; None where the problem asks for a whole program.
        suite: source that defines ``check(candidate)``; empty where there is none.
    """

    id: str
    text: str
    function: str | None = None
    suite: str = ""

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """The question of a problem."""
        suites = (test.input for test in problem.original_tests if test.kind == "suite")
        return cls(problem.id, problem.statement, problem.entry_point, next(suites, ""))


@runtime_checkable
class AsksQuestions(Protocol):
    """A benchmark whose questions differ from the statements of the problems that `Benchmark.load` reads.

    Examples: the default split is not the whole benchmark, statements contain tests, or tests are slow to read.
    """

    def questions(self, data: str) -> Iterable[Question]:
        """All questions of the benchmark, of every split.

        Raises:
            DataError: the data cannot be read, or are not of this benchmark.
        """
        ...


def questions_of(benchmark: Benchmark, data: str) -> Iterable[Question]:
    """All questions of a benchmark: its own `AsksQuestions.questions`, or one per problem.

    Raises:
        DataError: the data cannot be read, or are not of this benchmark.
    """
    if isinstance(benchmark, AsksQuestions):
        return benchmark.questions(data)
    return map(Question.of, benchmark.load(data, None, None))


def converted(
    rows: Rows, columns: Iterable[str], convert: Callable[[dict[str, Any]], Converted | None]
) -> Iterator[Converted]:
    """Convert the rows of a benchmark; a row for which `convert` returns None is left out.

    Raises:
        DataError: a row lacks a column or cannot be converted; the message names the row.
    """
    for row, place in zip(rows, rows.places, strict=True):
        missing = [column for column in columns if column not in row]
        if missing:
            raise DataError(f"{place}: expected the columns {', '.join(columns)}; missing {', '.join(missing)}")
        with boundary(DataError, place):
            value = convert(row)
        if value is not None:
            yield value
