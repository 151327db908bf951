"""Validate one entry: its validator, its inputs, its checker and its outputs, all by execution."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarot_bench.dataset.entry import Entry, Flag, TestFacts
from tarot_bench.errors import one_line
from tarot_bench.generation.alternatives import alternatives_of, with_gold
from tarot_bench.generation.author.drafting import FailedTest
from tarot_bench.generation.flaws import flaw_of
from tarot_bench.generation.gold import Observed, observe
from tarot_bench.generation.inputs import made_inputs
from tarot_bench.generation.stage import NOT_MADE
from tarot_bench.generation.validate.settings import ValidateSettings
from tarot_bench.generation.validate.settling import STAGE, failures_of
from tarot_bench.generation.validate.validation import Validation
from tarot_bench.grading.generated import UnmadeInputError, with_inputs, without_large_inputs
from tarot_bench.grading.usable import unusable
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict


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


def check(entry: Entry, sandbox: Sandbox, settings: ValidateSettings) -> Checked:
    """Validate one entry, independently of other entries.

    Generator programs print their inputs. The best validator among the candidates is chosen, and inputs that it rejects
    are dropped. The gold runs every new test; a test is dropped, with a flag, if the gold fails on it or answers
    differently from run to run. Executed programs vote on outputs (`oracle`), by the problem's checker or a wider one
    (`checkers`). Of equal inputs the one of the lowest tier is kept. Tests that have votes were settled by an earlier
    call and are not run again; a validator that is the first to be believed judges their inputs, too.

    The entry is dropped if the gold fails an original test, or if a brute force contradicts it on too many tests. Where
    other programs outvote the gold, an alternative solution that passes all tests becomes the gold; without one the
    entry is dropped. It is also dropped if a generator program of the source prints another input than it should.

    Raises:
        SandboxError: the sandbox failed.
    """
    try:
        return _checked(entry, sandbox, settings)
    except UnmadeInputError as error:
        return Checked(entry, (), (NOT_MADE, one_line(error)))


def _checked(entry: Entry, sandbox: Sandbox, settings: ValidateSettings) -> Checked:
    if entry.problem.solution is None:
        return Checked(entry, (), ("no-gold", ""))
    is_new = not any(known.votes for known in entry.facts)
    useless = _useless(entry.problem, sandbox, settings.times) if is_new else None
    if useless:
        return Checked(entry, (), useless)
    before, entry = entry, with_made_inputs(entry, sandbox)
    validation = Validation(entry, sandbox, settings)
    made = validation.run()
    failures = failures_of(made)[len(failures_of(before)) :]
    if validation.dropped:
        return Checked(entry, failures, validation.dropped)
    if validation.outvoted:
        return _succeeded(entry, made, validation.outvoted, sandbox, settings)
    if not made.problem.all_tests:  # which a problem cannot be without
        return Checked(entry, failures, ("no-tests-left", "; ".join(failure.what for failure in failures)))
    return Checked(made.model_copy(update={"problem": without_large_inputs(made.problem)}), failures)


def with_made_inputs(entry: Entry, sandbox: Sandbox) -> Entry:
    """The entry with the inputs that its generator programs print, as new tests, and with all inputs of new tests.

    The programs leave the entry's materials: those with a test are in the problem, and none is run again in repair.

    Raises:
        SandboxError: the sandbox failed.
    """
    problem = entry.problem
    facts = entry.facts or (TestFacts(),) * len(problem.tests)
    unjudged = entry.validator is None and bool(entry.materials.validators)  # settled tests are still to be judged
    if any(not test.stored and (unjudged or not known.votes) for test, known in zip(problem.tests, facts, strict=True)):
        problem = with_inputs(problem, sandbox)
    if not entry.materials.generators:
        return entry.model_copy(update={"problem": problem})
    made = made_inputs(entry, sandbox)
    added = [(test, TestFacts(provenance=provenance)) for test, provenance in made.tests]
    pairs = sorted([*zip(problem.tests, facts, strict=True), *added], key=_rank)
    programs = {program.name: program for program in (*problem.generator_programs, *made.programs)}
    tests = {"tests": tuple(test for test, _ in pairs), "generator_programs": tuple(programs.values())}
    return entry.model_copy(
        update={
            "problem": problem.model_copy(update=tests),
            "facts": tuple(known for _, known in pairs),
            "materials": entry.materials.model_copy(update={"generators": ()}),
            "flags": (*entry.flags, *made.flags),
        }
    )


def _rank(pair: tuple[TestCase, TestFacts]) -> int:
    tier = pair[0].tier
    return tier.rank if tier else 0


def unsettled(entry: Entry) -> Entry:
    """The entry without its votes: `check` runs every test of it."""
    facts = tuple(known.model_copy(update={"votes": ()}) for known in entry.facts)
    return entry.model_copy(update={"facts": facts})


def _succeeded(entry: Entry, made: Entry, outvoted: str, sandbox: Sandbox, settings: ValidateSettings) -> Checked:
    """Validate again with the first alternative solution as the gold that passes all tests of `made`, or drop.

    It ends: every gold that is outvoted is dropped, so each time there is one alternative solution less.
    """
    for program in alternatives_of(entry.problem):
        if _passes(made.problem, program, sandbox):
            flag = Flag(stage=STAGE, reason="gold-replaced", detail=outvoted)
            problem = with_gold(entry.problem, program)
            again = entry.model_copy(update={"problem": problem, "flags": (*entry.flags, flag)})
            return check(unsettled(again), sandbox, settings)
    return Checked(entry, failures_of(made)[len(failures_of(entry)) :], ("gold-outvoted", outvoted))


def _passes(problem: Problem, program: str, sandbox: Sandbox) -> bool:
    return all(seen.verdict is Verdict.PASSED for seen in observe(problem, program, sandbox, times=1))


def _useless(problem: Problem, sandbox: Sandbox, times: int) -> tuple[str, str] | None:
    """Why an original test, or a gold or a checker on it, is unusable, as (reason, detail)."""
    if not problem.original_tests:
        return None
    originals = with_inputs(problem.model_copy(update={"tests": ()}), sandbox)
    malformed = next(filter(None, (unusable(originals, test) for test in originals.original_tests)), None)
    if malformed:
        return "malformed-test", malformed
    return _first_failure(observe(originals, problem.solution or "", sandbox, times)) or _refused(originals, sandbox)


def _refused(originals: Problem, sandbox: Sandbox) -> tuple[str, str] | None:
    """The first original test whose expected output the problem's own checker does not accept."""
    for number, test in enumerate(originals.original_tests, start=1):
        if flaw := flaw_of(originals, test, sandbox):
            return "checker-rejects-expected", f"original test {number}: {flaw}"
    return None


def _first_failure(observed: Sequence[Observed]) -> tuple[str, str] | None:
    for number, seen in enumerate(observed, start=1):
        if seen.verdict is Verdict.COMPILE_ERROR:
            return "gold-does-not-compile", seen.detail
        if seen.verdict is Verdict.UNGRADED:
            return "checker-crashes", f"original test {number}: {seen.detail}"
        if seen.verdict is not Verdict.PASSED:
            return "gold-fails-original", f"original test {number}: {seen.verdict}, {seen.detail}"
    return None
