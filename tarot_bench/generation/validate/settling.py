"""Resolve tests whose declared output differs from the gold's, by policy; the flag keeps both outputs.

Published golds are known to be wrong on edge inputs, and authors mispredict outputs, so neither is trusted alone.
"""

from collections.abc import Sequence
from typing import Literal

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.author.drafting import FailedTest
from tarot_bench.generation.gold import same
from tarot_bench.problem import TestCase

Policy = Literal["gold", "majority", "drop"]
"""``gold``: the gold's output is taken; ``majority``: the output of more than half of all voters; ``drop``: none."""

STAGE = "validate"
_LONGEST = 20_000


def settle(policy: Policy, test: TestCase, gold: str, others: Sequence[str]) -> TestCase | None:
    """The test with the output that the policy chooses; None if the policy drops the test.

    Args:
        policy: see `Policy`.
        test: with the output that its author declared.
        gold: the gold's output.
        others: outputs of further voters on the same input: other authors, alternative solutions.
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


def failures_of(entry: Entry) -> tuple[FailedTest, ...]:
    """The failures of an entry's tests and validator, from the flags of `validate`, for authors."""
    return tuple(
        FailedTest(flag.tier, flag.input or "", flag.expected or "", flag.got or "", f"{flag.reason}: {flag.detail}")
        for flag in entry.flags
        if flag.stage == STAGE
    )


def refused_validator(entry: Entry) -> Flag | None:
    """The last flag for a validator of the entry that was not trusted."""
    return next((f for f in reversed(entry.flags) if f.stage == STAGE and f.reason.startswith("validator-")), None)
