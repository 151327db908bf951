"""What becomes of a test whose declared output is not the gold's: settled by policy, with both outputs kept.

Published golds are known to be wrong on edge inputs, and authors predict wrongly: neither is believed blindly.
"""

from collections.abc import Sequence
from typing import Literal

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.author.drafting import TestFailure
from tarot_bench.generation.gold import same
from tarot_bench.problem import TestCase

Policy = Literal["gold", "majority", "drop"]
"""``gold``: the gold's output stands; ``majority``: the output that more than half of all voters give; ``drop``."""

STAGE = "validate"
_LONGEST = 20_000


def settle(policy: Policy, test: TestCase, gold: str, others: Sequence[str]) -> TestCase | None:
    """The test with the output that the policy gives it; None where the test is to go.

    Args:
        policy: see `Policy`.
        test: its output is what its author declared.
        gold: what the gold program gave.
        others: what further voters say of the same input: other authors, other correct solutions.
    """
    if policy == "drop":
        return None
    if policy == "gold":
        return test.model_copy(update={"output": gold})
    votes = [test.output, gold, *others]
    for candidate in votes:
        if sum(same(test, candidate, vote) for vote in votes) * 2 > len(votes):
            return test.model_copy(update={"output": candidate})
    return None


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


def failures_of(entry: Entry) -> tuple[TestFailure, ...]:
    """What validation found wrong with an entry's tests and validator: its flags, as authors are told of them."""
    return tuple(
        TestFailure(flag.tier, flag.input or "", flag.expected or "", flag.got or "", f"{flag.reason}: {flag.detail}")
        for flag in entry.flags
        if flag.stage == STAGE
    )
