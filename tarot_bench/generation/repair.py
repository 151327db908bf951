"""The stage `repair`: ask the authors again for missing and rejected tiers and validators, with the failures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.author.drafting import Author, Drafted, FailedTest, Wanted
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.settling import failures_of, why_no_validator
from tarot_bench.generation.validate.stage import Checked, Unvalidated
from tarot_bench.generation.workers import answered
from tarot_bench.problem import TIERS, Frozen, Problem, Tier
from tarot_bench.runs.spool import Spool
from tarot_bench.views import Mapped


class _Case(Frozen):
    """An entry under repair."""

    place: int
    """Of the entry among all."""
    entry: Entry
    """With the tests that were accepted so far."""
    failures: tuple[FailedTest, ...]
    """Of the last round."""
    needed: dict[Tier, int]
    """Tests per tier; 1 for tiers that are not named."""

    @property
    def problem(self) -> Problem:
        """The problem of the entry."""
        return self.entry.problem

    @property
    def missing(self) -> tuple[Tier, ...]:
        """The tiers that have fewer tests than needed."""
        return tuple(tier for tier in TIERS if len(self.entry.problem.at(tier)) < self.needed.get(tier, 1))

    @property
    def without_tests(self) -> tuple[Tier, ...]:
        return tuple(tier for tier in TIERS if not self.entry.problem.at(tier))

    @property
    def is_complete(self) -> bool:
        return not self.missing and not why_no_validator(self.entry)

    def wanted(self, round_: int) -> Wanted:
        """The tests to ask for, with the failures of the missing tiers and of the draft as a whole.

        One test on which only a brute force disagrees is shown, whatever its tier: another brute force is due.
        """
        missing = self.missing
        relevant = tuple(failure for failure in self.failures if failure.tier is None or failure.tier in missing)
        disputed = [failure for failure in self.failures if failure.what.startswith("brute-force-")]
        if disputed and not set(disputed).intersection(relevant):
            relevant = (*relevant, disputed[0])
        return Wanted(self.entry, missing, round_, relevant)


class RepairStage:
    """Asks for missing tests and validators, and validates them; drops entries that lack a tier after the last round.

    A tier that has tests, but fewer than needed, is kept with the flag ``too-few-tests``.
    An entry for which no validator was written or believed keeps its flags, or is dropped by the policy `Unvalidated`.
    """

    name = "repair"
    whole = False

    def __init__(
        self,
        authors: Sequence[Author],
        check: Callable[[Entry], Checked],
        rounds: int = 2,
        workers: int = 1,
        unvalidated: Unvalidated = "keep",
        needed: Mapping[Tier, int] = MappingProxyType({}),
    ) -> None:
        """Set up.

        Args:
            authors: the generators; each is asked for the missing tests.
            check: validates one entry.
            rounds: how often the authors are asked again.
            workers: how many entries are validated at once.
            unvalidated: what happens to an entry without a validator that is believed.
            needed: tests per tier; 1 for tiers that are not named.
        """
        self._authors = authors
        self._check = check
        self._rounds = rounds
        self._workers = workers
        self._unvalidated = unvalidated
        self._needed = dict(needed)

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry: complete ones first, then those completed in each round, then the dropped ones.

        Raises:
            UserError: an author cannot continue; replies are kept.
        """
        incomplete = Spool(_Case)
        for place, entry in enumerate(entries):
            case = _Case(place=place, entry=entry, failures=failures_of(entry), needed=self._needed)
            if case.is_complete:
                yield StageOutcome.keep(entry)
            else:
                incomplete.append(case, place)
        for round_ in range(1, self._rounds + 1):
            cases, incomplete = incomplete.records(), Spool(_Case)
            for outcome in self._round(cases, round_):
                if isinstance(outcome, StageOutcome):
                    yield outcome
                else:
                    incomplete.append(outcome, outcome.place)
        for case in incomplete.records():
            if case.without_tests:
                yield _given_up(case, self._rounds)
            elif self._unvalidated == "drop" and (flag := why_no_validator(case.entry)):
                yield StageOutcome.drop(case.entry, flag.reason, flag.detail)
            else:
                yield StageOutcome.keep(_flagged(case))

    def _round(self, cases: Sequence[_Case], round_: int) -> Iterator["StageOutcome | _Case"]:
        """One round: the outcome of each case, or the case if it is still not complete; nothing while it is pending."""
        wanted = Mapped(cases, lambda case: case.wanted(round_))
        streams = [author.draft(wanted) for author in self._authors]
        added = (
            case.model_copy(update={"entry": merged(case.entry, self._named(drafts), self.name)})
            for case, *drafts in zip(cases, *streams, strict=True)
            if not any(drafted.pending for drafted in drafts)
        )
        return answered(added, self._checked, self._workers)

    def _named(self, drafts: Sequence[Drafted]) -> list[tuple[str, Drafted]]:
        return [(author.name, drafted) for author, drafted in zip(self._authors, drafts, strict=True)]

    def _checked(self, case: _Case) -> "StageOutcome | _Case":
        checked = self._check(case.entry)
        if checked.dropped:
            return StageOutcome.drop(case.entry, *checked.dropped)
        unique = tuple(dict.fromkeys(checked.entry.flags))
        entry = checked.entry.model_copy(update={"flags": unique})
        made = case.model_copy(update={"entry": entry, "failures": checked.failures})
        return StageOutcome.keep(entry) if made.is_complete else made


def _given_up(case: _Case, rounds: int) -> StageOutcome:
    """Drop an entry with the reason of the last failure."""
    lacking = ", ".join(case.without_tests)
    blamed = _blamed(case)
    reason, detail = next(iter(blamed.items()), ("missing-tier", ""))
    return StageOutcome.drop(
        case.entry, reason, f"no {lacking} test after {rounds} rounds of repair; {detail}".rstrip("; ")
    )


def _flagged(case: _Case) -> Entry:
    """The entry of a case, with a flag for each tier that has fewer tests than needed."""
    problem = case.entry.problem
    counts = {tier: f"{len(problem.at(tier))} of {case.needed[tier]} {tier} tests" for tier in case.missing}
    flags = [Flag(stage=RepairStage.name, reason="too-few-tests", detail=text) for text in counts.values()]
    return case.entry.model_copy(update={"flags": (*case.entry.flags, *flags)})


def _blamed(case: _Case) -> Mapping[str, str]:
    for failure in reversed(case.failures):
        if failure.tier in case.without_tests:
            reason, _, detail = failure.what.partition(": ")
            return {reason: detail}
    for flag in reversed(case.entry.flags):
        if flag.stage in {"author", RepairStage.name}:
            return {flag.reason: flag.detail}
    return {}
