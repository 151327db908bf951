"""Show progress: a bar on a terminal, plain lines elsewhere; rate, time left, tokens, cost, retries."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from tarot_bench.progress import RequestState, Retry, hearing_retries
from tarot_bench.reporting.pace import Pace, told_duration, told_rate
from tarot_bench.texts import inline

_LINE_EVERY_S = 15.0
_LONG_WAIT_S = 5.0
"""Shorter waits are only counted."""


class Bar:
    """A progress bar for one phase at a time; a context manager that also receives retries."""

    def __init__(
        self,
        console: Console,
        prices: tuple[float, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a bar.

        Args:
            console: where to write.
            prices: USD per million input tokens and output tokens; None shows no cost.
            clock: seconds from any start.
        """
        self._console = console
        self._prices = prices
        self._clock = clock
        self._bar = _Bar(self._facts, console)
        self._task: TaskID | None = None
        self._what, self._total, self._done = "", 0, 0
        self._pace = Pace(clock())
        self._started = self._told = clock()
        self._tokens = [0, 0]
        self._told_facts = ""
        self._requests: RequestState | None = None
        self._request_pace = Pace(self._started)
        self._retries = 0
        self._waits: list[tuple[float, bool]] = []
        self._open = ExitStack()

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Start a phase; counts of tokens and retries continue."""
        self._what, self._total, self._done = what, total, done
        self._started = self._told = self._clock()
        self._pace = Pace(self._started, done)
        self._requests, self._told_facts = None, ""
        room = self._console.width - self._bar.bar_width - 2 * len(str(total)) - len(" / ")
        self._task = self._bar.add_task(_shortened(inline(what), room), total=total, completed=min(done, total))

    def step(self, count: int = 1) -> None:
        """Advance the phase."""
        self._done += count
        self._pace.at(self._clock(), self._done)
        if self._task is not None:
            self._bar.update(self._task, completed=min(self._done, self._total))
        self._tell_now_and_then()

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """Count the tokens of an answer."""
        self._tokens[0] += input_tokens
        self._tokens[1] += output_tokens

    def requests(self, state: RequestState) -> None:
        """Show the state of the requests to services, with their cost and the time left."""
        now = self._clock()
        if self._requests is None:
            self._request_pace = Pace(now, state.done)
        self._requests = state
        self._request_pace.at(now, state.done)
        self._tell_now_and_then()

    def retry(self, retry: Retry) -> None:
        """Count a retry, and show how long it waits."""
        now = self._clock()
        self._retries += 1
        self._waits = [wait for wait in self._waits if wait[0] > now] + [(now + retry.delay_s, retry.asked)]
        if retry.delay_s >= _LONG_WAIT_S:
            self._tell_now_and_then()

    def facts(self, told: str) -> None:
        """Show these facts from now on, until the phase is over."""
        self._told_facts = told

    def note(self, message: str) -> None:
        """Print a line above the bar."""
        self._console.print(inline(message), highlight=False, markup=False, soft_wrap=True)

    def end(self) -> None:
        """Close the phase."""
        facts = [f"{self._counted()} done in {self._clock() - self._started:.1f} s", *self._spent()]
        if not self._console.is_terminal or len(facts) > 1:
            self._line(", ".join(facts))
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None

    def _counted(self) -> str:
        return f"{min(self._done, self._total)}/{self._total}"

    def _facts(self) -> Iterator[str]:
        """The current facts of the phase besides its count."""
        now = self._clock()
        yield told_rate(self._pace.rate(now))
        left = self._pace.left_s(now, self._total)
        if left is not None:
            yield f"about {told_duration(left)} left"
        if self._told_facts:
            yield self._told_facts
        yield from self._spent()
        yield from self._at_services(now)
        yield from self._waiting(now)

    def _spent(self) -> Iterator[str]:
        given, made = self._tokens
        if given or made:
            yield f"{given:,} + {made:,} tokens"
            if self._prices:
                yield f"{(given * self._prices[0] + made * self._prices[1]) / 1e6:.2f} USD"
        if self._requests:
            yield f"{self._requests.done:,}/{self._requests.total:,} requests"
            yield from _cost(self._requests)
        if self._retries:
            yield "1 retry" if self._retries == 1 else f"{self._retries} retries"

    def _at_services(self, now: float) -> Iterator[str]:
        """The open batches, and the time until all requests are done."""
        state = self._requests
        if state is None:
            return
        if state.open_batches:
            yield "1 batch open" if state.open_batches == 1 else f"{state.open_batches} batches open"
        left = self._request_pace.left_s(now, state.total)
        if left:
            yield f"requests done in about {told_duration(left)}"

    def _waiting(self, now: float) -> Iterator[str]:
        """The longest wait of all requests that wait for another attempt."""
        until, asked = max(self._waits, default=(now, False))
        if until - now >= _LONG_WAIT_S:
            yield f"waiting {until - now:.0f} s{' (Retry-After)' if asked else ''}"

    def _tell_now_and_then(self) -> None:
        now = self._clock()
        if not self._console.is_terminal and now - self._told >= _LINE_EVERY_S:
            self._told = now
            self._line(", ".join([self._counted(), *self._facts()]))

    def _line(self, text: str) -> None:
        self._console.print(inline(f"{self._what}: {text}"), highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Self:
        self._open.enter_context(hearing_retries(self.retry))
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        self._open.close()


def _cost(state: RequestState) -> Iterator[str]:
    if state.usd is not None:
        yield f"{state.usd:.2f} USD" if state.limit_usd is None else f"{state.usd:.2f} of {state.limit_usd:.2f} USD"


def _shortened(text: str, width: int) -> str:
    """Shorten a text to at most `width` characters, with a mark where it is cut."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


class _Bar(Progress):
    """The bar on one line, and beneath it the facts that change even while no step is done."""

    def __init__(self, facts: Callable[[], Iterator[str]], console: Console) -> None:
        self._facts = facts
        self.bar_width = 24 if console.width >= 80 else 12
        super().__init__(
            TextColumn("{task.description}", markup=False),
            BarColumn(self.bar_width),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def get_renderables(self) -> Iterator[RenderableType]:
        yield from super().get_renderables()
        if self.tasks:
            yield Text(", ".join(self._facts()), style="dim")
