"""Count the requests of all generators while they run, and report them with the cost so far."""

from collections.abc import Callable

from tarot_bench.generation.author.budget import Budget
from tarot_bench.progress import RequestState


class Tally:
    """Counts requests that are done, those that are expected, and the finished rows of open batches."""

    def __init__(self, budget: Budget, report: Callable[[RequestState], None] = lambda state: None) -> None:
        """Start at zero: requests of earlier processes are not counted, but their cost is.

        Args:
            budget: knows the cost.
            report: called after every change.
        """
        self._budget = budget
        self._report = report
        self._done = 0
        self._left: dict[str, int] = {}
        self._open: dict[str, int] = {}

    def expect(self, generator: str, count: int) -> None:
        """A generator has so many requests left, as far as is known; some of them may turn out to have a reply."""
        self._left[generator] = count
        self._changed()

    def done(self, generator: str, count: int) -> None:
        """Requests are finished."""
        self._done += count
        self._left[generator] = max(0, self._left.get(generator, 0) - count)
        self._changed()

    def look(self, batch: str, rows: int) -> None:
        """An open batch has so many finished rows."""
        self._open[batch] = rows
        self._changed()

    def close(self, batch: str) -> None:
        """A batch is collected or forgotten."""
        self._open.pop(batch, None)

    def _changed(self) -> None:
        spent, limit = self._budget.spent, self._budget.limit_usd
        self._report(
            RequestState(
                done=self._done + sum(self._open.values()),
                total=self._done + sum(self._left.values()),
                usd=spent if spent or limit is not None else None,
                limit_usd=limit,
                open_batches=len(self._open),
            )
        )
