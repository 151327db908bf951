"""Run the gold, the known programs and mutants of one problem on its tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from tarot_bench.dataset.errata import test_digest
from tarot_bench.errors import one_line
from tarot_bench.generation.ambiguity import answers_of, first_difference, phrase_in
from tarot_bench.generation.audit.inspection import constant, duplicates, leak, part_of
from tarot_bench.generation.audit.programs import Program
from tarot_bench.generation.audit.records import ALL, LONGEST_ANSWER, TIERED, ProblemRecord, ProgramRecord, TestRecord
from tarot_bench.generation.audit.subjects import Subject
from tarot_bench.generation.author.answering import kind_of, output_of
from tarot_bench.generation.author.select.pools import Pool
from tarot_bench.generation.flaws import flaw_of
from tarot_bench.generation.gold import Observed, observe, same
from tarot_bench.generation.measure.killing import drawn, kills_of
from tarot_bench.generation.measure.tracing import steps_of
from tarot_bench.generation.selection.rejecting import rejections
from tarot_bench.grading.generated import UnmadeInputError, with_input
from tarot_bench.grading.usable import unusable
from tarot_bench.problem import Frozen, Problem, TestCase
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.verdict import Verdict


class Effort(Frozen):
    """How much is measured."""

    times: int = Field(default=3, ge=1, le=10)
    """Runs of the gold on every test."""
    most_mutants: int = Field(default=30, ge=0)
    """Mutants of the gold; fewer where it is slow. 0 measures no mutation score."""
    most_extra: int = Field(default=40, ge=0)
    """Further inputs of the pool."""


@dataclass(slots=True)
class _Work:
    """One problem while it is measured.

    Attributes:
        problem: with its usable tests only.
        numbers: for each of these tests its number among all tests of the problem.
        extra: tests made of further inputs.
        extra_cpu_s: CPU seconds of the gold on the slowest of them.
        first_extra: the number of the first one.
    """

    problem: Problem
    numbers: list[int]
    first_extra: int
    extra: tuple[TestCase, ...] = ()
    extra_cpu_s: float = 0.0
    gold: tuple[Observed, ...] = field(default=())

    def reduced(self, kept: Sequence[bool], *, extended: bool) -> tuple[Problem, list[int]]:
        """The problem with some of its tests and, if wanted, the extra ones; and the numbers of these tests."""
        marked = list(zip(self.problem.all_tests, self.numbers, kept, strict=True))
        tests = tuple(test for test, _, wanted in marked if wanted and test.tier)
        originals = tuple(test for test, _, wanted in marked if wanted and not test.tier)
        numbers = [number for _, number, wanted in marked if wanted]
        if extended:
            originals += self.extra
            numbers += range(self.first_extra, self.first_extra + len(self.extra))
        return self.problem.model_copy(update={"tests": tests, "original_tests": originals}), numbers


def measure(subject: Subject, pool: Pool, sandbox: Sandbox, effort: Effort) -> ProblemRecord:
    """Measure one problem.

    Args:
        subject: the problem with its known programs.
        pool: further valid inputs.
        sandbox: where programs run.
        effort: how much is measured.

    Raises:
        SandboxError: the sandbox failed, or a generator program exceeded a time limit; nothing is known then.
    """
    problem, unmade = _with_inputs(subject.problem, sandbox)
    flaws = [why or flaw_of(problem, test, sandbox) for test, why in zip(problem.all_tests, unmade, strict=True)]
    usable = [number for number, flaw in enumerate(flaws) if not flaw]
    whole = _Work(problem, list(range(len(flaws))), len(flaws))
    work = _Work(whole.reduced([not flaw for flaw in flaws], extended=False)[0], usable, len(flaws))
    programs: list[ProgramRecord] = []
    if problem.solution and usable:
        gold = Program(name="gold", kind="gold", correct=True, text=problem.solution)
        work.gold = observe(work.problem, problem.solution, sandbox, effort.times)
        work.extra, work.extra_cpu_s = _extra_tests(problem, pool, sandbox, effort.most_extra)
        programs.append(_recorded(gold, work.gold, usable))
    if usable:
        programs += [_run(program, work, sandbox) for program in subject.programs]
    return ProblemRecord(
        id=problem.id,
        tests=tuple(_tests(problem, work, flaws, sandbox)),
        cpu_limit_s=problem.limits.cpu_s,
        gold=bool(problem.solution),
        programs=tuple(programs),
        mutants=_mutants(work, sandbox, effort.most_mutants),
        extra_tests=len(work.extra),
        constant=_constants(work.problem),
        ambiguous=_ambiguous(work.problem, sandbox) if usable else "",
    )


def _with_inputs(problem: Problem, sandbox: Sandbox) -> tuple[Problem, list[str]]:
    """The problem with the inputs that can be made, and for each test why its input cannot; empty if it can."""
    tests, unmade = [], []
    for test in problem.all_tests:
        try:
            made, why = with_input(problem, test, sandbox), ""
        except UnmadeInputError as error:
            made, why = test, one_line(error)
        tests.append(made)
        unmade.append(why)
    tiers = len(problem.tests)
    new = {"tests": tuple(tests[:tiers]), "original_tests": tuple(tests[tiers:])}
    return problem.model_copy(update=new), unmade


def _tests(problem: Problem, work: _Work, flaws: Sequence[str], sandbox: Sandbox) -> list[TestRecord]:
    steps = dict(zip(work.numbers, steps_of(work.problem, sandbox), strict=False)) if work.gold else {}
    runs = dict(zip(work.numbers, work.gold, strict=False))
    repeated = duplicates(problem.all_tests)
    return [
        TestRecord(
            part=part_of(test),
            digest=test_digest(test),
            input_chars=test.input_size,
            malformed=flaws[number],
            steps=steps.get(number),
            duplicate_of=repeated[number],
            leak=leak(problem, test),
            **(_gold_facts(problem, test, runs[number]) if number in runs else {}),
        )
        for number, test in enumerate(problem.all_tests)
    ]


def _gold_facts(problem: Problem, test: TestCase, runs: Observed) -> dict[str, Any]:
    first, *others = runs.outputs or ("",)
    differ = len({result.verdict for result in runs.results}) > 1
    flaky = differ or any(not same(test, first, other, problem.checker) for other in others)
    return {"gold": runs.verdict, "detail": runs.detail, "flaky": flaky, "gold_cpu_s": round(runs.cpu_s, 4)}


def _run(program: Program, work: _Work, sandbox: Sandbox) -> ProgramRecord:
    """Run a program on all tests; a wrong one that passes them on the further inputs, too."""
    runs = observe(work.problem, program.text, sandbox, 1)
    numbers = work.numbers
    rejected = any(run.verdict is not Verdict.PASSED for run in runs)
    if work.extra and not program.correct and not rejected:
        problem, further = work.reduced([False] * len(numbers), extended=True)
        runs += observe(problem, program.text, sandbox, 1)
        numbers = numbers + further
    return _recorded(program, runs, numbers)


def _recorded(program: Program, runs: Sequence[Observed], numbers: Sequence[int]) -> ProgramRecord:
    failed = {number: run for number, run in zip(numbers, runs, strict=True) if run.verdict is not Verdict.PASSED}
    answers = {number: run.outputs[0] for number, run in failed.items() if run.outputs and _answered(run)}
    return ProgramRecord(
        name=program.name,
        kind=program.kind,
        correct=program.correct,
        failed=tuple(failed),
        answers=answers if program.correct else {},
        fails=program.fails,
    )


def _answered(run: Observed) -> bool:
    """Whether the runs gave an answer, that is a wrong one."""
    return run.verdict is Verdict.WRONG_ANSWER and len(run.outputs[0]) <= LONGEST_ANSWER


def _extra_tests(problem: Problem, pool: Pool, sandbox: Sandbox, most: int) -> tuple[tuple[TestCase, ...], float]:
    """Tests of the pool's inputs, with the gold's outputs, and its CPU seconds on the slowest of them.

    Inputs of the problem's own tests, and those on which the gold fails, are left out.
    """
    kind = kind_of(problem)
    known = {test.input for test in problem.all_tests}
    inputs = [text for test in pool.tests if (text := test.input) not in known]
    inputs = inputs[:: max(1, -(-len(inputs) // most))] if most else []
    if not inputs or problem.answer_form != "program":
        return (), 0.0
    given = tuple(text.encode("utf-8", "surrogateescape") for text in inputs)
    executions = sandbox.run(Job(problem.solution or "", kind, given, problem.limits, problem.entry_point))
    made = [
        (TestCase(tier=None, input=text, output=output, kind=kind), execution.cpu_s)
        for text, execution in zip(inputs, executions, strict=True)
        if (output := output_of(execution, kind)) is not None
    ]
    originals = problem.original_tests + tuple(test for test, _ in made)
    with_extra = problem.model_copy(update={"original_tests": originals})
    usable = [(test, cpu_s) for test, cpu_s in made if not unusable(with_extra, test)]
    return tuple(test for test, _ in usable), max((cpu_s for _, cpu_s in usable), default=0.0)


def _mutants(work: _Work, sandbox: Sandbox, most: int) -> tuple[tuple[int, ...], ...]:
    """For each mutant the tests that it fails, of those that the gold passes; for those that fail none, the inputs."""
    if not (most and work.gold and work.problem.answer_form == "program"):
        return ()
    passed = [run.verdict is Verdict.PASSED for run in work.gold]
    problem, numbers = work.reduced(passed, extended=False)
    if not numbers:
        return ()
    gold_cpu_s = max(run.cpu_s for run in work.gold)
    kills = kills_of(problem, sandbox, most, gold_cpu_s)
    failed = [
        [number for number, killed in zip(numbers, kills.killed, strict=True) if mutant in killed]
        for mutant in range(kills.mutants)
    ]
    survivors = [mutant for mutant, tests in enumerate(failed) if not tests]
    if survivors and work.extra:
        sources = drawn(problem, kills.mutants)
        programs = [sources[mutant] for mutant in survivors]
        slowest = max(gold_cpu_s, work.extra_cpu_s)
        for place, rejected in enumerate(rejections(problem, work.extra, programs, sandbox, slowest)):
            for number in rejected:
                failed[survivors[number]].append(work.first_extra + place)
    return tuple(map(tuple, failed))


def _constants(problem: Problem) -> dict[str, bool]:
    groups: dict[str, list[TestCase]] = {}
    for test in problem.all_tests:
        groups.setdefault(part_of(test), []).append(test)
    groups[TIERED], groups[ALL] = list(problem.tests), list(problem.all_tests)
    found = {part: constant(problem, tests) for part, tests in groups.items()}
    return {part: value for part, value in found.items() if value is not None}


def _ambiguous(problem: Problem, sandbox: Sandbox) -> str:
    """Why the problem seems to have several right answers; empty if it does not, or its checker is a program."""
    if problem.checker.kind == "program":
        return ""
    differing = first_difference(problem, answers_of(problem, sandbox), problem.checker)
    if differing:
        return f"correct solutions differ on {differing}"
    phrase = phrase_in(problem.statement)
    return f"the statement says {phrase!r}" if phrase else ""
