"""Asking again: what is worth a second try, and how long to wait for it."""

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tarot_bench.errors import TarotError, one_line
from tarot_bench.progress import Retry, report_retry

Result = TypeVar("Result")

_BASE_S, _CEILING_S = 0.5, 60.0
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


async def with_retries(
    ask: Callable[[], Awaitable[Result]], judge: Callable[[Exception], Transient], max_retries: int
) -> Result:
    """Call `ask` until it answers.

    Args:
        ask: one attempt.
        judge: given what an attempt raised, says that it is transient or raises what it really means.
        max_retries: attempts after the first.

    Raises:
        TarotError: from `judge`, or ``Transient.otherwise`` after the last attempt.
    """
    for attempt in range(max_retries + 1):
        try:
            return await ask()
        except Exception as error:
            failure = judge(error)
            if attempt >= min(max_retries, max_retries if failure.most is None else failure.most):
                raise failure.otherwise from error
            delay_s = _backoff_s(attempt) if failure.delay_s is None else failure.delay_s
            report_retry(Retry(one_line(failure.otherwise), delay_s, asked=failure.delay_s is not None))
            _log.info("%s; attempt %d of %d in %.1f s", failure.otherwise, attempt + 2, max_retries + 1, delay_s)
        await asyncio.sleep(delay_s)
    raise AssertionError("unreachable: the last attempt answers or raises")


def server_delay_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that a response asks us to wait, in [0, 300]; None if it does not say.

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


def _backoff_s(attempt: int) -> float:
    """Exponential with full jitter, so that many clients do not come back at the same moment."""
    return random.uniform(0, min(_CEILING_S, _BASE_S * 2**attempt))


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
