"""Benchmark problems to compare training data with: their prose, and the tests of their functions."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from tarot_bench.benchmarks import Question, known, located, open_benchmark, questions_of
from tarot_bench.generation.shingles import without_examples
from tarot_bench.parsing import parse

BenchmarkName = Annotated[str, AfterValidator(known)]
"""A benchmark of this package or of an installed plug-in."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One problem of a benchmark.

    Attributes:
        id: as in ``humaneval/HumanEval/12``.
        prose: the statement without code and examples.
        suite: source that defines ``check(candidate)``; empty where there is no function.
    """

    id: str
    prose: str
    suite: str = ""


def load_references(sources: Mapping[str, str | None]) -> list[Reference]:
    """Read the problems of benchmarks.

    Args:
        sources: for each benchmark a file, a folder or a Hub id; None takes its file in the folder that
            ``TAROT_DATA_DIR`` names, else its default.

    Raises:
        RecipeError: there is no such benchmark.
        DataError: the data cannot be read, or are not of that benchmark.
    """
    return [
        Reference(f"{name}/{question.id}", prose_of(question), question.suite)
        for name, source in sources.items()
        for benchmark in [open_benchmark(name)]
        for question in questions_of(benchmark, located(benchmark, source))
    ]


def prose_of(question: Question) -> str:
    """Return the prose of a question: the docstring of its function if it has one, else the text."""
    if question.function is None:
        return without_examples(question.text)
    return docstring_prose(question.text, question.function)


def docstring_prose(prompt: str, function: str) -> str:
    """Return a function's docstring without examples: calls of the function and their results."""
    kept: list[str] = []
    shown = False
    for line in without_examples(_docstring(prompt, function) or prompt).splitlines():
        shown = line.lstrip().startswith(">>>") or (shown and bool(line.strip()))
        if not shown and not line.lstrip().startswith(f"{function}("):
            kept.append(line)
    return "\n".join(kept)


def _docstring(prompt: str, function: str) -> str | None:
    """Return the docstring of a function; None if there is none, or the prompt is not Python."""
    try:
        tree = parse(prompt)
    except (SyntaxError, ValueError):
        return None
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    return ast.get_docstring(found[-1]) if found else None
