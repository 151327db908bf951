"""CRUXEval (Gu et al. 2024, arXiv 2401.03065): 800 short functions, each with one input and its output.

Predict the output of a call, or an input that gives an output. The model answers with an expression, not a program;
it is put into a small program, run, and the result is compared in the tester's process. So any input that gives
the output counts, and so does any expression whose value is the output, but not one that calls the function: where
the output is requested, the program does not contain the function.
"""

from collections.abc import Callable
from typing import Any

from tarot_bench.benchmarks.base import converted
from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.problem import HOLE, Origin, Problem, TestCase

_COLUMNS = ("id", "code", "input", "output")
_DATA = "cruxeval-org/cruxeval"
_FILES = ("cruxeval.jsonl",)


class CruxEval:
    """One direction of the benchmark.

    Attributes:
        name: ``cruxeval_output`` or ``cruxeval_input``.
        default_prompt: asks for the bare answer; with ``_cot`` behind it, for reasoning first.
    """

    default_data = _DATA
    files = _FILES

    def __init__(self, name: str, convert: Callable[[dict[str, Any]], Problem]) -> None:
        self.name = self.default_prompt = name
        self._convert = convert

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the official file (``cruxeval.jsonl``) or the Hub dataset."""
        rows = load_rows(data, revision=revision, split=split)
        return ProblemSet.of(data, rows.revision, converted(rows, _COLUMNS, self._convert))


def _output(row: dict[str, Any]) -> Problem:
    question = f"assert f({row['input']}) == ??"
    return _problem(row, question, starter=f"def answer():\n    return (\n{HOLE}\n)\n", gold=row["output"])


def _input(row: dict[str, Any]) -> Problem:
    question = f"assert f(??) == {row['output']}"
    starter = f"{row['code']}\n\ndef answer():\n    return f({HOLE}\n)\n"
    return _problem(row, question, starter=starter, gold=f"f({row['input']})")


def _problem(row: dict[str, Any], question: str, starter: str, gold: str) -> Problem:
    check = (
        f"def check(candidate):\n    value = candidate()\n    assert value == ({row['output']}), repr(value)[:200]\n"
    )
    return Problem(
        id=row["id"],
        statement=f"{row['code'].strip()}\n\n{question}",
        solution=gold,
        style="function",
        entry_point="answer",
        starter_code=starter,
        answer_form="expression",
        original_tests=(TestCase(tier=None, kind="suite", input=check),),
        origin=Origin(source="CRUXEval", id=row["id"], license="MIT"),
    )


OUTPUT = CruxEval("cruxeval_output", _output)
INPUT = CruxEval("cruxeval_input", _input)
