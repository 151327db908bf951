"""The stage `complete`: drop problems that lack a tier, where no generator writes tests."""

from collections.abc import Iterator, Sequence

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Tier


class CompleteStage:
    """Drops problems without a test in every required tier."""

    name = "complete"
    whole = False

    def __init__(self, tiers: Sequence[Tier]) -> None:
        self._tiers = tuple(tiers)

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in the order given."""
        for entry in entries:
            missing = [tier for tier in self._tiers if not entry.problem.at(tier)]
            if missing:
                yield StageOutcome.drop(entry, "missing-tier", ", ".join(missing))
            else:
                yield StageOutcome.keep(entry)
