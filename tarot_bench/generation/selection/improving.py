"""The loop: wrong programs that every test accepts, and tests that reject right ones, go back to the generators."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from pathlib import Path

from tarot_bench.dataset.entry import Entry, WrongProgram
from tarot_bench.errors import one_line
from tarot_bench.generation.author.drafting import Author, FailedTest, Wanted
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.selection.assessing import Assessment
from tarot_bench.generation.selection.wrong import MUTANT, SLOW
from tarot_bench.generation.stage import NOT_MADE, StageOutcome
from tarot_bench.generation.validate.stage import Checked
from tarot_bench.generation.workers import answered
from tarot_bench.grading.generated import UnmadeInputError
from tarot_bench.problem import TIERS, Frozen, Problem, sha256
from tarot_bench.runs.journal import JournalReader, JournalWriter
from tarot_bench.runs.spool import Spool
from tarot_bench.runs.stored import StoredRecords
from tarot_bench.views import Mapped

MOST_SHOWN = 4
"""Wrong programs in one request."""
_LONGEST = 1_400
"""Characters of a program that is shown; prompts cut longer texts, and half a program says little."""
_SAID = {
    SLOW: "This program is right but slow, and every test so far leaves it enough time",
    MUTANT: "This program differs from the reference solution, and every test so far accepts it. It may be equivalent: "
    "then no test can reject it",
}
_KNOWN = "This program is wrong, and every test so far accepts it"

Assess = Callable[[Entry], Assessment]
Finish = Callable[[Assessment], Entry]


class _Asked(Frozen):
    """A request of the loop, as it was made first: a resumed run makes the same one, so that its reply is at hand."""

    key: str
    failures: tuple[FailedTest, ...]


class _Case(Frozen):
    """An entry that is asked for again, with what was found when it was last assessed."""

    place: int
    """Of the entry among all."""
    entry: Entry
    key: str
    """Of the request."""
    failures: tuple[FailedTest, ...]
    surviving: frozenset[str]
    """Of the assessment."""
    disputed: int
    """How many tests rejected a program that is believed right."""


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry under work, with its place, and as a case if it is not assessed for the first time."""

    place: int
    entry: Entry
    before: _Case | None = None

    @property
    def problem(self) -> Problem:
        return self.entry.problem


@dataclass(frozen=True, slots=True)
class _Done:
    """A row, and what came of it: an assessment, or the outcome of validation."""

    row: _Row
    made: "Assessment | StageOutcome"


class Improver:
    """Asks generators for tests against the survivors of an assessment, round by round, while they reject more."""

    def __init__(
        self,
        authors: Sequence[Author],
        check: Callable[[Entry], Checked],
        rounds: int,
        journal: Path,
        workers: int = 1,
        first: int = 1,
    ) -> None:
        """Set up.

        Args:
            authors: the generators; each gets every request.
            check: validates one entry.
            rounds: how often they are asked at most.
            journal: a file of the requests.
            workers: how many entries are assessed and validated at once.
            first: the number of the first round, after those of repair.
        """
        self._authors = authors
        self._check = check
        self._rounds = range(first, first + rounds)
        self._journal = journal
        self._workers = workers

    def run(self, entries: Sequence[Entry], assess: Assess, finish: Finish) -> Iterator[StageOutcome]:
        """Answer each entry once no round is left for it, or none helps; an entry with a failed run stays pending.

        Args:
            entries: with accepted tests.
            assess: measures an entry.
            finish: chooses its tests.

        Raises:
            UserError: a generator cannot continue; replies are kept.
        """
        rows: Iterator[_Row] = starmap(_Row, enumerate(entries))
        for round_ in (self._rounds.start - 1, *self._rounds):
            open_ = Spool(_Case)
            for done in answered(rows, partial(self._answer, assess=assess), self._workers):
                if isinstance(done.made, StageOutcome):
                    yield done.made
                elif case := self._case(done.row, done.made, round_ + 1):
                    open_.append(case, case.place)
                else:
                    yield StageOutcome.keep(finish(done.made))
            rows = self._redrafted(open_.records(), round_ + 1)

    def _answer(self, row: _Row, assess: Assess) -> _Done:
        """Assess an entry; if it has new drafts, validate it first."""
        entry = row.entry
        if row.before is not None:
            checked = self._check(entry)
            if checked.dropped:
                return _Done(row, StageOutcome.drop(entry, *checked.dropped))
            entry = checked.entry.model_copy(update={"flags": tuple(dict.fromkeys(checked.entry.flags))})
        try:
            return _Done(row, assess(entry))
        except UnmadeInputError as error:
            return _Done(row, StageOutcome.drop(entry, NOT_MADE, one_line(error)))

    def _case(self, row: _Row, assessment: Assessment, round_: int) -> _Case | None:
        """The case of an entry for a round; None where there is no such round, it has no use, or nothing to tell."""
        failures = _failures(assessment)
        if round_ not in self._rounds or not _helped(row.before, assessment) or not failures:
            return None
        return _Case(
            place=row.place,
            entry=assessment.entry,
            key=_key(assessment.entry, round_),
            failures=failures,
            surviving=assessment.surviving,
            disputed=len(assessment.disputed),
        )

    def _redrafted(self, cases: Sequence[_Case], round_: int) -> Iterator[_Row]:
        """Ask once for each case; nothing where the service did not answer: the entry stays pending."""
        wanted = self._wanted(cases, round_) if cases else ()
        streams = [author.draft(wanted) for author in self._authors]
        names = [author.name for author in self._authors]
        for case, *drafts in zip(cases, *streams, strict=True):
            if not any(drafted.pending for drafted in drafts):
                made = merged(case.entry, list(zip(names, drafts, strict=True)), "selection")
                yield _Row(case.place, made, case)

    def _wanted(self, cases: Sequence[_Case], round_: int) -> Sequence[Wanted]:
        """One request per case; one that was made before, for the same tests and programs, is repeated as it was."""
        known = {asked.key for asked in JournalReader(self._journal, _Asked)}
        with closing(JournalWriter(self._journal, _Asked, durable=True)) as journal:
            for case in cases:
                if case.key not in known:
                    journal.append(_Asked(key=case.key, failures=case.failures))
        asked = StoredRecords(self._journal, _Asked)
        places = {request.key: place for place, request in enumerate(asked)}
        return Mapped(
            cases,
            lambda case: Wanted(case.entry, TIERS, round_, asked[places[case.key]].failures, improves=True),
        )


def _helped(before: _Case | None, made: Assessment) -> bool:
    """Whether new tests reject a program that none rejected before, or fewer of them reject a right one."""
    return before is None or made.rejects_some_of(before.surviving) or len(made.disputed) < before.disputed


def _failures(assessment: Assessment) -> tuple[FailedTest, ...]:
    """What the generators are told; nothing where every wrong program is rejected and no right one is."""
    shown = sorted(assessment.survivors, key=lambda program: (program.origin == MUTANT, program.origin == SLOW))
    told = [_of_program(program) for program in shown if len(program.source) <= _LONGEST]
    disputed = [
        FailedTest(
            each.test.tier,
            each.test.input,
            each.test.output,
            each.test.output,
            "rejects-right-program: solutions that pass most other tests fail this one; its input may be invalid, or "
            "have several right outputs",
        )
        for each in assessment.disputed
    ]
    return (*told[:MOST_SHOWN], *disputed[:MOST_SHOWN])


def _of_program(program: WrongProgram) -> FailedTest:
    said = _SAID.get(program.origin, _KNOWN)
    return FailedTest(None, "", "", "", f"accepts-wrong-program: {said}:\n{program.source}")


def _key(entry: Entry, round_: int) -> str:
    """What a request depends on and no measurement changes: the tests, the known programs, and the round."""
    parts = [entry.problem.id, entry.problem.digest, str(round_), entry.problem.solution or ""]
    parts += [program.source for program in entry.wrong]
    return sha256("\0".join(parts))[:40]
