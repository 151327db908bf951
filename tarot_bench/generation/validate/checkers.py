"""Choose the checker of a problem with several right answers.

Where solutions differ only in the last digits, or in an order that the statement leaves open, a wider comparison is
enough. Otherwise the candidates that authors wrote are tried by execution: outputs of right and of wrong programs,
malformed outputs, and scenarios, whose labels are doubtful themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from tarot_bench.dataset.entry import Entry, Flag, Scenario
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.generation.ambiguity import agreeable, first_difference, phrase_in
from tarot_bench.generation.author.generator import SOLVER
from tarot_bench.generation.gold import outputs_on, same
from tarot_bench.generation.validate.oracle import BRUTE_FORCE, GOLD, Outputs
from tarot_bench.generation.validate.settling import STAGE
from tarot_bench.grading.checker_program import judged_by_program
from tarot_bench.grading.generated import with_inputs
from tarot_bench.grading.showing import shown
from tarot_bench.problem import Checker, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

LEAST_AGREED = 0.8
"""The least share of the scenarios that count on which a checker must agree with the label."""
_MOST_WRONG = 10
_MALFORMED_TESTS = 5
_MOST_FOREIGN = 20


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What checkers are tried on.

    Attributes:
        right: (test with the expected output, right output).
        malformed: (test with the expected output, output that no checker may accept).
        wrong: for each program that is known to be wrong, its outputs.
        scenarios: (test with the expected output, output, label).
        foreign: (test with the expected output, output that is right for another input). Some may be right here, too.
    """

    right: Sequence[tuple[TestCase, str]]
    malformed: Sequence[tuple[TestCase, str]]
    wrong: Sequence[Sequence[tuple[TestCase, str]]]
    scenarios: Sequence[tuple[TestCase, str, bool]]
    foreign: Sequence[tuple[TestCase, str]]


def choose_checker(
    entry: Entry, tests: Sequence[TestCase], outputs: Outputs, sandbox: Sandbox
) -> tuple[Checker, list[Flag]]:
    """The checker under which solutions agree, with flags that tell what was tried; the problem's own if there is none.

    Args:
        entry: its statement tells whether several answers are right; its materials hold candidates and scenarios.
        tests: new tests.
        outputs: of the gold and of other programs on these tests; the gold ended well on each.
        sandbox: where programs run.

    Raises:
        SandboxError: the sandbox failed.
    """
    problem = entry.problem
    if problem.checker.kind == "program":
        return problem.checker, []
    trusted = {name: given for name, given in outputs.items() if not _is_doubtful(name)}
    for voters in (outputs, trusted):
        differing, wider = _wider(problem, tests, voters)
        if differing and wider:
            detail = f"{wider.kind}, since {differing}"
            return wider, [Flag(stage=STAGE, reason="checker-widened", detail=detail)]
    candidates = entry.materials.checkers
    if candidates and (differing or phrase_in(problem.statement)):
        return _best(problem, candidates, _evidence(entry, tests, trusted, sandbox), sandbox)
    return problem.checker, []


def _is_doubtful(voter: str) -> bool:
    """Whether a model wrote the program, which may be wrong: a checker need not accept its outputs."""
    return voter == BRUTE_FORCE or voter.startswith(SOLVER)


def _wider(problem: Problem, tests: Sequence[TestCase], outputs: Outputs) -> tuple[str | None, Checker | None]:
    """The first difference between the outputs of programs, and a checker under which there is none."""
    expected = [_expecting(test, output) for test, output in zip(tests, outputs[GOLD], strict=True)]
    asked = problem.model_copy(update={"tests": tuple(expected), "original_tests": ()})
    answers = [tuple(given) for name, given in outputs.items() if name != GOLD]
    differing = first_difference(asked, answers, problem.checker)
    return differing, agreeable(asked, answers) if differing else None


def _expecting(test: TestCase, output: str | None) -> TestCase:
    return test.model_copy(update={"output": output or ""})


def _best(
    problem: Problem, candidates: Sequence[str], evidence: _Evidence, sandbox: Sandbox
) -> tuple[Checker, list[Flag]]:
    """The candidate that agrees with most scenarios, of those without a fault.

    Of equals it is the one that rejects most outputs of other inputs, as most of them are wrong; then the first.
    """
    faults: list[Flag] = []
    sound: list[tuple[_Trial, list[bool]]] = []
    for program in dict.fromkeys(candidates):
        trial = _Trial(problem, Checker(kind="program", program=program), sandbox)
        fault = trial.fault(evidence)
        if fault:
            faults.append(Flag(stage=STAGE, reason=fault[0], detail=fault[1]))
        else:
            agreed = [trial.accepts(test, output) is label for test, output, label in evidence.scenarios]
            sound.append((trial, agreed))
    counted = [
        number
        for number in range(len(evidence.scenarios))
        if len(sound) == 1 or sum(agreed[number] for _, agreed in sound) * 2 >= len(sound)
    ]
    scored = [(sum(agreed[number] for number in counted), trial) for trial, agreed in sound]
    score = max((score for score, _ in scored), default=0)
    strictness = [(trial.rejected(evidence.foreign), trial.checker) for made, trial in scored if made == score]
    rejected, best = max(strictness, key=lambda pair: pair[0], default=(0, None))
    is_tried = any(evidence.wrong) or any(_is_plausible(*evidence.scenarios[number]) for number in counted)
    if best and not is_tried and rejected * 2 <= len(evidence.foreign):
        detail = f"rejects {rejected} of {len(evidence.foreign)} outputs of other inputs; nothing else is known wrong"
        return problem.checker, [*faults, Flag(stage=STAGE, reason="checker-unproven", detail=detail)]
    told = f"agrees with {score} of {len(counted)} scenarios"
    if best and score >= LEAST_AGREED * len(counted):
        detail = f"{told}, accepts {len(evidence.right)} right outputs; {len(set(candidates))} candidates"
        return best, [Flag(stage=STAGE, reason="checker-chosen", detail=detail)]
    if best:
        faults.append(Flag(stage=STAGE, reason="checker-fails-scenarios", detail=told))
    return problem.checker, faults


def _is_plausible(test: TestCase, output: str, is_accepted: bool) -> bool:
    """Whether a scenario shows a wrong output in the shape of the expected one, which is more than a wrong format."""
    return not is_accepted and len(output.split()) == len(test.output.split())


class _Trial:
    """The trial of one candidate."""

    def __init__(self, problem: Problem, checker: Checker, sandbox: Sandbox) -> None:
        self.checker = checker
        self._problem = problem.model_copy(update={"checker": checker})
        self._sandbox = sandbox

    def accepts(self, test: TestCase, output: str) -> bool:
        """Whether the checker accepts an output; it does not where it fails."""
        return judged_by_program(self._problem, test, output, self._sandbox)[0] is Verdict.PASSED

    def rejected(self, given: Sequence[tuple[TestCase, str]]) -> int:
        """How many outputs it does not accept."""
        return sum(not self.accepts(test, output) for test, output in given)

    def fault(self, evidence: _Evidence) -> tuple[str, str] | None:
        """Why the checker is refused, as (reason, detail); None if it is sound."""
        for test, output in evidence.right:
            if not self.accepts(test, output):
                told = f"expected {shown(test.output)}, right output {shown(output)}"
                return "checker-rejects-solution", told
        for test, output in evidence.malformed:
            if self.accepts(test, output):
                return "checker-accepts-malformed", f"expected {shown(test.output)}, accepted {shown(output)}"
        for given in evidence.wrong:
            if given and all(self.accepts(test, output) for test, output in given):
                return "checker-accepts-wrong", "it accepts every output of a program that is known to be wrong"
        return None


def _evidence(entry: Entry, tests: Sequence[TestCase], outputs: Outputs, sandbox: Sandbox) -> _Evidence:
    expected = [_expecting(test, output) for test, output in zip(tests, outputs[GOLD], strict=True)]
    originals = [test for test in entry.problem.original_tests if test.kind != "suite"]
    known = [*originals, *_settled(entry, sandbox)]
    return _Evidence(
        right=[*_right(expected, outputs), *((test, test.output) for test in known)],
        malformed=[(test, bad) for test in [*originals, *expected][:_MALFORMED_TESTS] for bad in malformed(test)],
        wrong=[_wrong_outputs(entry.problem, program, originals, expected, sandbox) for program in _wrong(entry)],
        scenarios=list(_believable(entry, outputs, sandbox)),
        foreign=list(islice(_foreign([*originals, *expected]), _MOST_FOREIGN)),
    )


def _settled(entry: Entry, sandbox: Sandbox) -> Iterator[TestCase]:
    """The tests that were accepted earlier: their outputs must stay right."""
    for test, known in zip(with_inputs(entry.problem, sandbox).tests, entry.facts, strict=False):
        if known.votes and test.kind != "suite":
            yield test


def _foreign(tests: Sequence[TestCase]) -> Iterator[tuple[TestCase, str]]:
    """Each test with the outputs of the other ones, where they differ."""
    outputs = list(dict.fromkeys(test.output for test in tests))
    return ((test, output) for test in tests for output in outputs if output != test.output)


def _right(expected: Sequence[TestCase], outputs: Outputs) -> Iterator[tuple[TestCase, str]]:
    """The gold's output and each other program's, one as the expected output of the other."""
    for number, test in enumerate(expected):
        yield test, test.output
        for name, given in outputs.items():
            other = given[number]
            if name != GOLD and other is not None and other != test.output:
                yield test, other
                yield _expecting(test, other), test.output


def malformed(test: TestCase) -> list[str]:
    """Outputs that cannot be right: none at all, and symbols in place of, or after, the expected one."""
    if test.kind == "call":
        return ['{"§¿": ["§", "¿"]}']
    made = ["§ ¿\n", f"{test.output.rstrip()}\n§ ¿ §\n"]
    return [*made, ""] if test.output.strip() else made


def _wrong(entry: Entry) -> list[str]:
    programs = (wrong.source for wrong in entry.wrong if wrong.origin not in ("slow", "mutant"))
    return list(islice(programs, _MOST_WRONG))


def _wrong_outputs(
    problem: Problem, program: str, originals: Sequence[TestCase], expected: Sequence[TestCase], sandbox: Sandbox
) -> list[tuple[TestCase, str]]:
    """The outputs of a wrong program; none unless it gives another output than the expected one on an original test."""
    tests = [*originals, *expected]
    given = list(zip(tests, outputs_on(problem, program, tests, sandbox), strict=True))
    if all(output is None or same(test, test.output, output) for test, output in given[: len(originals)]):
        return []
    return [(test, output) for test, output in given if output is not None]


def _believable(entry: Entry, outputs: Outputs, sandbox: Sandbox) -> Iterator[tuple[TestCase, str, bool]]:
    """The scenarios that execution does not contradict: a right program's output is not one to reject."""
    scenarios = entry.materials.scenarios
    tests = [_test_of(entry.problem, scenario) for scenario in scenarios]
    gold = outputs_on(entry.problem, entry.problem.solution or "", tests, sandbox)
    others = [outputs_on(entry.problem, program, tests, sandbox) for program in _solutions(entry, outputs)]
    for number, (scenario, test) in enumerate(zip(scenarios, tests, strict=True)):
        expected = gold[number]
        if expected is None:
            continue
        right = [given[number] for given in (gold, *others)]
        is_right = any(output is not None and same(test, output, scenario.output) for output in right)
        if scenario.accepted or not is_right:
            yield _expecting(test, expected), scenario.output, scenario.accepted


def _test_of(problem: Problem, scenario: Scenario) -> TestCase:
    kind: Literal["stdin", "call"] = "stdin" if problem.style == "stdin" else "call"
    return TestCase(tier=None, input=scenario.input, kind=kind)


def _solutions(entry: Entry, outputs: Outputs) -> list[str]:
    """The alternative solutions that vote."""
    programs = enumerate(alternatives_of(entry.problem), start=1)
    return [program for number, program in programs if f"alternative-{number}" in outputs]
