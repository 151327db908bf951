"""MBPP (Austin et al. 2021, arXiv 2108.07732): 974 short tasks with three assertions each."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tarot_bench.benchmarks.asserts import entry_point_of, nodes_of, suite_of
from tarot_bench.benchmarks.base import Question, converted
from tarot_bench.dataset import ProblemSet, Rows, load_rows
from tarot_bench.dataset.rows import checksum
from tarot_bench.errors import DataError
from tarot_bench.extraction.syntax import FILENAME
from tarot_bench.parsing import parse as parse_module
from tarot_bench.problem import Limits, Origin, Problem, TestCase

COLUMNS = ("task_id", "code", "test_list")
_SPLITS = {"prompt": range(1, 11), "test": range(11, 511), "validation": range(511, 601), "train": range(601, 975)}
"""Task ids of the splits in the paper."""
_FULL = "full"
_LIMITS = Limits(cpu_s=20, wall_s=60)
"""The reference solution of task 123 needs more than the 3 seconds of the published harness."""


@dataclass(frozen=True, slots=True)
class MbppTask:
    """One row of MBPP, full or sanitized.

    Attributes:
        id: the task's number.
        text: what to write, without the assertions.
        code: the reference solution.
        asserts: the tests, one ``assert`` statement each.
        setup: code to run beside the program, before the assertions; empty for all but two tasks.
        imports: imports that the assertions need, where the row has them: only sanitized rows do.
    """

    id: str
    text: str
    code: str
    asserts: tuple[str, ...]
    setup: str
    imports: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a row with `COLUMNS`, and ``text`` or ``prompt``.

        Raises:
            KeyError, TypeError, AttributeError: a column is missing, or its value has another type.
        """
        setup = (row.get("test_setup_code") or "").replace("\r\n", "\n")
        return cls(
            id=str(row["task_id"]),
            text=(row.get("text") or row["prompt"]).strip(),
            code=row["code"].replace("\r\n", "\n").replace("\r", "\n"),
            asserts=tuple(row["test_list"]),
            setup=setup if setup.strip() else "",
            imports=tuple(row.get("test_imports") or ()),
        )

    @property
    def entry_point(self) -> str:
        """The function to write.

        Raises:
            ValueError: no assertion calls a function of the solution.
            SyntaxError: the solution or an assertion is not Python.
        """
        return entry_point_of(self.asserts, self.code)

    @property
    def suite(self) -> str:
        """The assertions as source that defines ``check(candidate)``; raises what `entry_point` does."""
        return suite_of(self.asserts, self.entry_point, self._needed_imports(), self.setup)

    def _needed_imports(self) -> str:
        """The row's imports, and those of the solution that bind a name of the assertions."""
        lines = list(self.imports)
        named = {node.id for node in nodes_of(self.asserts) if isinstance(node, ast.Name)}
        for node in parse_module(self.code, FILENAME).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound = {alias.asname or alias.name.split(".", maxsplit=1)[0] for alias in node.names}
                lines += [ast.unparse(node)] if bound & named else []
        return "\n".join(dict.fromkeys(lines))


class Mbpp:
    """The 500 tasks of the test split; ``split`` selects another split of the paper, or ``full``."""

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
        loaded = _load(data, revision, wanted)
        ids = _SPLITS.get(wanted) if _is_file(data) else None

        def convert(row: dict[str, Any]) -> Problem | None:
            task = MbppTask.of(row)
            return _problem(task) if ids is None or int(task.id) in ids else None

        problems = [problem for rows in loaded for problem in converted(rows, COLUMNS, convert)]
        return ProblemSet.of(data, _revision(loaded), problems)

    def questions(self, data: str) -> Iterator[Question]:
        """The tasks of all splits; without a suite where the assertions need a set-up or call no known function."""
        for rows in _load(data, None, _FULL):
            yield from converted(rows, COLUMNS, _question)


def _load(data: str, revision: str | None, split: str) -> list[Rows]:
    """The rows of a split, or of all splits; a single file holds all rows, independent of the split."""
    if split not in (*_SPLITS, _FULL):
        raise DataError(f"MBPP has no split {split!r}; choose one of {', '.join(_SPLITS)}, {_FULL}")
    if _is_file(data):
        return [load_rows(data, revision=revision)]
    names = _SPLITS if split == _FULL else (split,)
    return [load_rows(data, revision=revision, split=name) for name in names]


def _is_file(data: str) -> bool:
    return Path(data).expanduser().is_file()


def _revision(loaded: list[Rows]) -> str:
    """Return the commit that all splits share, or one checksum for the splits of a folder."""
    revisions = dict.fromkeys(rows.revision for rows in loaded)
    return loaded[0].revision if len(revisions) == 1 else checksum(*(name.encode() for name in revisions))


def _problem(task: MbppTask) -> Problem:
    return Problem(
        id=f"MBPP/{task.id}",
        statement="\n".join([task.text, "", *task.asserts]),
        solution=task.code,
        style="function",
        entry_point=task.entry_point,
        original_tests=(TestCase(tier=None, input=task.suite, kind="suite"),),
        limits=_LIMITS,
        origin=Origin(source="MBPP", id=task.id, license="CC-BY-4.0"),
    )


def _question(row: dict[str, Any]) -> Question:
    task = MbppTask.of(row)
    try:
        function, suite = task.entry_point, task.suite
    except (ValueError, SyntaxError):
        function, suite = None, ""
    # The set-up uses classes of the solution; other programs do not have them.
    return Question(task.id, task.text, function, "" if task.setup else suite)


BENCHMARK = Mbpp()
