"""Pools of valid tests, read from the rows of a recipe's source."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import DataError, boundary
from tarot_bench.generation.source import evalplus
from tarot_bench.generation.source.stage import SourceSettings, read, rows_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PooledTest:
    """A valid input.

    Attributes:
        input: as in a `TestCase` of the problem's kind.
        output: that the source declares; None where it has inputs only.
    """

    input: str
    output: str | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """What a source has for one problem.

    Attributes:
        tests: valid ones, in the order of the source.
        wrong: programs that the source calls incorrect.
    """

    tests: tuple[PooledTest, ...] = ()
    wrong: tuple[str, ...] = ()


class Pools:
    """The pools of a source, by problem. All are read when the first one is asked for, and wait in a file."""

    def __init__(self, settings: SourceSettings) -> None:
        """Nothing is read yet."""
        self._settings = settings
        self._file = TemporaryFile()  # noqa: SIM115 -- open as long as this object; it has no name
        finalize(self, self._file.close)

    def of(self, problem_id: str) -> Pool:
        """The pool of a problem; an empty one where the source has none.

        Raises:
            DataError: the source cannot be read.
        """
        if problem_id not in self._places:
            return Pool()
        start, size = self._places[problem_id]
        told = json.loads(os.pread(self._file.fileno(), size, start))
        return Pool(tuple(PooledTest(**test) for test in told["tests"]), tuple(told["wrong"]))

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Where each pool is in the file: the offset and the number of bytes."""
        places: dict[str, tuple[int, int]] = {}
        for row in rows_of(self._settings):
            try:
                with boundary(DataError, "reading the row"):
                    entry = read(row)
            except DataError:  # the stage `source` dropped it, with the reason
                continue
            if entry.problem.id not in places:
                stored = json.dumps(asdict(_pool(row, entry))).encode()
                places[entry.problem.id] = self._file.tell(), len(stored)
                self._file.write(stored)
        self._file.flush()
        return places


def _pool(row: Row, entry: Entry) -> Pool:
    if all(column in row for column in evalplus.MARKS):
        return Pool(tuple(PooledTest(text) for text in evalplus.inputs_of(row)))
    kind = "call" if entry.problem.style == "function" else "stdin"
    known = (*entry.problem.original_tests, *entry.problem.tests)
    tests = (test for test in known if test.kind == kind and test.stored)
    wrong = tuple(program.source for program in entry.wrong)
    return Pool(tuple(PooledTest(test.input, test.output) for test in tests), wrong)
