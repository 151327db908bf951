"""Compare selected tests with random ones at the same budget: as many tests, of the same candidates.

Usage: python examples/selection_ablation.py [PROBLEMS [ROUNDS [SEEDS]]]

The problems are the embedded ones that read standard input. Candidates come from the generator `mutate`, in ROUNDS
rounds, and are validated. Selection sees mutants of the golds only; the wrong programs that are counted here are the
embedded near misses, which it never sees. Random acceptance draws the same number of tests per tier, SEEDS times.
"""

import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean

from tarot_bench.dataset import load_embedded
from tarot_bench.dataset.embedded import near_misses
from tarot_bench.dataset.entry import Entry, WrongProgram
from tarot_bench.generation.author.drafting import Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.author.mutate.author import MutateAuthor
from tarot_bench.generation.selection.assessing import Assessment, assess
from tarot_bench.generation.selection.choosing import Tiering, choose
from tarot_bench.generation.selection.wrong import pool_of
from tarot_bench.generation.validate.stage import ValidateSettings, check
from tarot_bench.pools import threads
from tarot_bench.problem import TIERS, Problem, TestCase
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox

Pick = Callable[[Assessment, int, int], Sequence[str]]
"""Chooses so many tests per tier, by a seed; their keys."""
_Case = tuple[Assessment, Assessment]


def main(most: int = 46, rounds: int = 4, seeds: int = 20) -> None:
    """Print one row per way to choose: the share of near misses that the chosen tests reject, by tests per tier."""
    problems = [problem for problem in load_embedded() if problem.style == "stdin"][:most]
    with open_sandbox() as sandbox, threads(sandbox.workers, "ablation") as workers:
        cases = list(workers.map(partial(measured, rounds=rounds, sandbox=sandbox), problems))
    count = sum(len(hidden.pool) for _, hidden in cases)
    tests = sum(len(hidden.candidates) for _, hidden in cases) / len(cases)
    print(f"{len(cases)} problems, {tests:.1f} candidates each, {count} near misses")
    print("tests per tier          1        2        3")
    for name, pick, times in (
        ("random", drawn, seeds),
        ("selected, author", partial(picked, tiering="author"), 1),
        ("selected, measured", partial(picked, tiering="measured"), 1),
    ):
        shares = [fmean(rejecting(cases, pick, each, seed) for seed in range(times)) / count for each in (1, 2, 3)]
        print(f"{name:18}" + "".join(f"{share:9.1%}" for share in shares))
    print(f"{'all candidates':18}{sum(len(hidden.rejected) for _, hidden in cases) / count:9.1%}")


def measured(problem: Problem, rounds: int, sandbox: Sandbox) -> _Case:
    """The candidates of a problem, with the mutants that they reject, and with the near misses that they reject."""
    entry = Entry(problem=problem.model_copy(update={"tests": (), "original_tests": originals(problem)}))
    author = MutateAuthor(GeneratorSettings(model="mutate", without_validator=True), sandbox)
    for round_ in range(rounds):
        drafts = [(author.name, drafted) for drafted in author.draft([Wanted(entry, TIERS, round_)])]
        entry = check(merged(entry, drafts, "author"), sandbox, ValidateSettings(times=1)).entry
    missed = [miss.program for miss in near_misses() if miss.problem_id == problem.id]
    hidden = [WrongProgram(source=program, origin="source") for program in missed]
    return assess(entry, pool_of(entry, 0), sandbox), assess(entry, hidden, sandbox)


def originals(problem: Problem) -> tuple[TestCase, ...]:
    """The basic test of an embedded problem, as the only one that is known."""
    return tuple(test.model_copy(update={"tier": None, "reason": None}) for test in problem.tests[:1])


def picked(seen: Assessment, each: int, seed: int, tiering: Tiering) -> list[str]:
    """The inputs that selection chooses."""
    return [choice.candidate.key for choice in choose(seen.candidates, dict.fromkeys(TIERS, each), tiering)]


def drawn(seen: Assessment, each: int, seed: int) -> list[str]:
    """As many inputs of each tier, at random."""
    rng = random.Random(f"{seed} {seen.entry.problem.id}")
    found = []
    for tier in TIERS:
        keys = [candidate.key for candidate in seen.candidates if candidate.test.tier is tier]
        found += rng.sample(keys, min(each, len(keys)))
    return found


def rejecting(cases: Sequence[_Case], pick: Pick, each: int, seed: int) -> int:
    """How many near misses the chosen tests reject."""
    total = 0
    for seen, hidden in cases:
        keys = set(pick(seen, each, seed))
        total += len(frozenset().union(*(known.rejects for known in hidden.candidates if known.key in keys)))
    return total


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
