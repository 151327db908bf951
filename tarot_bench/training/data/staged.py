"""Order the data by a curriculum.

The problems are divided into four levels of difficulty, one for each tier, and a stage trains on the levels that it
names. It works with a reward under the same curriculum or under ``static``.
"""

import math
import random
from collections.abc import Callable, Sequence

from tarot_bench.errors import RecipeError
from tarot_bench.problem import TIERS, Tier
from tarot_bench.training.curriculum.schedule import REACHED, Curriculum
from tarot_bench.training.data.sampler import BlockSampler, DealtBlocks


class CurriculumSampler(BlockSampler):
    """Deals the problems of a stage's levels, each once before any comes again.

    The stage follows the number of the block, so it does not lag behind the trainer as its state, read from here,
    would: accelerate asks for every batch one batch ahead. Pass rates, and stages that end early, do lag by that batch.

    Args:
        curriculum: its stages name levels; a stage with ``keep`` takes that share of all problems, the hardest.
        difficulties: one number per row of the training set, larger is harder; a probe's 1 - solve rate, or positions
            where the rows are sorted. Equal ones keep the order of the rows.
        batch_size: prompts per generation batch.
        blocks: generation batches in the whole training.
        mini_repeat_count: completions per prompt.
        repeat_count: how often a generation batch is used.
        seed: the same on all processes.
        solve_rate: the running solve rate of a row, None where it is not known yet; all processes must agree on it.
            None: the difficulties decide.
        ahead: how far the position in the curriculum is before the progress (`tarot_bench.training.curriculum.Pace`).
        dealt: remembers the newest blocks for checkpoints.

    Raises:
        RecipeError: fewer rows than prompts in a batch, or none at a level that a stage names.
    """

    def __init__(
        self,
        curriculum: Curriculum,
        difficulties: Sequence[float],
        *,
        batch_size: int,
        blocks: int,
        mini_repeat_count: int = 1,
        repeat_count: int = 1,
        seed: int = 0,
        solve_rate: Callable[[int], float | None] | None = None,
        ahead: Callable[[], float] = lambda: 0.0,
        dealt: DealtBlocks | None = None,
    ) -> None:
        super().__init__(len(difficulties), batch_size, mini_repeat_count, repeat_count, dealt)
        self._curriculum = curriculum
        self._assumed = _as_shares(difficulties)
        self._levels = levels_of(difficulties)
        self._blocks = max(1, blocks)
        self._seed = seed
        self._solve_rate = solve_rate
        self._ahead = ahead
        if len(difficulties) < batch_size or not all(self.pool(start) for start, _ in curriculum.spans):
            raise RecipeError(
                f"{len(difficulties)} training problems are too few for {batch_size} prompts in a generation batch and "
                "four levels of difficulty; take more problems, or a smaller generation_batch_size"
            )

    def deal(self, number: int) -> list[int]:
        """The next rows of the stage's pool."""
        position = min(1.0, number / self._blocks + self._ahead())
        stage = self._curriculum.stage_number(position)
        rows = self.pool(position)
        start = max(0, number - self._first(stage)) * self.batch_size
        end = start + self.batch_size
        decks = range(start // len(rows), (end - 1) // len(rows) + 1)
        dealt = [row for deck in decks for row in self._shuffled(rows, stage, deck)]
        skipped = start - decks.start * len(rows)
        return dealt[skipped : skipped + self.batch_size]

    def pool(self, position: float) -> list[int]:
        """The rows that a stage trains on at a position, in order."""
        stage = self._curriculum.stage(position)
        if stage.keep == 1:
            return [row for row, level in enumerate(self._levels) if level in stage.tiers]
        rates = [self._solve_rate(row) if self._solve_rate else None for row in range(len(self._levels))]
        known = [1 - rate if rate is not None else hard for rate, hard in zip(rates, self._assumed, strict=True)]
        hardest = sorted(range(len(known)), key=known.__getitem__, reverse=True)
        return sorted(hardest[: math.ceil(stage.keep * len(hardest))])

    def _first(self, stage: int) -> int:
        """The number of the first block of a stage, as far as its beginning is known."""
        return math.ceil((self._curriculum.spans[stage][0] - self._ahead() - REACHED) * self._blocks)

    def _shuffled(self, rows: Sequence[int], stage: int, number: int) -> list[int]:
        """The pool of a stage, shuffled for its first, second, … pass."""
        deck = list(rows)
        random.Random(f"{self._seed} {stage} {number}").shuffle(deck)
        return deck


def levels_of(difficulties: Sequence[float]) -> list[Tier]:
    """Divide rows into four equal parts by difficulty; the easiest are at the level of the basic tier."""
    order = sorted(range(len(difficulties)), key=difficulties.__getitem__)
    levels = [Tier.BASIC] * len(order)
    for place, row in enumerate(order):
        levels[row] = TIERS[place * len(TIERS) // len(order)]
    return levels


def _as_shares(difficulties: Sequence[float]) -> list[float]:
    """Difficulties in [0, 1], comparable with 1 - solve rate: unchanged if they are shares, else their ranks."""
    if all(0 <= value <= 1 for value in difficulties):
        return list(difficulties)
    shares = [0.0] * len(difficulties)
    for place, row in enumerate(sorted(range(len(difficulties)), key=difficulties.__getitem__)):
        shares[row] = place / max(1, len(difficulties) - 1)
    return shares
