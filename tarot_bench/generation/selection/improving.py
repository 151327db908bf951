"""The loop: wrong programs that every test accepts, and tests that reject right ones, go back to the generators."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from tarot_bench.dataset.entry import Entry, WrongProgram
from tarot_bench.errors import InfrastructureError, one_line
from tarot_bench.generation.author.drafting import Author, FailedTest, Wanted
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.selection.assessing import Assessment
from tarot_bench.generation.selection.wrong import MUTANT, SLOW
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.stage import Checked
from tarot_bench.pools import threads
from tarot_bench.problem import TIERS, Frozen
from tarot_bench.runs.journal import JournalReader, JournalWriter

_log = logging.getLogger(__name__)

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
        cases = list(self._each(entries, assess))
        for round_ in self._rounds:
            open_ = [case for case in cases if _failures(case)]
            yield from (StageOutcome.keep(finish(case)) for case in cases if not _failures(case))
            cases = []
            for before, made in self._round(open_, round_, assess):
                if isinstance(made, StageOutcome):
                    yield made
                elif made.rejects_survivor_of(before) or len(made.disputed) < len(before.disputed):
                    cases.append(made)
                else:
                    yield StageOutcome.keep(finish(made))
        yield from (StageOutcome.keep(finish(case)) for case in cases)

    def _round(
        self, cases: Sequence[Assessment], round_: int, assess: Assess
    ) -> Iterator[tuple[Assessment, "Assessment | StageOutcome"]]:
        """Ask once for each case; what came of it, or nothing where the service did not answer."""
        wanted = self._wanted(cases, round_)
        streams = [author.draft(wanted) for author in self._authors]

        def answer(row: tuple[Assessment, Entry]) -> "tuple[Assessment, Assessment | StageOutcome]":
            before, entry = row
            checked = self._check(entry)
            if checked.dropped:
                return before, StageOutcome.drop(entry, *checked.dropped)
            unique = tuple(dict.fromkeys(checked.entry.flags))
            return before, assess(checked.entry.model_copy(update={"flags": unique}))

        rows = []
        for case, *drafts in zip(cases, *streams, strict=True):
            if any(drafted.pending for drafted in drafts):
                continue  # the entry stays pending
            named = [(author.name, drafted) for author, drafted in zip(self._authors, drafts, strict=True)]
            rows.append((case, merged(case.entry, named, "selection")))
        yield from self._each(rows, answer)

    def _wanted(self, cases: Sequence[Assessment], round_: int) -> list[Wanted]:
        """One request per case; one that was made before, for the same tests and programs, is repeated as it was."""
        before = {asked.key: asked.failures for asked in JournalReader(self._journal, _Asked)}
        wanted = []
        with closing(JournalWriter(self._journal, _Asked, durable=True)) as journal:
            for case in cases:
                key = _key(case, round_)
                if key not in before:
                    before[key] = _failures(case)
                    journal.append(_Asked(key=key, failures=before[key]))
                wanted.append(Wanted(case.entry, TIERS, round_, before[key], improves=True))
        return wanted

    def _each(self, rows: Sequence, work: Callable) -> Iterator:  # type: ignore[type-arg]
        """Work on rows in parallel, in order; those with an infrastructure error are logged and left out."""

        def tried(row: object) -> object:
            try:
                return work(row)
            except InfrastructureError as error:
                _log.warning("an entry of the stage selection is still pending: %s", one_line(error))
                return None

        with threads(self._workers, "selection") as pool:
            yield from (made for made in pool.map(tried, rows) if made is not None)


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
    return sha256("\0".join(parts).encode()).hexdigest()[:40]
