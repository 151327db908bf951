"""The pace of a training: its position in a curriculum, which observed pass rates can bring forward.

A stage never begins again, so a pass rate that hovers at its threshold causes one switch. Every stage ends, at the
latest after the length that it has in the schedule, so the last stage has at least its scheduled share of training.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tarot_bench.problem import Tier
from tarot_bench.training.curriculum.schedule import REACHED, Advance, Curriculum
from tarot_bench.verdict import Grade


@dataclass(frozen=True, slots=True)
class Switch:
    """The beginning of a stage after the first.

    Attributes:
        stage: its index, from 0.
        progress: share of training that was done.
        pass_rate: the rate that ended the stage before; None where it lasted as long as in the schedule.
    """

    stage: int
    progress: float
    pass_rate: float | None

    def line(self, curriculum: Curriculum) -> str:
        """One line about it; stages are counted from 1."""
        why = "as scheduled" if self.pass_rate is None else f"at a pass rate of {self.pass_rate:.2f}"
        tiers = ", ".join(curriculum.tiers_of(self.stage))
        return f"stage {self.stage + 1} of {len(curriculum.stages)} ({tiers}) from {self.progress:.3f}, {why}"


class Pace:
    """Where in a curriculum one training is.

    All training processes must observe the same grades. The progress must not fall.

    Args:
        curriculum: stages with ``advance`` can end early; without them the position is the progress.

    Attributes:
        switches: the stages that have begun since the first, in order.
        ahead: how far the position is before the progress.
    """

    def __init__(self, curriculum: Curriculum) -> None:
        self.switches: list[Switch] = []
        self.ahead = 0.0
        self._curriculum = curriculum
        self._window = _Window()
        self._held = 0

    def position(self, progress: float) -> float:
        """The position in the curriculum, in [0, 1], for a share of training that is done."""
        return min(1.0, progress + self.ahead)

    def observe(self, grades: Sequence[Grade], progress: float) -> None:
        """Take note of a training batch, which may end the stage that it belonged to.

        Args:
            grades: of the completions of all training processes; ungraded ones do not count.
            progress: share of training that was done before the batch.
        """
        number = self._curriculum.stage_number(self.position(progress))
        if number != self._stage:
            self._enter(Switch(number, progress, None))
        stage = self._curriculum.stages[number]
        if stage.advance is None:
            return
        self._window.add(grades, self._curriculum.tiers_of(number), stage.advance.window)
        rate = self._window.worst_rate(stage.advance.window)
        self._held = self._held + 1 if self._holds(rate, stage.advance) else 0
        lasted = progress - (self.switches[-1].progress if self.switches else 0.0)
        if self._held >= stage.advance.hold and lasted >= stage.advance.min_length - REACHED:
            self.ahead = stage.until - progress
            self._enter(Switch(number + 1, progress, rate))

    def state_dict(self) -> dict[str, Any]:
        """The state for a checkpoint, as JSON."""
        return {
            "ahead": self.ahead,
            "held": self._held,
            "batches": self._window.batches,
            "switches": [asdict(switch) for switch in self.switches],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        self.ahead = state["ahead"]
        self._held = state["held"]
        self._window = _Window([(count, dict(rates)) for count, rates in state["batches"]])
        self.switches = [Switch(**switch) for switch in state["switches"]]

    @property
    def _stage(self) -> int:
        return self.switches[-1].stage if self.switches else 0

    def _holds(self, rate: float | None, advance: Advance) -> bool:
        tolerated = advance.hysteresis if self._held else 0.0
        return rate is not None and rate >= advance.pass_rate - tolerated - REACHED

    def _enter(self, switch: Switch) -> None:
        self.switches.append(switch)
        self._window, self._held = _Window(), 0


class _Window:
    """The newest batches of a stage: the number of graded completions, and the sum and count of each tier's rates."""

    def __init__(self, batches: Sequence[tuple[int, dict[str, list[float]]]] = ()) -> None:
        self.batches = list(batches)

    def add(self, grades: Sequence[Grade], tiers: Sequence[Tier], size: int) -> None:
        """Add a batch, and drop the oldest ones while `size` completions are left."""
        graded = [grade for grade in grades if not grade.ungraded]
        rates = {str(tier): [rate for grade in graded if (rate := grade.rate(tier)) is not None] for tier in tiers}
        self.batches.append((len(graded), {tier: [math.fsum(found), len(found)] for tier, found in rates.items()}))
        while self._size() - self.batches[0][0] >= size:
            self.batches.pop(0)

    def worst_rate(self, size: int) -> float | None:
        """The mean pass rate of the worst tier; None before there are `size` completions, or without tests."""
        if self._size() < size:
            return None
        sums: dict[str, list[float]] = {}
        for _, rates in self.batches:
            for tier, (total, count) in rates.items():
                before = sums.get(tier, [0.0, 0])
                sums[tier] = [before[0] + total, before[1] + count]
        return min((total / count for total, count in sums.values() if count), default=None)

    def _size(self) -> int:
        return sum(count for count, _ in self.batches)
