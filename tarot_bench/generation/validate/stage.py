"""The stage `validate`: run the gold several times on every test and flag disagreements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field

from tarot_bench.dataset.entry import Entry, Flag, TestFacts
from tarot_bench.generation.alternatives import alternatives_of, with_gold
from tarot_bench.generation.author.drafting import FailedTest
from tarot_bench.generation.dedup.stage import repeated_inputs
from tarot_bench.generation.gold import Observed, observe, run_on_inputs, same
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.settling import STAGE, Policy, failures_of, settle, test_flag
from tarot_bench.generation.validate.validators import judge
from tarot_bench.generation.workers import answered
from tarot_bench.grading.compare import text_of
from tarot_bench.grading.showing import shown
from tarot_bench.problem import TIERS, Frozen, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

_REASONS = {
    Verdict.WRONG_ANSWER: "gold-disagrees",
    Verdict.RUNTIME_ERROR: "gold-crashes",
    Verdict.TIME_LIMIT: "gold-too-slow",
    Verdict.MEMORY_LIMIT: "gold-out-of-memory",
    Verdict.OUTPUT_LIMIT: "gold-writes-too-much",
    Verdict.COMPILE_ERROR: "gold-does-not-compile",
}


Unvalidated = Literal["keep", "drop"]
"""What happens to a problem whose validators were all refused: it keeps the flag of the last one, or is dropped."""


class ValidateSettings(Frozen):
    """The section ``validate`` of a generation recipe."""

    times: int = Field(default=3, ge=1, le=10)
    """How often the gold runs every test."""
    policy: Policy = "majority"
    """How a test is resolved whose declared output differs from the gold's."""
    damage_rejected: float = Field(default=0.7, ge=0, le=1)
    """The least share of damaged inputs that a validator must reject to be kept."""
    unvalidated: Unvalidated = "keep"
    """Where generators write: ``drop`` problems whose validators are all refused, up to the last round of repair."""
    record_cpu: bool = True
    """Record the gold's CPU seconds per test, which differ between runs; without them equal runs write equal bytes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry after validation.

    Attributes:
        entry: without the tests, and without the validator, that were not accepted; each left a flag.
        failures: the same flags, for authors.
        dropped: why the whole entry is dropped, as (reason, detail); None if it is kept.
    """

    entry: Entry
    failures: tuple[FailedTest, ...]
    dropped: tuple[str, str] | None = None


class ValidateStage:
    """Drops entries whose gold fails, and in the others the tests that the gold does not confirm."""

    name = STAGE
    whole = False

    def __init__(self, settings: ValidateSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._sandbox = sandbox

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, as many at once as the sandbox has workers."""
        return answered(entries, self._answer, self._sandbox.workers)

    def _answer(self, entry: Entry) -> StageOutcome:
        checked = check(entry, self._sandbox, self._settings)
        if checked.dropped:
            return StageOutcome.drop(entry, *checked.dropped)
        unique = tuple(dict.fromkeys(checked.entry.flags))  # a data set's flags may be found again
        return StageOutcome.keep(checked.entry.model_copy(update={"flags": unique}))


def check(entry: Entry, sandbox: Sandbox, settings: ValidateSettings) -> Checked:
    """Validate one entry, independently of other entries.

    The entry is dropped if the gold fails an original test. A tier test is dropped, with a flag, if the gold fails on
    it, answers differently from run to run, or (`Policy`) disagrees with the declared output; if the trusted validator
    refuses the input; or if a lower tier has the same input. Where alternative solutions outvote the gold, one that
    passes all tests becomes the gold; without one the entry is dropped.

    Raises:
        SandboxError: the sandbox failed.
    """
    problem = entry.problem
    if problem.solution is None:
        return Checked(entry, (), ("no-gold", ""))
    observed = observe(problem, problem.solution, sandbox, settings.times)
    useless = _useless(entry, observed)
    if useless:
        return Checked(entry, (), useless)
    validation = _Validation(entry, observed, sandbox, settings)
    made = validation.checked()
    if validation.outvoted:
        return _succeeded(entry, made, validation.outvoted, sandbox, settings)
    failures = failures_of(made)[len(failures_of(entry)) :]
    if not made.problem.all_tests:  # which a problem cannot be without
        return Checked(entry, failures, ("no-tests-left", "; ".join(failure.what for failure in failures)))
    return Checked(made, failures)


def _succeeded(entry: Entry, made: Entry, outvoted: str, sandbox: Sandbox, settings: ValidateSettings) -> Checked:
    """Validate again with the first alternative solution as the gold that passes all tests of `made`, or drop.

    It ends: every gold that is outvoted is dropped, so each time there is one alternative solution less.
    """
    for program in alternatives_of(entry.problem):
        if _passes(made.problem, program, sandbox):
            flag = Flag(stage=STAGE, reason="gold-replaced", detail=outvoted)
            problem = with_gold(entry.problem, program)
            return check(
                entry.model_copy(update={"problem": problem, "flags": (*entry.flags, flag)}), sandbox, settings
            )
    return Checked(entry, failures_of(made)[len(failures_of(entry)) :], ("gold-outvoted", outvoted))


def _passes(problem: Problem, program: str, sandbox: Sandbox) -> bool:
    return all(seen.verdict is Verdict.PASSED for seen in observe(problem, program, sandbox, times=1))


def _useless(entry: Entry, observed: Sequence[Observed]) -> tuple[str, str] | None:
    """Why a gold is unusable: it does not compile, or fails an original test."""
    tiers = len(entry.problem.tests)
    for number, seen in enumerate(observed):
        if seen.verdict is Verdict.COMPILE_ERROR:
            return "gold-does-not-compile", seen.detail
        if number >= tiers and seen.verdict is not Verdict.PASSED:
            return "gold-fails-original", f"original test {number - tiers + 1}: {seen.verdict}, {seen.detail}"
    return None


class _Validation:
    """The validation of one entry: its tests, their observed results, and the flags so far.

    Attributes:
        outvoted: the first test on which alternative solutions outvote the gold, as one line; None if there is none.
    """

    def __init__(
        self, entry: Entry, observed: Sequence[Observed], sandbox: Sandbox, settings: ValidateSettings
    ) -> None:
        self._entry, self._problem = entry, entry.problem
        self._observed, self._sandbox, self._settings = observed, sandbox, settings
        self._flags: list[Flag] = []
        self.outvoted: str | None = None

    def checked(self) -> Entry:
        validator, refused = self._trusted()
        facts = self._entry.facts or (TestFacts(),) * len(self._problem.tests)
        repeated = repeated_inputs(self._problem)
        asked: dict[int, TestCase] = {}
        kept: list[tuple[TestCase, TestFacts]] = []
        for number, (test, known) in enumerate(zip(self._problem.tests, facts, strict=True)):
            if number in refused:
                self._flag("invalid-input", test, "", "the validator refuses this input")
            elif (settled := self._settled(number, test)) is None:
                continue
            elif earlier := asked.get(repeated.get(number, number)):
                self._flag("same-input", test, "", f"the {earlier.tier} tier has the same input")
            else:
                asked[repeated.get(number, number)] = test
                kept.append((settled, self._measured(known, self._observed[number])))
        self._flag_constants([test for test, _ in kept])
        return self._entry.model_copy(
            update={
                "problem": self._problem.model_copy(update={"tests": tuple(test for test, _ in kept)}),
                "facts": tuple(known for _, known in kept),
                "validator": validator,
                "flags": (*self._entry.flags, *self._flags),
            }
        )

    def _trusted(self) -> tuple[str | None, tuple[int, ...]]:
        """The validator, if it is trusted, and the tests whose inputs it refuses."""
        validator = self._entry.validator
        if validator is None or self._problem.style != "stdin":
            return validator, ()
        trust = judge(
            validator,
            [test.input for test in self._problem.original_tests],
            [test.input for test in self._problem.tests],
            self._sandbox,
            self._settings.damage_rejected,
        )
        if trust.fault:
            self._flags.append(Flag(stage=STAGE, reason=trust.fault, detail=trust.detail))
            return None, ()
        return validator, trust.refused

    def _settled(self, number: int, test: TestCase) -> TestCase | None:
        """The resolved test, or None with a flag that gives the reason."""
        seen = self._observed[number]
        if any(not same(test, seen.outputs[0], again) for again in seen.outputs[1:]):
            self._flag("gold-not-deterministic", test, seen.outputs[0], "the gold's runs differ")
            return None
        if seen.verdict is Verdict.PASSED:
            return test
        got = seen.outputs[0] if seen.outputs else ""
        self._flag(_REASONS.get(seen.verdict, "gold-fails"), test, got, seen.detail)
        if seen.verdict is not Verdict.WRONG_ANSWER or test.kind == "suite":
            return None
        return self._by_policy(number, test, got)

    def _by_policy(self, number: int, test: TestCase, got: str) -> TestCase | None:
        """The test as the policy resolves it; None if it is dropped.

        Predictions of authors alone never overrule the gold: they only show that the test is doubtful.
        """
        executed = self._executed(test)
        settled = settle(self._settings.policy, test, got, [*self._predicted(number), *executed])
        if settled is None or same(test, settled.output, got):
            return settled
        if not any(same(test, settled.output, vote) for vote in executed):
            return None
        self.outvoted = self.outvoted or f"{test.tier} test: {shown(settled.output)}, the gold gives {shown(got)}"
        return settled

    def _predicted(self, number: int) -> list[str]:
        """The outputs that authors gave for the same input in other tests."""
        test = self._problem.tests[number]
        others = (other for place, other in enumerate(self._problem.tests) if place != number)
        return [other.output for other in others if other.input.split() == test.input.split()]

    def _executed(self, test: TestCase) -> list[str]:
        """The outputs of the alternative solutions that pass the original tests."""
        if self._settings.policy != "majority" or self._problem.style != "stdin":
            return []
        runs = [
            run_on_inputs(program, [test.input], self._problem.limits, self._sandbox)[0] for program in self._voters
        ]
        return [text_of(run.stdout) for run in runs if run.ok]

    @cached_property
    def _voters(self) -> list[str]:
        """The alternative solutions that pass the original tests."""
        originals = self._problem.model_copy(update={"tests": ()})
        programs = alternatives_of(self._problem)
        if not originals.original_tests:
            return list(programs)
        return [program for program in programs if _passes(originals, program, self._sandbox)]

    def _flag(self, reason: str, test: TestCase, got: str, what: str) -> None:
        self._flags.append(test_flag(reason, test, got, what))

    def _measured(self, known: TestFacts, seen: Observed) -> TestFacts:
        if not self._settings.record_cpu:
            return known
        measurement = known.measurement.model_copy(update={"gold_cpu_s": round(seen.cpu_s, 4)})
        return known.model_copy(update={"measurement": measurement})

    def _flag_constants(self, tests: Sequence[TestCase]) -> None:
        """Flag tests that a constant output would pass: of a tier with several tests, or of the whole problem."""
        groups = {str(tier): [test for test in tests if test.tier is tier] for tier in TIERS}
        if all(len(group) <= 1 for group in groups.values()):
            groups = {"all tiers": list(tests)}
        for name, group in groups.items():
            answers = {test.output.strip() for test in group}
            if len(group) > 1 and len(answers) == 1 and group[0].kind != "suite":
                detail = f"{name}: {len(group)} tests, one answer {answers.pop()[:80]!r}"
                self._flags.append(Flag(stage=STAGE, reason="constant-answer", detail=detail))
