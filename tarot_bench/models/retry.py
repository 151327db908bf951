"""Repeat requests that failed for reasons that may pass, with tenacity."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from tarot_bench.errors import TarotError, one_line
from tarot_bench.progress import Retry, report_retry

Result = TypeVar("Result")

_JITTER = wait_random_exponential(multiplier=0.5, max=60)
"""Exponential with full jitter, so that many clients do not come back at the same moment. Seconds."""
_LONGEST_WAIT_S = 300.0
"""However long a server asks us to wait, we ask again after this."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Transient:
    """A failure that may pass.

    Attributes:
        otherwise: what to raise when the retries are used up.
        delay_s: how long the server asked us to wait, if it did.
        most: retries that this failure is worth; None for as many as the user allows.
    """

    otherwise: TarotError
    delay_s: float | None = None
    most: int | None = None


class _TransientError(Exception):
    def __init__(self, failure: Transient) -> None:
        self.failure = failure


async def with_retries(
    ask: Callable[[], Awaitable[Result]], judge: Callable[[Exception], Transient], max_retries: int
) -> Result:
    """Call `ask` until it answers.

    Args:
        ask: one attempt.
        judge: given what an attempt raised, returns a `Transient` or raises what it means.
        max_retries: attempts after the first.

    Raises:
        TarotError: from `judge`, or ``Transient.otherwise`` after the last attempt.
    """

    async def attempt() -> Result:
        try:
            return await ask()
        except Exception as error:
            raise _TransientError(judge(error)) from error

    def used_up(state: RetryCallState) -> bool:
        most = _error(state).failure.most
        return state.attempt_number > (max_retries if most is None else min(most, max_retries))

    def report(state: RetryCallState) -> None:
        failure, delay_s = _error(state).failure, state.upcoming_sleep
        report_retry(Retry(one_line(failure.otherwise), delay_s, asked=failure.delay_s is not None))
        number = state.attempt_number + 1
        _log.info("%s; attempt %d of %d in %.1f s", failure.otherwise, number, max_retries + 1, delay_s)

    retrying = AsyncRetrying(
        sleep=asyncio.sleep,
        stop=used_up,
        wait=_delay_s,
        retry=retry_if_exception_type(_TransientError),
        before_sleep=report,
        retry_error_callback=_give_up,
    )
    return await retrying(attempt)


def server_delay_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a response asks us to wait, in [0, 300]; None if it does not say.

    ``retry-after-ms`` (milliseconds) goes before ``retry-after`` (seconds, or an HTTP date: RFC 9110, 10.2.3).
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is None and text:
        seconds = _seconds_until(text)
    return None if seconds is None else _bounded(seconds)


def _error(state: RetryCallState) -> _TransientError:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, _TransientError)
    return error


def _delay_s(state: RetryCallState) -> float:
    asked = _error(state).failure.delay_s
    return _JITTER(state) if asked is None else asked


def _give_up(state: RetryCallState) -> NoReturn:
    error = _error(state)
    raise error.failure.otherwise from error.__cause__


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_WAIT_S)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()
