"""Run the pending trainings of a sweep, each as a ``train`` command of its own."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.runs import RunDirectory, writing
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.sweep.grid import SweepCell, digest_of, expand
from tarot_bench.training.sweep.results import SweepTable, is_done, table_of
from tarot_bench.training.sweep.running import Task, TaskRunner, Tell
from tarot_bench.training.sweep.write import write_table


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """A sweep, expanded.

    Attributes:
        recipe: as given.
        cells: its trainings.
        folder: the table and the logs.
        options: further options of every ``train``, as in ``--launch zero2``.
        suite: the name of the suite of ``--then evaluate``; None without.
    """

    recipe: str
    cells: Sequence[SweepCell]
    folder: Path
    options: tuple[str, ...]
    suite: str | None

    @property
    def pending(self) -> list[SweepCell]:
        """The trainings that are not done."""
        return [cell for cell in self.cells if not is_done(cell, self.suite)]

    def arguments(self, cell: SweepCell) -> list[str]:
        """The arguments of ``tarot-bench`` that train a cell; what is there of it is continued."""
        output = None if cell.run == cell.training.output else cell.run
        made = Invocation(self.recipe, overrides=cell.overrides, output=output, resume=True)
        return [*made.arguments, *self.options]

    def run(self, jobs: int, tell: Tell) -> SweepTable:
        """Run what is pending, and write the table; a training that fails stops no other.

        Args:
            jobs: trainings at a time.
            tell: takes lines for the user; called from several threads.

        Raises:
            RunError: another process runs this sweep, a result cannot be read, or the table cannot be written.
        """
        tasks = [
            Task(cell.label, [sys.executable, "-m", "tarot_bench", *self.arguments(cell)], self._log(cell))
            for cell in self.pending
        ]
        names = [cell.training.run_name for cell in self.cells]
        with writing(self.folder):
            RunDirectory.start(self.folder, "sweep", {"trainings": names}, {}, resume=True)
            failed = TaskRunner(jobs, tell).run(tasks)
            made = table_of(self.cells, self.suite, failed)
            write_table(made, self.folder, f"Sweep of {self.cells[0].training.recipe.name}")
        return made

    def _log(self, cell: SweepCell) -> Path:
        return self.folder / "logs" / f"{cell.training.run_name}.log"


def plan_sweep(
    recipe: str, pairs: Sequence[str], folder: Path, options: Sequence[str] = (), suite: str | None = None
) -> SweepPlan:
    """Expand a sweep.

    Args:
        recipe: as for `expand`, as are `pairs`.
        pairs: the grid.
        folder: contains the runs, and ``sweeps/RECIPE-DIGEST``, a run of kind ``sweep`` with the table and the logs.
        options: further options of every ``train``.
        suite: the name of the suite that ``--then evaluate`` among the options uses.

    Raises:
        RecipeError: as `expand`.
    """
    cells = expand(recipe, pairs, folder)
    own = folder / "sweeps" / f"{cells[0].training.recipe.name}-{digest_of(cells)}"
    return SweepPlan(recipe, cells, own, tuple(options), suite)
