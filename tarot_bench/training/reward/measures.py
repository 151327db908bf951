"""Metrics that a reward logs per batch, for all tiers, active or not, so that stages can be compared."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence

from tarot_bench.problem import TIERS
from tarot_bench.training.curriculum import Curriculum
from tarot_bench.training.reward.batch import Batch
from tarot_bench.verdict import Grade, Verdict


def measures_of(
    curriculum: Curriculum,
    position: float,
    batch: Batch,
    rewards: Sequence[float | None],
) -> dict[str, float]:
    """Scalar metrics of a batch. Names are always the same, as TRL requires of distributed logging; NaN is "no value".

    - ``tiers/TIER/pass_rate``: mean share of the tier's tests that passed; ``tiers/TIER/dead_groups``: share of groups
      in which all samples do equally on the tier; ``tiers/TIER/active``: 1 or 0.
    - ``verdicts/VERDICT``: share of all tests.
    - ``reward/dead_groups``: share of groups whose rewards are all equal, which give no gradient.
    - ``reward/none``: share of rows without a reward; ``reward/late``: share of rows without one because the time for
      the batch was used up; ``reward/runs``: programs run per row.
    - ``curriculum/stage``: the index of the stage, from 0.

    A group is the rows of one problem; groups of one are ignored.
    """
    grades = batch.grades
    names = [f"{grade.problem_id} {grade.problem_digest}" for grade in grades]
    measured = {
        "curriculum/stage": float(curriculum.stage_number(position)),
        "reward/runs": _share(batch.runs, len(grades)),
    }
    measured["reward/none"] = _mean([reward is None for reward in rewards])
    measured["reward/late"] = _share(batch.late, len(grades))
    measured["reward/dead_groups"] = dead_groups(names, rewards)
    active = curriculum.active(position)
    for tier in TIERS:
        rates = [grade.rate(tier) for grade in grades]
        measured[f"tiers/{tier}/pass_rate"] = _mean([rate for rate in rates if rate is not None])
        measured[f"tiers/{tier}/dead_groups"] = dead_groups(names, rates)
        measured[f"tiers/{tier}/active"] = float(tier in active)
    verdicts = Counter(result.verdict for grade in grades for result in grade.results)
    return measured | {f"verdicts/{verdict}": _share(verdicts[verdict], verdicts.total()) for verdict in Verdict}


def columns_of(grades: Sequence[Grade]) -> dict[str, list[str]]:
    """Columns for the table of completions: verdicts, the first failure, and how the code was extracted."""
    failures = [next((r.detail for r in grade.results if r.verdict is not Verdict.PASSED), "") for grade in grades]
    return {
        "verdicts": [" ".join(f"{result.tier}={result.verdict}" for result in grade.results) for grade in grades],
        "first_failure": failures,
        "code": [grade.extraction.how for grade in grades],
    }


def dead_groups(names: Sequence[str], values: Sequence[float | None]) -> float:
    """Share of groups in which all values are equal; None values are ignored, NaN if there are no groups."""
    groups: dict[Hashable, list[float]] = {}
    for name, value in zip(names, values, strict=True):
        if value is not None:
            groups.setdefault(name, []).append(value)
    return _mean([max(group) - min(group) < 1e-9 for group in groups.values() if len(group) > 1])


def _mean(values: Sequence[float]) -> float:
    return _share(math.fsum(values), len(values))


def _share(part: float, whole: int) -> float:
    return part / whole if whole else math.nan
