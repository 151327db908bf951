"""The kind of a problem's tests, and the output that an execution of the gold gives to one."""

from typing import Literal

from tarot_bench.grading.compare import text_of
from tarot_bench.problem import Problem
from tarot_bench.verdict import Execution

Kind = Literal["stdin", "call"]


def kind_of(problem: Problem) -> Kind:
    """The kind of the tests that authors write for a problem."""
    return "call" if problem.style == "function" else "stdin"


def output_of(execution: Execution, kind: Kind) -> str | None:
    """The output of a test, as an execution gave it; None where it failed."""
    if not execution.ok:
        return None
    if kind == "stdin":
        return text_of(execution.stdout)
    return execution.result.decode(errors="replace") if execution.result is not None else None
