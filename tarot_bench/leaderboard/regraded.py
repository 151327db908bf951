"""Compare stated verdicts with those of the verifier, and draw samples to re-grade."""

import math
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from tarot_bench.leaderboard.findings import Check, Finding, Suspicion
from tarot_bench.leaderboard.programs import varies
from tarot_bench.problem import Frozen
from tarot_bench.verdict import Grade, Verdict

Key = tuple[str, int]
_OF_THE_MACHINE = {Verdict.TIME_LIMIT, Verdict.MEMORY_LIMIT}
_CONFIDENCE = 0.95
_REPEATS = 2


class Drawn(Frozen):
    """The random part of a submission that was re-graded."""

    regraded: int
    samples: int
    seed: int
    """Of the draw; chosen by the verifier after the bundle was made."""
    at_most: int
    """With 95 % confidence no more of all samples have other verdicts, as none of the drawn ones has."""

    def __str__(self) -> str:
        share = self.at_most / self.samples
        return (
            f"{self.regraded} of {self.samples} samples, drawn at random: with 95 % confidence at most "
            f"{self.at_most} ({share:.2%}) have other verdicts"
        )


def draw(keys: Sequence[tuple[str, Key]], count: int, seed: int) -> list[tuple[str, Key]]:
    """Draw samples without replacement; all where there are no more."""
    return random.Random(seed).sample(list(keys), min(count, len(keys)))


def most_unequal(samples: int, drawn: int) -> int:
    """The largest number of unequal samples that a draw without any misses with a chance of more than 5 %.

    The chance is hypergeometric: C(samples - unequal, drawn) / C(samples, drawn).
    """
    unequal, chance = 0, 1.0
    while unequal < samples - drawn:
        chance *= (samples - unequal - drawn) / (samples - unequal)
        if chance <= 1 - _CONFIDENCE:
            break
        unequal += 1
    return unequal


def compare(
    benchmark: str,
    stated: Iterable[Grade],
    made: Mapping[Key, Grade],
    again: Callable[[Collection[Key]], Mapping[Key, Grade]],
    whole: bool = True,
) -> Iterator[Finding]:
    """Compare stated grades with the verifier's.

    Where all samples were graded by the verifier, no stated verdict counts. A sample whose verdicts differ is then
    graded again, and where it gets the stated ones, they depend on chance. Limits, and programs that draw random
    numbers or read the clock, explain a difference, too. Of some drawn samples every difference is an edited verdict:
    those that were not drawn count as stated, so that programs which fail by chance could be stated to pass.

    Args:
        benchmark: of the grades.
        stated: by the submission.
        made: by the verifier; samples that it lacks are not compared.
        again: grades some samples once more.
        whole: whether all samples were graded by the verifier.
    """
    disputed: dict[Key, Grade] = {}
    for grade in stated:
        key = grade.problem_id, grade.index
        if key not in made:
            continue
        if grade.extraction.code != made[key].extraction.code:
            yield _about(benchmark, key, Check.PROGRAM, "the stated program is not the one in the completion")
        elif _verdicts(grade) != _verdicts(made[key]):
            disputed[key] = grade
    runs = [made]
    while whole and disputed and len(runs) <= _REPEATS:
        runs.append(again(disputed))
    machine = _OF_THE_MACHINE if whole else set()
    for key, grade in disputed.items():
        edited = "; ".join(islice(_edited(grade, [run[key] for run in runs], machine), 3))
        if not whole:
            message = f"{edited}; only a verification of all samples can tell whether that is chance"
            yield _about(benchmark, key, Check.VERDICTS, message)
        elif edited and not varies(grade.extraction.code or ""):
            yield _about(benchmark, key, Check.VERDICTS, edited)
        else:
            yield _about(benchmark, key, Suspicion.UNSTABLE, "verdicts depend on the machine or on chance")


def _edited(stated: Grade, made: Sequence[Grade], machine: Collection[Verdict]) -> Iterator[str]:
    """The stated verdicts that no run gave, unless they or those of the runs are among the machine's."""
    given_by_test = zip(*map(_verdicts, made), strict=True)
    for number, (claimed, given) in enumerate(zip(stated.results, given_by_test, strict=True), start=1):
        if claimed.verdict not in given and not {claimed.verdict, *given} & set(machine):
            yield f"{claimed.verdict} is stated, {given[0]} is right (test {number})"


def _verdicts(grade: Grade) -> tuple[Verdict, ...]:
    return tuple(result.verdict for result in grade.results)


def _about(benchmark: str, key: Key, check: Check | Suspicion, message: str) -> Finding:
    return Finding(check=check, where=f"{benchmark} {key[0]} #{key[1]}", message=message)


def rates(grades: Iterable[Grade]) -> dict[str, float]:
    """By problem, the share of its graded samples that pass every test."""
    solved: dict[str, list[bool]] = {}
    for grade in grades:
        if grade.solved is not None:
            solved.setdefault(grade.problem_id, []).append(grade.solved)
    return {name: math.fsum(passed) / len(passed) for name, passed in solved.items()}
