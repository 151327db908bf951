"""Running estimates of how often a model solves each tier of each problem, for dynamic sampling."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tarot_bench.problem import Tier
from tarot_bench.verdict import Grade


class SolveEstimates:
    """A Beta distribution per problem and tier: the chance that a completion passes all tests of the tier.

    It begins as Beta(1, 1), of mean 1/2. With every batch that has samples of a problem, its earlier samples lose
    weight, because the model that wrote them has changed.

    Args:
        decay: weight of earlier samples after another batch, in [0, 1].
    """

    def __init__(self, decay: float = 0.8) -> None:
        self._decay = decay
        self._seen: dict[str, dict[str, list[float]]] = {}

    def update(self, grades: Iterable[Grade]) -> None:
        """Count the samples of a batch; ungraded ones are ignored."""
        solved: Counter[tuple[str, Tier, bool]] = Counter()
        for grade in grades:
            if not grade.ungraded:
                tiers = {result.tier for result in grade.results if result.tier is not None}
                solved.update((grade.problem_id, tier, grade.rate(tier) == 1.0) for tier in tiers)
        for problem, tier in sorted({(problem, tier) for problem, tier, _ in solved}):
            seen = self._seen.setdefault(problem, {}).setdefault(str(tier), [0.0, 0.0])
            for outcome in (True, False):
                seen[outcome] = self._decay * seen[outcome] + solved[problem, tier, outcome]

    def chance(self, problem_id: str, tier: Tier) -> float:
        """The estimated chance that a completion solves a tier of a problem, in (0, 1); 1/2 before the first sample."""
        failed, passed = self._seen.get(problem_id, {}).get(str(tier), (0.0, 0.0))
        return (1 + passed) / (2 + passed + failed)

    def signal(self, problem_id: str, weights: Mapping[Tier, float]) -> float:
        """How much the samples of a group are expected to differ: the mean of 4 p (1 - p) over tiers, in (0, 1].

        Args:
            problem_id: of the problem.
            weights: of the tiers that count. Tiers that the problem was seen not to have are left out.
        """
        seen = self._seen.get(problem_id)
        counted = {tier: weight for tier, weight in weights.items() if seen is None or str(tier) in seen}
        if not counted:
            return 0.0
        chances = {tier: self.chance(problem_id, tier) for tier in counted}
        spread = sum(weight * 4 * chances[tier] * (1 - chances[tier]) for tier, weight in counted.items())
        return spread / sum(counted.values())

    def state_dict(self) -> dict[str, Any]:
        """The state for a checkpoint, as JSON."""
        return self._seen

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        self._seen = {
            problem: {tier: list(counts) for tier, counts in tiers.items()} for problem, tiers in state.items()
        }
