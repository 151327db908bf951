"""Order the data by a curriculum, in the blocks that TRL's trainers expect.

The problems are divided into four levels of difficulty, one for each tier, and a stage trains on the levels that it
names. It works with a reward under the same curriculum or under ``static``.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence

from tarot_bench.errors import RecipeError
from tarot_bench.problem import TIERS, Tier
from tarot_bench.training.curriculum import Curriculum


class CurriculumSampler:
    """A sampler in place of TRL's ``RepeatSampler``, with the same blocks (``GRPOTrainer._get_train_sampler``).

    A block holds `batch_size` prompts, each `mini_repeat_count` times in a row, and is given `repeat_count` times. An
    epoch has as many blocks as ``RepeatSampler`` would give. What a block holds depends on the seed, on its number and
    (where a stage keeps the hardest) on the current pass rates, not on earlier calls: a resumed training sees the same
    problems as an uninterrupted one.

    The stage follows the number of the block, so it does not lag behind the trainer as its state, read from here,
    would: accelerate asks for every batch one batch ahead. The pass rates do lag by that one batch.

    Args:
        curriculum: its stages name levels; a stage with ``keep`` takes that share of all problems, the hardest.
        difficulties: one number per row of the training set, larger is harder; a probe's 1 - solve rate, or positions
            where the rows are sorted. Equal ones keep the order of the rows.
        batch_size: prompts per generation batch.
        blocks: generation batches in the whole training.
        mini_repeat_count: completions per prompt.
        repeat_count: how often a generation batch is used.
        seed: the same on all processes.
        solve_rate: the running solve rate of a row, None where it is not known yet. Processes must agree on it, so
            leave it out where there are several; then the difficulties decide.

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
    ) -> None:
        self._curriculum = curriculum
        self._assumed = _as_shares(difficulties)
        self._levels = levels_of(difficulties)
        self._batch_size = batch_size
        self._blocks = max(1, blocks)
        self._stages = [curriculum.stage_number(number / self._blocks) for number in range(self._blocks)]
        self._shape = (repeat_count, mini_repeat_count)
        self._seed = seed
        self._solve_rate = solve_rate
        self._epoch = 0
        if len(difficulties) < batch_size or not all(self.pool(start) for start, _ in curriculum.spans):
            raise RecipeError(
                f"{len(difficulties)} training problems are too few for {batch_size} prompts in a generation batch and "
                f"the levels of {curriculum.name!r}; take more problems, or a smaller generation_batch_size"
            )

    def __len__(self) -> int:
        """Indices per epoch."""
        return self._per_epoch * self._batch_size * math.prod(self._shape)

    def __iter__(self) -> Iterator[int]:
        """The indices of one epoch; each call returns the next epoch."""
        uses, repeats = self._shape
        for number in range(self._per_epoch):
            prompts = self.block(self._epoch * self._per_epoch + number)
            for _ in range(uses):
                for row in prompts:
                    yield from [row] * repeats
        self._epoch += 1

    def set_epoch(self, epoch: int) -> None:
        """Set the next epoch, which after a resume is not the first."""
        self._epoch = epoch

    def block(self, number: int) -> list[int]:
        """The rows of a generation batch, numbered from the start of training."""
        stage = self._stages[min(number, self._blocks - 1)]
        rows = self.pool(min(1.0, number / self._blocks))
        start = (number - self._stages.index(stage)) * self._batch_size
        end = start + self._batch_size
        decks = range(start // len(rows), (end - 1) // len(rows) + 1)
        dealt = [row for deck in decks for row in self._shuffled(rows, stage, deck)]
        skipped = start - decks.start * len(rows)
        return dealt[skipped : skipped + self._batch_size]

    def pool(self, progress: float) -> list[int]:
        """The rows that a stage trains on at a point of training, in order."""
        stage = self._curriculum.stage(progress)
        if stage.keep == 1:
            return [row for row, level in enumerate(self._levels) if level in stage.tiers]
        rates = [self._solve_rate(row) if self._solve_rate else None for row in range(len(self._levels))]
        known = [1 - rate if rate is not None else hard for rate, hard in zip(rates, self._assumed, strict=True)]
        hardest = sorted(range(len(known)), key=known.__getitem__, reverse=True)
        return sorted(hardest[: math.ceil(stage.keep * len(hardest))])

    def _shuffled(self, rows: Sequence[int], stage: int, number: int) -> list[int]:
        """The pool of a stage, shuffled for its first, second, … pass."""
        deck = list(rows)
        random.Random(f"{self._seed} {stage} {number}").shuffle(deck)
        return deck

    @property
    def _per_epoch(self) -> int:
        return len(self._levels) // self._batch_size


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
