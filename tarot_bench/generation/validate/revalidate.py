"""Run the golds of any data set again and report findings by tier, without changing anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.errors import InfrastructureError
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.settling import STAGE
from tarot_bench.generation.validate.stage import ValidateSettings, ValidateStage
from tarot_bench.problem import TIERS
from tarot_bench.progress import Progress
from tarot_bench.sandbox.base import Sandbox


@dataclass(frozen=True, slots=True)
class RevalidationFinding:
    """A finding of the validation.

    Attributes:
        problem: its id.
        where: the tier, ``original``, or ``problem`` if it is about no single test.
        reason: the flag's short code.
        detail: one line.
    """

    problem: str
    where: str
    reason: str
    detail: str


@dataclass(slots=True)
class Revalidation:
    """The result of running the golds again.

    Attributes:
        tests: number of tests by tier; ``original`` for those without one.
        findings: in the order of the data.
        margin: the largest share of its CPU limit that a gold took, with the problem's id; None if none was run.
    """

    tests: Counter[str] = field(default_factory=Counter)
    findings: list[RevalidationFinding] = field(default_factory=list)
    margin: tuple[float, str] | None = None

    def counted(self, where: str) -> dict[str, int]:
        """The number of findings at a place, by reason."""
        return dict(sorted(Counter(found.reason for found in self.findings if found.where == where).items()))


def revalidate(entries: Sequence[Entry], sandbox: Sandbox, times: int, progress: Progress) -> Revalidation:
    """Run all golds on all tests.

    Raises:
        InfrastructureError: some problems could not be run.
    """
    stage = ValidateStage(ValidateSettings(times=times, policy="drop"), sandbox)
    bare = [entry.model_copy(update={"flags": ()}) for entry in entries]
    outcomes: dict[str, StageOutcome] = {}
    progress.begin("validate", len(bare))
    for outcome in stage.run(bare):
        outcomes[outcome.id] = outcome
        progress.step()
    progress.end()
    pending = len(bare) - len(outcomes)
    if pending:
        raise InfrastructureError(f"{pending} of {len(bare)} problems could not be run; see the log")
    made = Revalidation()
    for entry in bare:
        _add(made, entry, outcomes[entry.problem.id])
    return made


def _add(made: Revalidation, entry: Entry, outcome: StageOutcome) -> None:
    problem = entry.problem
    for tier in TIERS:
        made.tests[tier] += len(problem.at(tier))
    made.tests["original"] += len(problem.original_tests)
    if outcome.entry is None:
        where = "original" if outcome.reason == "gold-fails-original" else "problem"
        made.findings.append(RevalidationFinding(problem.id, where, outcome.reason or "", outcome.detail))
        return
    for flag in outcome.entry.flags:
        if flag.stage == STAGE:
            made.findings.append(_finding(problem.id, flag))
    taken = max((known.measurement.gold_cpu_s or 0.0 for known in outcome.entry.facts), default=0.0)
    if made.margin is None or taken / problem.limits.cpu_s > made.margin[0]:
        made.margin = (taken / problem.limits.cpu_s, problem.id)


def _finding(problem: str, flag: Flag) -> RevalidationFinding:
    where = "problem" if flag.input is None else flag.tier or "original"
    return RevalidationFinding(problem, where, flag.reason, flag.detail)
