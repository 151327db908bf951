"""LiveCodeBench, code generation (Jain et al. 2024, arXiv 2403.07974): contest problems by contest date.

Its Hub dataset is a loading script, which `datasets` no longer runs; its files are read directly, one per release:
``test.jsonl``, ``test2.jsonl`` to ``test6.jsonl``, of which release N is the first N. Programs of stdin problems run
as the contest site would run them; a ``class Solution`` finds the imports that its site provides.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tarot_bench.benchmarks.base import Question, converted
from tarot_bench.benchmarks.packed import unpack_json
from tarot_bench.dataset import ProblemSet, Rows, load_rows
from tarot_bench.dataset.hub import read_hub_files
from tarot_bench.dataset.rows import checksum
from tarot_bench.errors import DataError
from tarot_bench.problem import PUBLISHED, Checker, Limits, Origin, Problem, TestCase
from tarot_bench.reading import parse_json
from tarot_bench.sandbox.values import encode

_COLUMNS = (
    "question_title",
    "question_content",
    "platform",
    "question_id",
    "contest_date",
    "starter_code",
    "difficulty",
    "public_test_cases",
    "private_test_cases",
    "metadata",
)
_LIMITS = Limits(cpu_s=6, wall_s=30, memory_mib=4096)
"""Limits of the published harness: six seconds per test, and the 4 GB that it intends to set."""
_ENDINGS = (".jsonl", ".jsonl.gz", ".parquet")
_STEMS = ("test", "test2", "test3", "test4", "test5", "test6")
"""Names of the releases' files, without their endings; the first is that of release 1."""
_SPLIT = re.compile(
    r"(?:release_v(?P<upto>[1-6])|v(?P<first>[1-6])(?:_v(?P<last>[1-6]))?)?"
    r"@?(?:(?P<begin>\d{4}-\d\d(?:-\d\d)?)\.\.(?P<end>\d{4}-\d\d(?:-\d\d)?))?"
)
PROVIDED = """\
import bisect, collections, copy, datetime, functools, heapq, itertools, math, operator, random, re, statistics, string
import sys
from bisect import bisect_left, bisect_right, insort, insort_left, insort_right
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from copy import deepcopy
from functools import cache, cmp_to_key, lru_cache, partial, reduce
from heapq import heapify, heappop, heappush, heappushpop, heapreplace, merge, nlargest, nsmallest
from itertools import accumulate, chain, combinations, combinations_with_replacement, count, cycle, groupby, islice
from itertools import pairwise, permutations, product, repeat, starmap, takewhile, zip_longest
from math import ceil, comb, dist, factorial, floor, gcd, hypot, inf, isqrt, lcm, log, log2, log10, perm, pi, prod, sqrt
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Any, Callable, DefaultDict, Deque, Dict, Generator, Iterable, Iterator, List, Optional, Sequence
from typing import Set, Tuple, Union

sys.setrecursionlimit(50_000)

"""
"""Imports that the site adds to every program for ``class Solution`` problems."""


@dataclass(frozen=True, slots=True)
class Split:
    """A selection of problems: ``release_v5``, ``v6``, ``v4_v6``, dates ``2024-08..2025-01``, or both with ``@``.

    Attributes:
        files: numbers of the releases' files; None where only dates were given.
        begin, end: first and last day, or month, that a contest may have been held; "" for any.
    """

    files: tuple[int, ...] | None
    begin: str = ""
    end: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a split.

        Raises:
            DataError: it is not of one of these forms.
        """
        match = _SPLIT.fullmatch(text)
        if not match or not text.strip("@"):
            raise DataError(
                f"LiveCodeBench has no split {text!r}; write release_v1 to release_v6, v6, v4_v6, a window of dates as "
                "in 2024-08..2025-01, or both as in release_v5@2024-08..2025-01"
            )
        files = None
        if match["upto"]:
            files = tuple(range(1, int(match["upto"]) + 1))
        elif match["first"]:
            files = tuple(range(int(match["first"]), int(match["last"] or match["first"]) + 1))
        return cls(files, match["begin"] or "", match["end"] or "")

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether the contest of a problem is in this split."""
        date = str(row["contest_date"])[:10]
        return not self.begin or (self.begin <= date and date[: len(self.end)] <= self.end)


class LiveCodeBench:
    """Release 5 unless ``split`` says otherwise; groups ``public`` and ``private``."""

    name = "livecodebench"
    default_data = "livecodebench/code_generation_lite"
    default_prompt = "livecodebench"
    files = ("livecodebench",)

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the Hub dataset, a folder with its files (JSON Lines or Parquet), or a single file.

        Raises:
            DataError: unreadable, not LiveCodeBench, no such split, or a release asked of a single file.
        """
        wanted = Split.parse(split or "release_v5")
        loaded = _load(data, revision, wanted, named=split is not None)
        revisions = dict.fromkeys(rows.revision for rows in loaded)
        read = next(iter(revisions)) if len(revisions) == 1 else checksum(*map(str.encode, revisions))
        if revision is not None and Path(data).expanduser().exists() and revision != read:
            raise DataError(f"{data} has revision {read}, not the requested {revision}")

        def convert(row: dict[str, Any]) -> Problem | None:
            return problem_of(row) if wanted.holds(row) else None

        return ProblemSet.of(data, read, (p for rows in loaded for p in converted(rows, _COLUMNS, convert)))

    def questions(self, data: str) -> Iterator[Question]:
        """The problems of all files, later releases included. The large hidden tests are not unpacked."""
        for rows in _every_file(data):
            yield from converted(rows, ("question_id", "question_content"), _question)


def _load(data: str, revision: str | None, wanted: Split, *, named: bool) -> list[Rows]:
    path = Path(data).expanduser()
    if path.is_file():
        if named and wanted.files:
            raise DataError(f"{data} is a single file, so a split can only be dates; for releases name its folder")
        return [load_rows(path)]
    stems = [_STEMS[number - 1] for number in wanted.files] if wanted.files else _STEMS
    if path.is_dir():
        return [load_rows(_file(path, stem)) for stem in stems]
    return read_hub_files(data, revision, [f"{stem}.jsonl" for stem in stems])


def _every_file(data: str) -> Iterator[Rows]:
    """The rows of a file, of each file in a folder, or of each release on the Hub, one after the other."""
    path = Path(data).expanduser()
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.name.endswith(_ENDINGS))
        if not files:
            raise DataError(f"{data} holds no .jsonl or .parquet file of LiveCodeBench")
        yield from map(load_rows, files)
    elif path.is_file():
        yield load_rows(path)
    else:
        for stem in _STEMS:
            yield from read_hub_files(data, None, [f"{stem}.jsonl"])


def _file(folder: Path, stem: str) -> Path:
    for ending in _ENDINGS:
        if (folder / f"{stem}{ending}").is_file():
            return folder / f"{stem}{ending}"
    raise DataError(f"{folder} lacks {stem}.jsonl (or .jsonl.gz, or .parquet); fetch it or choose a smaller split")


def _question(row: dict[str, Any]) -> Question:
    return Question(str(row["question_id"]), row["question_content"])


def problem_of(row: dict[str, Any]) -> Problem:
    """The problem of a row, without a solution; its tests are original ones, the public ones first."""
    tests = [
        *_tests(parse_json(row["public_test_cases"]), "public"),
        *_tests(unpack_json(row["private_test_cases"]), "private"),
    ]
    functional = tests[0].kind == "call" if tests else False
    method = parse_json(row["metadata"] or "{}").get("func_name")
    return Problem(
        id=str(row["question_id"]),
        statement=f"{row['question_title'].strip()}\n\n{row['question_content'].strip()}",
        style="function" if functional else "stdin",
        entry_point=f"Solution.{method}" if functional and method else None,
        starter_code=PROVIDED + row["starter_code"] if functional else None,
        original_tests=tuple(tests),
        limits=_LIMITS,
        checker=Checker(kind="float", tolerance=1e-5 if functional else 1e-6),
        origin=Origin(
            source="LiveCodeBench",
            id=str(row["question_id"]),
            difficulty=row["difficulty"],
            extra={"platform": row["platform"], PUBLISHED: str(row["contest_date"])[:10]},
        ),
    )


def _tests(cases: Iterable[dict[str, Any]], group: str) -> list[TestCase]:
    return [_call(case, group) if case["testtype"] == "functional" else _stdin(case, group) for case in cases]


def _stdin(case: dict[str, Any], group: str) -> TestCase:
    return TestCase(tier=None, input=case["input"], output=case["output"], group=group)


def _call(case: dict[str, Any], group: str) -> TestCase:
    """Make a test of kind ``call``; each line of the input is one argument as JSON."""
    arguments = [parse_json(line) for line in case["input"].split("\n") if line.strip()]
    expected = parse_json(case["output"])
    return TestCase(
        tier=None, kind="call", input=encode(arguments).decode(), output=encode(expected).decode(), group=group
    )


BENCHMARK = LiveCodeBench()
