"""The pool of wrong programs of a problem.

It holds the programs that the source calls incorrect, model answers that failed, a slow solution of an author, and AST
mutants of the gold. Nothing is assumed to be wrong: a program counts only by the tests that it fails (`rejecting`), so
mutants that are equivalent to the gold, and slow solutions that are fast enough, change nothing.
"""

import random
from collections.abc import Sequence
from itertools import zip_longest

from tarot_bench.dataset.entry import Entry, WrongProgram
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.mutation import mutants
from tarot_bench.problem import Problem

MOST_KNOWN = 24
MOST_MUTANTS = 24
_SURPLUS = 4
"""So many times the mutants are drawn, as `rejecting.telling` leaves out those that are broken altogether."""
SLOW = "slow"
MUTANT = "mutant"


def pool_of(
    entry: Entry, seed: int, most_known: int = MOST_KNOWN, most_mutants: int = MOST_MUTANTS
) -> tuple[WrongProgram, ...]:
    """The wrong programs of an entry: known ones (``entry.wrong``), the slow solution of its authors, mutants.

    Args:
        entry: programs that are its gold or an alternative solution are left out.
        seed: of the run; larger pools are sampled by it and the problem's id.
        most_known: of the known ones.
        most_mutants: of the mutants that are to be kept; four times as many are drawn.
    """
    problem = entry.problem
    rng = random.Random(f"wrong {seed}/{problem.id}")
    right = {problem.solution, *alternatives_of(problem)}
    known = {program.source: program for program in entry.wrong if program.source not in right}
    slow = entry.materials.brute_force
    return (
        *_sampled(list(known.values()), most_known, rng),
        *([WrongProgram(source=slow, origin=SLOW)] if slow and slow not in known else []),
        *_mutants(problem, rng)[: most_mutants * _SURPLUS],
    )


def _mutants(problem: Problem, rng: random.Random) -> list[WrongProgram]:
    """Mutants in random order: one of each operator, then a second one of each, so that rare operators occur."""
    if problem.answer_form != "program":
        return []
    by_operator: dict[str, list[str]] = {}
    try:
        for mutant in mutants(problem.solution or ""):
            by_operator.setdefault(mutant.operator, []).append(mutant.source)
    except (SyntaxError, RecursionError):
        return []
    turns = zip_longest(*(rng.sample(sources, len(sources)) for sources in by_operator.values()))
    drawn = [source for turn in turns for source in rng.sample(turn, len(turn)) if source is not None]
    return [WrongProgram(source=source, origin=MUTANT) for source in drawn]


def _sampled(programs: Sequence[WrongProgram], most: int, rng: random.Random) -> Sequence[WrongProgram]:
    return programs if len(programs) <= most else rng.sample(programs, most)
