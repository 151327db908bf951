"""Draw problems by what a group of samples is expected to teach: dynamic sampling."""

import math
import random
from collections.abc import Callable, Sequence

from tarot_bench.errors import RecipeError
from tarot_bench.training.data.sampler import BlockSampler, DealtBlocks


class DynamicSampler(BlockSampler):
    """Prefers rows with a large signal, and deals every row at least once in a number of epochs.

    A part of each block is dealt from a shuffled deck of all rows, as large as needed to get through it in
    `every_epochs` epochs. The rest is drawn without replacement (Efraimidis & Spirakis 2006) with weights
    floor + (1 - floor) x signal. Signals lag by one batch, as accelerate asks for batches one batch ahead.

    Args:
        rows: of the training set.
        signal: of a row at a share of training that is done, in [0, 1]; the same in all processes.
        batch_size: prompts per generation batch.
        blocks: generation batches in the whole training.
        mini_repeat_count: completions per prompt.
        repeat_count: how often a generation batch is used.
        floor: weight of a row without any signal, in (0, 1].
        every_epochs: epochs in which each row is dealt at least once; at least 2.
        seed: the same on all processes.
        dealt: remembers the newest blocks for checkpoints.

    Raises:
        RecipeError: fewer rows than prompts in a batch.
    """

    def __init__(
        self,
        rows: int,
        signal: Callable[[int, float], float],
        *,
        batch_size: int,
        blocks: int,
        mini_repeat_count: int = 1,
        repeat_count: int = 1,
        floor: float = 0.1,
        every_epochs: int = 4,
        seed: int = 0,
        dealt: DealtBlocks | None = None,
    ) -> None:
        super().__init__(rows, batch_size, mini_repeat_count, repeat_count, dealt)
        if rows < batch_size:
            raise RecipeError(
                f"{rows} training problems are too few for {batch_size} prompts in a generation batch; take more "
                "problems, or a smaller generation_batch_size"
            )
        self._rows = range(rows)
        self._signal = signal
        self._blocks = max(1, blocks)
        self._floor = floor
        self._span = every_epochs * self.per_epoch
        self._seed = seed

    def deal(self, number: int) -> list[int]:
        """The rows of the deck that are due, then rows drawn by their signals."""
        due = self._due(number)
        return due + self._drawn(number, sorted(set(self._rows) - set(due)), self.batch_size - len(due))

    def _due(self, number: int) -> list[int]:
        deck, place = list(self._rows), number % self._span
        random.Random(f"{self._seed} deck {number // self._span}").shuffle(deck)
        size = math.ceil(len(deck) / self._span)
        return deck[place * size : (place + 1) * size]

    def _drawn(self, number: int, rows: Sequence[int], count: int) -> list[int]:
        progress = min(1.0, number / self._blocks)
        chance = random.Random(f"{self._seed} block {number}")
        weights = [self._floor + (1 - self._floor) * self._signal(row, progress) for row in rows]
        keys = {row: chance.random() ** (1 / weight) for row, weight in zip(rows, weights, strict=True)}
        return sorted(rows, key=keys.__getitem__, reverse=True)[:count]
