"""The loop: wrong programs that every test accepts, and tests that reject right ones, go back to the generators."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.dataset.entry import Entry, WrongProgram
from tarot_bench.generation.author.drafting import Author, FailedTest, Wanted
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.selection.assessing import Assessment
from tarot_bench.generation.selection.wrong import MUTANT, SLOW
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.stage import Checked
from tarot_bench.generation.workers import answered
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

    entry: Entry
    key: str
    """Of the request."""
    failures: tuple[FailedTest, ...]
    surviving: frozenset[str]
    """Of the assessment."""
    disputed: int
    """How many tests rejected a program that is believed right."""


@dataclass(frozen=True, slots=True)
class _Redrafted:
    """A case, and its entry with new drafts."""

    before: _Case
    entry: Entry

    @property
    def problem(self) -> Problem:
        return self.entry.problem


@dataclass(frozen=True, slots=True)
class _Reassessed:
    """A case, and what came of its new drafts: an assessment, or the outcome of validation."""

    before: _Case
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
        open_ = Spool(_Case)
        for assessed in answered(entries, assess, self._workers):
            if case := self._case(assessed, self._rounds.start):
                open_.append(case)
            else:
                yield StageOutcome.keep(finish(assessed))
        for round_ in self._rounds:
            cases, open_ = open_.records(), Spool(_Case)
            for each in self._round(cases, round_, assess):
                if isinstance(each.made, StageOutcome):
                    yield each.made
                elif _helped(each.before, each.made) and (case := self._case(each.made, round_ + 1)):
                    open_.append(case)
                else:
                    yield StageOutcome.keep(finish(each.made))

    def _case(self, assessment: Assessment, round_: int) -> _Case | None:
        """The case of an entry for a round; None where no such round is left, or there is nothing to tell."""
        failures = _failures(assessment)
        if round_ not in self._rounds or not failures:
            return None
        return _Case(
            entry=assessment.entry,
            key=_key(assessment, round_),
            failures=failures,
            surviving=assessment.surviving,
            disputed=len(assessment.disputed),
        )

    def _round(self, cases: Sequence[_Case], round_: int, assess: Assess) -> Iterator[_Reassessed]:
        """Ask once for each case; what came of it, or nothing where the service did not answer."""
        wanted = self._wanted(cases, round_)
        streams = [author.draft(wanted) for author in self._authors]

        def answer(row: _Redrafted) -> _Reassessed:
            checked = self._check(row.entry)
            if checked.dropped:
                return _Reassessed(row.before, StageOutcome.drop(row.entry, *checked.dropped))
            unique = tuple(dict.fromkeys(checked.entry.flags))
            return _Reassessed(row.before, assess(checked.entry.model_copy(update={"flags": unique})))

        names = [author.name for author in self._authors]
        rows = (
            _Redrafted(case, merged(case.entry, list(zip(names, drafts, strict=True)), "selection"))
            for case, *drafts in zip(cases, *streams, strict=True)
            if not any(drafted.pending for drafted in drafts)  # the entry stays pending
        )
        return answered(rows, answer, self._workers)

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


def _helped(before: _Case, made: Assessment) -> bool:
    """Whether the new tests reject a program that none rejected before, or fewer of them reject a right one."""
    return made.rejects_some_of(before.surviving) or len(made.disputed) < before.disputed


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


def _key(assessment: Assessment, round_: int) -> str:
    """What a request depends on: the tests, the programs, and the round."""
    parts = [assessment.entry.problem.id, assessment.entry.problem.digest, str(round_)]
    parts += [program.source for program in assessment.pool]
    return sha256("\0".join(parts))[:40]
