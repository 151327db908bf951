"""Source: read rows and convert them to entries, or drop them with a reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field

from tarot_bench.benchmarks import located, names, open_benchmark
from tarot_bench.dataset import Entry, Rows, load_embedded, load_rows, synthetic
from tarot_bench.dataset.problem_set import EMBEDDED
from tarot_bench.dataset.shapes import to_entry
from tarot_bench.errors import DataError, boundary, one_line
from tarot_bench.extraction.syntax import parse
from tarot_bench.generation.source import contests, evalplus, functions, livecodebench, verifiable
from tarot_bench.generation.source.unusable import UnusableError
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.grading.arguments import as_json
from tarot_bench.problem import EVALUATION_ONLY, Frozen, Problem, TestCase
from tarot_bench.sandbox.values import EncodingError

Reader = Callable[[Mapping[str, Any]], Problem]

READERS: tuple[tuple[tuple[str, ...], Reader], ...] = (
    (verifiable.MARKS, verifiable.from_row),
    (contests.APPS_MARKS, contests.from_apps),
    (contests.CODE_CONTESTS_MARKS, contests.from_code_contests),
    (livecodebench.MARKS, livecodebench.from_livecodebench),
    (evalplus.MARKS, evalplus.from_evalplus),
    (functions.HUMANEVAL_MARKS, functions.from_humaneval),
    (functions.MBPP_MARKS, functions.from_mbpp),
)
"""Foreign row formats, each with the columns that identify it."""
_IDS = ("id", "problem_id", "task_id", "question_id", "name", "url")
"""The columns that hold a row's id in the known formats."""


class SourceSettings(Frozen):
    """The section ``source`` of a generation recipe."""

    data: str
    """A file, a folder, a Hub id ``org/name``, ``embedded``, ``synthetic:N[@SEED]``, or the name of a benchmark: its
    file in the folder that ``TAROT_DATA_DIR`` names, else its default."""
    revision: str | None = None
    """Of a Hub dataset; elsewhere the checksum that the content must have."""
    split: str | None = None
    config_name: str | None = None
    limit: int | None = Field(default=None, ge=1)
    """Only the first rows."""
    keep_tiers: bool = True
    """Keep the tier tests of a source that has them. If false, they are written again; a problem with only tier tests
    keeps its first one as an original test, since a gold needs a test."""
    most_originals: int = Field(default=5, ge=1)
    """Original tests kept per problem: the first ones. Contest collections have hundreds."""
    evaluation_only: bool = False
    """The source is a benchmark: problems and dataset card say that nothing may be trained on them."""


class SourceStage:
    """Reads the source; ignores the entries that it is given."""

    name = "source"
    whole = True

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """One outcome per row, in the order of the source.

        Raises:
            DataError: the source cannot be read.
        """
        del entries
        seen: set[str] = set()
        for number, (place, name, make) in enumerate(self._makers()):
            if self._settings.limit is not None and number >= self._settings.limit:
                return
            outcome = self._outcome(place, name, make, seen)
            seen.add(outcome.id)
            yield outcome

    def _makers(self) -> Iterator[tuple[str, str | None, Callable[[], Entry]]]:
        """Yield the place of each row, its id where it has one, and a function that makes an entry of the row."""
        settings = self._settings
        if settings.data == EMBEDDED:
            for problem in load_embedded():
                yield problem.id, problem.id, partial(Entry, problem=problem)
        elif wanted := synthetic.wanted(settings.data):
            for entry in synthetic.entries(*wanted):
                yield entry.problem.id, entry.problem.id, entry.model_copy
        else:
            rows = rows_of(settings)
            for row, place in zip(rows, rows.places, strict=True):
                yield place, id_of(row), partial(read, row)

    def _outcome(self, place: str, name: str | None, make: Callable[[], Entry], seen: set[str]) -> StageOutcome:
        def dropped(reason: str, detail: str) -> StageOutcome:
            return StageOutcome(id=place, source_id=name, entry=None, reason=reason, detail=detail)

        try:
            with boundary(DataError, "reading the row"):
                entry = _in_json(self._marked(self._trimmed(make())))
            _check_gold(entry.problem)
        except UnusableError as error:
            return dropped(error.reason, error.detail)
        except DataError as error:
            return dropped("unreadable", one_line(error))
        if entry.problem.id in seen:
            return dropped("same-id", entry.problem.id)
        return StageOutcome.keep(entry)

    def _marked(self, entry: Entry) -> Entry:
        if not self._settings.evaluation_only:
            return entry
        origin = entry.problem.origin
        marked = origin.model_copy(update={"extra": {**origin.extra, EVALUATION_ONLY: True}})
        return entry.model_copy(update={"problem": entry.problem.model_copy(update={"origin": marked})})

    def _trimmed(self, entry: Entry) -> Entry:
        problem = entry.problem
        originals = problem.original_tests[: self._settings.most_originals]
        if self._settings.keep_tiers:
            return entry.model_copy(update={"problem": problem.model_copy(update={"original_tests": originals})})
        if not originals:
            originals = (problem.tests[0].as_original(),)
        bare = problem.model_copy(update={"tests": (), "original_tests": originals})
        return entry.model_copy(update={"problem": bare, "facts": ()})


def _in_json(entry: Entry) -> Entry:
    """The entry with arguments and results in JSON, which all stages read; those that cannot be read stay."""
    problem = entry.problem
    tests, originals = (tuple(map(_test_in_json, tests)) for tests in (problem.tests, problem.original_tests))
    return entry.model_copy(
        update={"problem": problem.model_copy(update={"tests": tests, "original_tests": originals})}
    )


def _test_in_json(test: TestCase) -> TestCase:
    if test.kind != "call" or not test.stored:
        return test
    try:
        return test.model_copy(update={"input": as_json(test.input), "output": as_json(test.output)})
    except EncodingError:
        return test


def id_of(row: Mapping[str, Any]) -> str | None:
    """The id that a row of any format gives itself; None if it has none."""
    nested = row.get("problem")
    found = [row.get(column) for column in _IDS] + ([nested.get("id")] if isinstance(nested, Mapping) else [])
    return next((str(value) for value in found if isinstance(value, str | int) and str(value).strip()), None)


def rows_of(settings: SourceSettings) -> Rows:
    """The rows of a source; none of those that are made and not read.

    Raises:
        DataError: the source cannot be read.
    """
    data = settings.data
    if data == EMBEDDED or synthetic.wanted(data):
        return Rows(data, data, (), ())
    if data in names() and not Path(data).exists():
        data = located(open_benchmark(data), None)
    return load_rows(data, revision=settings.revision, split=settings.split, config_name=settings.config_name)


def read(row: Mapping[str, Any]) -> Entry:
    """Make an entry of a row in any known format.

    Raises:
        UnusableError: the format is known, but the row cannot be used.
        DataError: the format is unknown, or the row is faulty.
    """
    for marks, reader in READERS:
        if all(column in row for column in marks):
            return Entry(problem=reader(row), wrong=contests.wrong_programs(row))
    return to_entry(row)


def _check_gold(problem: Problem) -> None:
    if not (problem.solution or "").strip():
        raise UnusableError("no-gold")
    if problem.answer_form == "program" and parse(problem.solution or "") is None:
        raise UnusableError("gold-does-not-parse", "not a Python 3 program")
