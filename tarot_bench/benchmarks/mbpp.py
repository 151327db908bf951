"""MBPP (Austin et al. 2021, arXiv 2108.07732): 974 short tasks with three assertions each."""

import ast
from pathlib import Path
from typing import Any

from tarot_bench.benchmarks.asserts import entry_point_of, suite_of
from tarot_bench.benchmarks.base import problems_of
from tarot_bench.dataset import ProblemSet, Rows, load_rows
from tarot_bench.dataset.rows import checksum
from tarot_bench.errors import DataError
from tarot_bench.extraction.syntax import FILENAME
from tarot_bench.parsing import parse as parse_module
from tarot_bench.problem import Limits, Origin, Problem, TestCase

_COLUMNS = ("task_id", "code", "test_list")
_SPLITS = {"prompt": (1, 10), "test": (11, 510), "validation": (511, 600), "train": (601, 974)}
"""The paper's, by first and last task id."""
_LIMITS = Limits(cpu_s=20, wall_s=60)
"""The gold of task 123 needs more than the 3 seconds of the published harness."""


class Mbpp:
    """The 500 tasks of the test split; ``split`` may also be another one of the paper's, or ``full``."""

    name = "mbpp"
    default_data = "google-research-datasets/mbpp"
    default_prompt = "mbpp"
    files = ("mbpp.jsonl",)

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the official file (``mbpp.jsonl``, all 974 tasks) or the Hub dataset, full or sanitized.

        Raises:
            DataError: unreadable, not MBPP, or a split that the paper does not have.
        """
        wanted = split or "test"
        if wanted not in (*_SPLITS, "full"):
            raise DataError(f"MBPP has no split {wanted!r}; choose one of {', '.join(_SPLITS)}, full")
        splits = tuple(_SPLITS) if wanted == "full" else (wanted,)
        if Path(data).expanduser().is_file():
            rows = load_rows(data, revision=revision)
            ids = {number for name in splits for number in range(_SPLITS[name][0], _SPLITS[name][1] + 1)}
            return ProblemSet.of(
                data, rows.revision, (p for p in problems_of(rows, _COLUMNS, _problem) if _number(p) in ids)
            )
        loaded = [load_rows(data, revision=revision, split=name) for name in splits]
        problems = [problem for rows in loaded for problem in problems_of(rows, _COLUMNS, _problem)]
        return ProblemSet.of(data, _revision(loaded), problems)


def _number(problem: Problem) -> int:
    return int(problem.id.removeprefix("MBPP/"))


def _revision(loaded: list[Rows]) -> str:
    """The commit that all splits have; a folder's splits each have a checksum of their own."""
    revisions = dict.fromkeys(rows.revision for rows in loaded)
    return loaded[0].revision if len(revisions) == 1 else checksum(*(name.encode() for name in revisions))


def _problem(row: dict[str, Any]) -> Problem:
    solution = row["code"].replace("\r\n", "\n").replace("\r", "\n")
    setup = (row.get("test_setup_code") or "").replace("\r\n", "\n")
    asserts = list(row["test_list"])
    entry_point = entry_point_of(asserts, solution)
    suite = suite_of(asserts, entry_point, _imports(row, solution, asserts), setup)
    return Problem(
        id=f"MBPP/{row['task_id']}",
        statement="\n".join([(row.get("text") or row["prompt"]).strip(), "", *asserts]),
        solution=solution,
        style="function",
        entry_point=entry_point,
        original_tests=(TestCase(tier=None, input=suite, kind="suite"),),
        limits=_LIMITS,
        origin=Origin(source="MBPP", id=str(row["task_id"]), license="CC-BY-4.0"),
    )


def _imports(row: dict[str, Any], solution: str, asserts: list[str]) -> str:
    """What the assertions need imported; the full set only says so by the imports of its solutions."""
    lines = list(row.get("test_imports") or [])
    named = {
        node.id for text in asserts for node in ast.walk(parse_module(text, FILENAME)) if isinstance(node, ast.Name)
    }
    for node in parse_module(solution, FILENAME).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = {alias.asname or alias.name.split(".", maxsplit=1)[0] for alias in node.names}
            lines += [ast.unparse(node)] if bound & named else []
    return "\n".join(dict.fromkeys(lines))


BENCHMARK = Mbpp()
