"""The stage `originals`: run the gold on the original tests before anything is paid for a problem."""

from collections.abc import Callable, Iterator, Sequence

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.stage import Checked
from tarot_bench.generation.workers import answered


class OriginalsStage:
    """Drops problems whose gold does not compile or fails an original test; those without original tests are kept."""

    name = "originals"
    whole = False

    def __init__(self, check: Callable[[Entry], Checked], workers: int) -> None:
        """Set up.

        Args:
            check: validates one entry, as for `repair`.
            workers: how many entries are checked at once.
        """
        self._check = check
        self._workers = workers

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry as soon as it is checked."""
        return answered(entries, self._answer, self._workers)

    def _answer(self, entry: Entry) -> StageOutcome:
        if not entry.problem.original_tests:
            return StageOutcome.keep(entry)
        problem = entry.problem.model_copy(update={"tests": ()})
        bare = entry.model_copy(update={"problem": problem, "facts": (), "validator": None})
        dropped = self._check(bare).dropped
        return StageOutcome.drop(entry, *dropped) if dropped else StageOutcome.keep(entry)
