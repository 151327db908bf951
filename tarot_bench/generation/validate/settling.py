"""Flags of the stage `validate`, and what authors are told of them."""

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.author.drafting import FailedTest
from tarot_bench.problem import TestCase

STAGE = "validate"
_LONGEST = 20_000
_NO_FAILURES = {"checker-chosen", "checker-widened"}


def test_flag(reason: str, test: TestCase, got: str, what: str) -> Flag:
    """A flag on one test, with both outputs in full (up to 20,000 characters each)."""
    return Flag(
        stage=STAGE,
        reason=reason,
        detail=what[:_LONGEST],
        tier=test.tier,
        input=test.input[:_LONGEST],
        expected=test.output[:_LONGEST],
        got=got[:_LONGEST],
    )


def failures_of(entry: Entry) -> tuple[FailedTest, ...]:
    """The failures of an entry's tests and programs, from the flags of `validate`, for authors."""
    return tuple(
        FailedTest(flag.tier, flag.input or "", flag.expected or "", flag.got or "", f"{flag.reason}: {flag.detail}")
        for flag in entry.flags
        if flag.stage == STAGE and flag.reason not in _NO_FAILURES
    )


def why_no_validator(entry: Entry) -> Flag | None:
    """The last flag for a validator that was not trusted, or that no author wrote; None if the entry has one."""
    if entry.validator is not None:
        return None
    told = (flag for flag in reversed(entry.flags) if flag.reason.startswith(("validator-", "no-validator")))
    return next(told, None)
