"""Rows of the ``verifiable-coding-problems-python`` family: v1, v2, 10k, and TAROT's own rows, which descend from it.

Columns: ``source, task_type, in_source_id, gold_standard_solution, verification_info, metadata, problem_id``, and the
statement as ``problem`` or, earlier, ``prompt`` or ``problem_statement``. ``verification_info`` and ``metadata`` are
objects in some versions and JSON text in others.
"""

from collections.abc import Mapping
from typing import Any

from tarot_bench.dataset import tarot_v1
from tarot_bench.generation.source.unusable import UnusableError, decoded, text_of
from tarot_bench.problem import Problem

MARKS = ("verification_info", "gold_standard_solution")


def from_row(row: Mapping[str, Any]) -> Problem:
    """Read a row.

    Raises:
        UnusableError: another language, no statement, no tests, or a test that cannot be run.
        DataError: anything else that is wrong with it.
    """
    info = decoded(row["verification_info"])
    if not isinstance(info, Mapping) or not info.get("test_cases"):
        raise UnusableError("no-tests")
    if info.get("language", "python") != "python":
        raise UnusableError("not-python", str(info["language"]))
    cases = [_case(case) for case in info["test_cases"]]
    return tarot_v1.from_row(
        {
            **{key: value for key, value in row.items() if key not in ("prompt", "problem_statement")},
            "problem": text_of(row, "problem", "prompt", "problem_statement"),
            "verification_info": {**info, "language": "python", "test_cases": cases},
            **({"metadata": decoded(row["metadata"])} if "metadata" in row else {}),
        }
    )


def _case(case: Any) -> dict[str, Any]:
    """Convert a test to the form of TAROT's rows; a function name that is null is left out."""
    if not isinstance(case, Mapping):
        raise UnusableError("unreadable", "a test is not an object")
    kept = dict(case)
    if kept.get("fn_name") is None:
        kept.pop("fn_name", None)
    elif kept.get("type") == "stdin_stdout":
        raise UnusableError("function-over-stdin", f"calls {kept['fn_name']} through standard input")
    if kept.get("type") == "stdin_stdout" and not (
        isinstance(kept.get("input"), str) and isinstance(kept.get("output"), str)
    ):
        raise UnusableError("unreadable", "a stdin test without texts")
    return kept
