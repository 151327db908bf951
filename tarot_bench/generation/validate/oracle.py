"""Settle the outputs of tests by executing programs: the gold, other solutions, a brute force and solvers vote.

Only programs that pass the original tests vote, and one that crashes or takes too long on an input abstains. What a
model wrote as an output has no vote; it can only break a tie between two outputs of executed programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.dataset.entry import Vote
from tarot_bench.extraction.syntax import canonical
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.generation.author.generator import SOLVER
from tarot_bench.generation.gold import agrees, observe, outputs_on
from tarot_bench.grading.showing import shown
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

GOLD = "gold"
BRUTE_FORCE = "brute-force"
BRUTE_FORCE_LIMITS = Limits(cpu_s=5, wall_s=30)
"""Limits of a brute force, on one input."""

Outputs = Mapping[str, Sequence[str | None]]
"""The outputs of each voter on a sequence of tests; None where it did not end well."""


@dataclass(frozen=True, slots=True)
class Voter:
    """A program that votes on outputs.

    Attributes:
        name: as in `Vote.voter`.
        program: its source.
        limits: of one run; None for those of the problem.
    """

    name: str
    program: str
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes on one test.

    Attributes:
        winner: the output of more than half of the voters; None if there is none.
        votes: of all voters, compared with the winner.
        supporters: how many voters gave it.
    """

    winner: str | None
    votes: tuple[Vote, ...]
    supporters: int


def voters_of(problem: Problem, brute_force: str | None, sandbox: Sandbox) -> list[Voter]:
    """The programs beside the gold that vote: those that pass the original tests.

    A brute force may be too slow for some of them. One that repeats the gold or an alternative solution has no vote.

    Raises:
        SandboxError: the sandbox failed.
    """
    programs = enumerate(alternatives_of(problem), start=1)
    voters = [Voter(f"alternative-{number}", program) for number, program in programs]
    sound = [voter for voter in voters if set(on_originals(problem, voter, sandbox)) <= {Verdict.PASSED}]
    known = map(canonical, (problem.solution or "", *alternatives_of(problem)))
    if brute_force and canonical(brute_force) not in set(known):
        voter = Voter(BRUTE_FORCE, brute_force, BRUTE_FORCE_LIMITS)
        seen = set(on_originals(problem, voter, sandbox))
        if seen <= {Verdict.PASSED, Verdict.TIME_LIMIT} and seen != {Verdict.TIME_LIMIT}:
            sound.append(voter)
    return sound


def on_originals(problem: Problem, voter: Voter, sandbox: Sandbox) -> list[Verdict]:
    """The verdicts on original tests; digits at the end of floats may differ."""
    if not problem.original_tests:
        return []
    limits = voter.limits or problem.limits
    originals = widely(problem).model_copy(update={"tests": (), "limits": limits})
    return [seen.verdict for seen in observe(originals, voter.program, sandbox, times=1)]


def widely(problem: Problem) -> Problem:
    """The problem with a checker that does not mind the last digits of floats."""
    wide = Checker(kind="float") if problem.checker.kind == "lines" else problem.checker
    return problem.model_copy(update={"checker": wide})


def executed(problem: Problem, voters: Sequence[Voter], tests: Sequence[TestCase], sandbox: Sandbox) -> Outputs:
    """Run voters on tests.

    Raises:
        SandboxError: the sandbox failed.
    """
    return {voter.name: outputs_on(problem, voter.program, tests, sandbox, voter.limits) for voter in voters}


def vote(
    problem: Problem, test: TestCase, outputs: Mapping[str, str], sandbox: Sandbox, declared: str | None = None
) -> Ballot:
    """Count which output more than half of the voters give, under the problem's checker.

    Of equal outputs the first voter's is taken.

    Args:
        problem: with the checker.
        test: the input; its own output does not count.
        outputs: of each voter.
        sandbox: where a checker that is a program runs.
        declared: the output of half of the voters wins, too, if it is this one.

    Raises:
        SandboxError: the sandbox failed.
    """
    for candidate in outputs.values():
        votes = tuple(
            Vote(voter=name, agrees=agrees(problem, test, candidate, output, sandbox))
            for name, output in outputs.items()
        )
        supporters = sum(each.agrees for each in votes)
        breaks_tie = declared is not None and supporters * 2 == len(votes)
        if supporters * 2 > len(votes) or (breaks_tie and agrees(problem, test, candidate, declared or "", sandbox)):
            return Ballot(candidate, votes, supporters)
    return Ballot(None, (), 0)


def upheld(problem: Problem, test: TestCase, outputs: Mapping[str, str], sandbox: Sandbox) -> Ballot | None:
    """The ballot for the gold's output where no output has a majority and only solvers give others.

    Solvers fail most on the tests that are worth most, so they outvote a gold but never veto it.

    Raises:
        SandboxError: the sandbox failed.
    """
    gold = outputs[GOLD]
    votes = tuple(
        Vote(voter=name, agrees=agrees(problem, test, gold, output, sandbox)) for name, output in outputs.items()
    )
    if all(each.agrees or each.voter.startswith(SOLVER) for each in votes):
        return Ballot(gold, votes, sum(each.agrees for each in votes))
    return None


def ended(outputs: Outputs, number: int) -> dict[str, str]:
    """The outputs on one test of the voters that ended well."""
    return {name: output for name, given in outputs.items() if (output := given[number]) is not None}


def refuted_brute_force(problem: Problem, tests: Sequence[TestCase], outputs: Outputs, sandbox: Sandbox) -> str | None:
    """Where a brute force contradicts a majority of at least two other programs, as one line; None if it does not.

    Solvers alone are no such majority.

    Raises:
        SandboxError: the sandbox failed.
    """
    for number, given in _with_brute_force(outputs, len(tests)):
        slow = given.pop(BRUTE_FORCE)
        others = vote(problem, tests[number], given, sandbox)
        is_backed = any(each.agrees and not each.voter.startswith(SOLVER) for each in others.votes)
        is_settled = others.winner is not None and others.supporters > 1 and is_backed
        if is_settled and not agrees(problem, tests[number], others.winner or "", slow, sandbox):
            return f"{shown(slow)}, {others.supporters} other programs give {shown(others.winner or '')}"
    return None


def contradictions(problem: Problem, tests: Sequence[TestCase], outputs: Outputs, sandbox: Sandbox) -> tuple[int, int]:
    """On how many tests only the gold and a brute force vote, and disagree; and on how many both vote.

    Raises:
        SandboxError: the sandbox failed.
    """
    differing = both = 0
    for number, given in _with_brute_force(outputs, len(tests)):
        if GOLD in given:
            both += 1
            alone = len(given) == 2
            differing += alone and not agrees(problem, tests[number], given[GOLD], given[BRUTE_FORCE], sandbox)
    return differing, both


def _with_brute_force(outputs: Outputs, tests: int) -> Iterator[tuple[int, dict[str, str]]]:
    """The tests on which a brute force ended, with the outputs of all voters."""
    for number in range(tests):
        given = ended(outputs, number)
        if BRUTE_FORCE in given:
            yield number, given
