"""Measure the accepted tests of an entry: their cost, and the right and wrong programs that they reject."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarot_bench.dataset.entry import Entry, TestFacts, WrongProgram
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.generation.author.answering import kind_of
from tarot_bench.generation.measure.tracing import steps_of
from tarot_bench.generation.selection.boundary import boundaries
from tarot_bench.generation.selection.choosing import Candidate
from tarot_bench.generation.selection.rejecting import pool_rejections, rejections, telling
from tarot_bench.generation.selection.wrong import MOST_MUTANTS
from tarot_bench.grading import grade_code
from tarot_bench.grading.generated import with_inputs
from tarot_bench.problem import Problem, TestCase, sha256
from tarot_bench.sandbox.base import Sandbox


@dataclass(frozen=True, slots=True)
class Assessment:
    """The tests of an entry as candidates.

    Attributes:
        entry: whose tests were all accepted.
        candidates: one per test of ``entry.problem.tests``, in order.
        pool: the wrong programs, by the numbers in `Candidate.rejects`.
        right: the programs that are believed right, by the numbers in `Candidate.rejects_right`.
    """

    entry: Entry
    candidates: tuple[Candidate, ...]
    pool: tuple[WrongProgram, ...] = ()
    right: tuple[str, ...] = ()

    @property
    def rejected(self) -> frozenset[int]:
        """The wrong programs that some candidate rejects."""
        return frozenset[int]().union(*(candidate.rejects for candidate in self.candidates))

    @property
    def survivors(self) -> tuple[WrongProgram, ...]:
        """The programs of the pool that no candidate rejects; mutants among them may be equivalent to the gold."""
        return tuple(program for number, program in enumerate(self.pool) if number not in self.rejected)

    @property
    def surviving(self) -> frozenset[str]:
        """Digests of the texts of `survivors`: the numbers are of the pool, which is another one for other tests."""
        return frozenset(sha256(program.source) for program in self.survivors)

    def rejects_some_of(self, surviving: frozenset[str]) -> bool:
        """Whether a candidate rejects a program that survived an earlier assessment, given its `surviving`."""
        return any(sha256(self.pool[number].source) in surviving for number in self.rejected)

    @property
    def disputed(self) -> tuple[Candidate, ...]:
        """The candidates that reject a program which is believed right."""
        return tuple(candidate for candidate in self.candidates if candidate.rejects_right)


def assess(
    entry: Entry, pool: Sequence[WrongProgram], sandbox: Sandbox, most_mutants: int = MOST_MUTANTS
) -> Assessment:
    """Run the gold, a pool of wrong programs and the alternative solutions on the tests of an entry.

    Args:
        entry: with accepted tests.
        pool: its mutants that are broken altogether are left out.
        sandbox: where all programs run.
        most_mutants: of the mutants that are left.

    Raises:
        UnmadeInputError: an input that is not stored cannot be made.
        SandboxError: the sandbox failed.
    """
    problem = with_inputs(entry.problem, sandbox)
    cpu = [known.measurement.gold_cpu_s or 0.0 for known in entry.facts or (TestFacts(),) * len(problem.tests)]
    plain = [
        Candidate(test, steps, boundary, gold_cpu_s=cpu_s)
        for test, steps, boundary, cpu_s in zip(
            entry.problem.tests, steps_of(problem, sandbox), _boundaries(entry.problem), cpu, strict=True
        )
    ]
    order = sorted(range(len(plain)), key=lambda place: plain[place].weight)
    tests = [problem.tests[place] for place in order]
    slowest = max(cpu, default=0.0)
    pool = telling(problem, tests, pool, most_mutants, slowest, sandbox)
    rejects = pool_rejections(problem, tests, pool, slowest, sandbox)
    right, rejects_right = _right(problem, tests, sandbox)
    candidates = list(plain)
    for place, wrong, disputed in zip(order, rejects, rejects_right, strict=True):
        each = plain[place]
        candidates[place] = Candidate(each.test, each.steps, each.boundary, wrong, disputed, each.gold_cpu_s)
    return Assessment(entry, tuple(candidates), pool, right)


def _boundaries(problem: Problem) -> list[frozenset[str]]:
    """The boundary features of each test; none for suites, which are programs, and for inputs that are not stored."""
    read = [test.stored and test.kind != "suite" for test in problem.tests]
    inputs = [test.input for test, is_read in zip(problem.tests, read, strict=True) if is_read]
    found = iter(boundaries(inputs, kind_of(problem)))
    return [next(found) if is_read else frozenset() for is_read in read]


def _right(
    problem: Problem, tests: Sequence[TestCase], sandbox: Sandbox
) -> tuple[tuple[str, ...], list[frozenset[int]]]:
    """The alternative solutions that are believed right, and for each test the numbers of those that fail it.

    Believed are those that pass the original tests and most of the tests.
    """
    originals = problem.model_copy(update={"tests": ()})
    programs = [
        program
        for program in alternatives_of(problem)
        if not originals.original_tests or grade_code(originals, program, sandbox).solved
    ]
    rejected = rejections(problem, tests, programs, sandbox)
    failures = [sum(number in numbers for numbers in rejected) for number in range(len(programs))]
    believed = {number for number, count in enumerate(failures) if count * 2 < len(tests)}
    return tuple(programs), [numbers & believed for numbers in rejected]
