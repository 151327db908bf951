"""Samplers in place of TRL's ``RepeatSampler``, with the same blocks (``GRPOTrainer._get_train_sampler``)."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

_KEPT = 8
"""Blocks that are remembered; a trainer asks for a block one block ahead."""


class DealtBlocks:
    """The newest blocks of a sampler, as a checkpoint saves them: dealt before it, and trained on after it.

    What a block holds may depend on pass rates, which have changed when a resumed training asks for the block again.
    """

    def __init__(self) -> None:
        self._rows: dict[int, list[int]] = {}

    def get(self, number: int) -> list[int] | None:
        """The rows of a block; None where it is not among the newest."""
        return self._rows.get(number)

    def add(self, number: int, rows: list[int]) -> None:
        """Remember a block, and forget the oldest ones."""
        self._rows[number] = rows
        self._rows = {kept: self._rows[kept] for kept in sorted(self._rows)[-_KEPT:]}

    def state_dict(self) -> dict[str, Any]:
        """The state for a checkpoint, as JSON."""
        return {str(number): rows for number, rows in self._rows.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        self._rows = {int(number): list(rows) for number, rows in state.items()}


class BlockSampler(ABC):
    """A sampler whose blocks are numbered from the start of training.

    A block holds `batch_size` prompts, each `mini_repeat_count` times in a row, and is given `repeat_count` times. An
    epoch has as many blocks as ``RepeatSampler`` would give.

    Args:
        rows: of the training set.
        batch_size: prompts per generation batch.
        mini_repeat_count: completions per prompt.
        repeat_count: how often a generation batch is used.
        dealt: remembers the newest blocks for checkpoints.
    """

    def __init__(
        self,
        rows: int,
        batch_size: int,
        mini_repeat_count: int = 1,
        repeat_count: int = 1,
        dealt: DealtBlocks | None = None,
    ) -> None:
        self.batch_size = batch_size
        self.per_epoch = rows // batch_size
        self._shape = (repeat_count, mini_repeat_count)
        self._dealt = dealt or DealtBlocks()
        self._epoch = 0

    @abstractmethod
    def deal(self, number: int) -> list[int]:
        """The rows of a block, by its number and whatever is known at the moment; the same in all processes."""

    def block(self, number: int) -> list[int]:
        """The rows of a block, which stay the same once it was dealt, also after a resume."""
        rows = self._dealt.get(number)
        if rows is None:
            rows = self.deal(number)
            self._dealt.add(number, rows)
        return rows

    def __len__(self) -> int:
        """Indices per epoch."""
        return self.per_epoch * self.batch_size * math.prod(self._shape)

    def __iter__(self) -> Iterator[int]:
        """The indices of one epoch; each call returns the next epoch."""
        uses, repeats = self._shape
        for number in range(self.per_epoch):
            prompts = self.block(self._epoch * self.per_epoch + number)
            for _ in range(uses):
                for row in prompts:
                    yield from [row] * repeats
        self._epoch += 1

    def set_epoch(self, epoch: int) -> None:
        """Set the next epoch, which after a resume is not the first."""
        self._epoch = epoch
