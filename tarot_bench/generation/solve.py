"""The stage `solve`: models solve each problem from its statement; `validate` then tries what they wrote."""

from collections.abc import Iterator, Sequence

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.author.solver import STAGE, Solver
from tarot_bench.generation.stage import StageOutcome

_PORTION = 16
"""Live requests in one portion, for each that may be under way."""


class SolveStage:
    """Adds samples of every solver to ``entry.solutions``. It drops nothing; samples that are missing leave a flag."""

    name = STAGE
    whole = False

    def __init__(self, solvers: Sequence[Solver]) -> None:
        self._solvers = solvers

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in order; requests that the journal holds are not sent again.

        An entry with a request that was not served has no outcome: it stays pending.

        Raises:
            UserError: a solver cannot continue; all answers are kept.
        """
        size = self._portion(len(entries))
        for start in range(0, len(entries), size):
            part = entries[start : start + size]
            for solver in self._solvers:
                solver.fetch(part, max(0, len(entries) - start - size))
            for entry in part:
                if (made := self._solved(entry)) is not None:
                    yield StageOutcome.keep(made)

    def _portion(self, entries: int) -> int:
        """Entries whose requests are sent together: all of them where a solver uses batches."""
        settings = [solver.settings for solver in self._solvers]
        if any(each.mode == "batch" for each in settings):
            return max(1, entries)
        return max(1, *(_PORTION * each.concurrency // each.samples for each in settings))

    def _solved(self, entry: Entry) -> Entry | None:
        """The entry with the samples of all solvers; None while one is pending."""
        made = [solver.sampled(entry) for solver in self._solvers]
        served = [each for each in made if each is not None]
        if len(served) < len(made):
            return None
        solutions = tuple(solution for found, _ in served for solution in found)
        flags = tuple(flag for _, missing in served for flag in missing)
        return entry.model_copy(update={"solutions": solutions, "flags": (*entry.flags, *flags)})
