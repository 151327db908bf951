"""Measure a model before training: pass rates per tier, and informative groups under each curriculum."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.tiers import TierMetrics, summarise
from tarot_bench.problem import Frozen, Tier
from tarot_bench.training.curriculum import Curriculum
from tarot_bench.training.probe.informative import informative_share, mean_share
from tarot_bench.training.probe.replay import StageRewards, replay
from tarot_bench.training.probe.samples import SavedGrades
from tarot_bench.training.reward.modes import RewardMode
from tarot_bench.verdict import Grade, Verdict, VerdictMatrix, grouped


class TierProbe(Frozen):
    """A model's results on one tier."""

    pass_rate: Estimate | None
    """Share of tests that pass."""
    solved: Estimate | None
    """Share of samples that pass all tests of the tier: pass@1."""
    informative: Estimate | None
    """Share of groups in which some samples solve the tier and some do not: 1 - p^G - (1 - p)^G, over problems."""
    verdicts: dict[Verdict, float]
    """Share of each verdict among the graded tests of the tier."""


class Outlook(Frozen):
    """Informative groups that a curriculum would find, for the model as it is now."""

    stages: tuple[StageRewards, ...]
    informative: float | None
    """Expected share of informative groups over the schedule, each stage by its length; None if a stage has none."""


class Probe(Frozen):
    """A model's capability, as ``probe.json``."""

    model: str
    benchmarks: tuple[str, ...]
    problems: int
    samples: int
    fewest_samples: int
    """The least number of graded samples of any problem."""
    group: int
    """Samples per group in training (G)."""
    lower_bound: bool
    """Whether some problem has fewer than G graded samples, so that shares of informative groups are underestimated."""
    mode: RewardMode
    tiers: dict[Tier, TierProbe]
    verdicts: dict[Verdict, int]
    """Over all tests of the tiers."""
    ungraded: int
    """Samples without a verdict because of an infrastructure error; excluded from all rates."""
    curricula: dict[str, Outlook]


def probe(saved: SavedGrades, curricula: Sequence[Curriculum], group: int = 8, mode: RewardMode = "fraction") -> Probe:
    """Measure capability from saved samples.

    Args:
        saved: of `tarot_bench.training.probe.samples.saved_grades`.
        curricula: those to compare.
        group: samples per group in training (G), at least 2.
        mode: the reward mode that training would use.
    """
    groups = {problem: [_tiers_only(grade) for grade in grades] for problem, grades in saved.by_problem.items()}
    metrics = summarise([VerdictMatrix.of(grades) for grades in groups.values()])
    graded = [grade for grades in groups.values() for grade in grades if not grade.ungraded]
    counts = [len(grades) for grades in grouped(graded).values()] + [0] * (len(groups) - len(grouped(graded)))
    return Probe(
        model=saved.model,
        benchmarks=saved.benchmarks,
        problems=len(groups),
        samples=len(saved.grades),
        fewest_samples=min(counts),
        group=group,
        lower_bound=min(counts) < group,
        mode=mode,
        tiers={tier: _tier(tier, found, graded, group) for tier, found in metrics.tiers.items()},
        verdicts=dict(Counter(result.verdict for grades in groups.values() for g in grades for result in g.results)),
        ungraded=len(saved.grades) - len(graded),
        curricula={c.name: outlook(graded, c, group, mode) for c in curricula},
    )


def difficulties(saved: SavedGrades) -> dict[str, float]:
    """The difficulty of each problem: 1 - the share of its graded samples that pass all tiers.

    Problems without graded samples are excluded. The order of training data is based on it.
    """
    solved = {
        problem: [bool(grade.solved) for grade in map(_tiers_only, grades) if not grade.ungraded]
        for problem, grades in saved.by_problem.items()
    }
    return {problem: 1 - sum(passes) / len(passes) for problem, passes in solved.items() if passes}


def outlook(grades: Iterable[Grade], curriculum: Curriculum, group: int, mode: RewardMode) -> Outlook:
    """Compute the outlook of one curriculum from these samples."""
    stages = tuple(replay(grades, curriculum, mode, group))
    shares = [stage.informative.value if stage.informative else None for stage in stages]
    lengths = [end - start for start, end in curriculum.spans]
    known = [share * length for share, length in zip(shares, lengths, strict=True) if share is not None]
    return Outlook(stages=stages, informative=math.fsum(known) if len(known) == len(stages) else None)


def _tier(tier: Tier, found: TierMetrics, graded: list[Grade], group: int) -> TierProbe:
    solved = {
        problem: [passed for grade in grades if (passed := grade.passed(tier)) is not None]
        for problem, grades in grouped(graded).items()
    }
    shares = {problem: informative_share(passes, group) for problem, passes in solved.items()}
    counts = {verdict: count for verdict, count in found.verdicts.items() if verdict is not Verdict.UNGRADED and count}
    total = sum(counts.values())
    return TierProbe(
        pass_rate=found.pass_rate,
        solved=found.pass_at[1],
        informative=mean_share(shares, sum(map(len, solved.values()))),
        verdicts={verdict: count / total for verdict, count in counts.items()},
    )


def _tiers_only(grade: Grade) -> Grade:
    return grade.model_copy(update={"results": tuple(result for result in grade.results if result.tier)})
