"""What the replies of services cost."""

from collections.abc import Iterable
from typing import Self

from tarot_bench.generation.history.exchanges import Asked
from tarot_bench.problem import Frozen


class Spent(Frozen):
    """What the replies of a service cost."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    """None where the recipe gives no prices."""

    def __add__(self, other: Self) -> Self:
        return type(self)(
            requests=self.requests + other.requests,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=None if self.usd is None or other.usd is None else self.usd + other.usd,
        )


def spent_on(asked: Iterable[Asked]) -> Spent:
    """Add up the cost of all replies."""
    replies = [reply for each in asked for reply in each.replies if reply.via != "none"]
    known = all(reply.usd is not None for reply in replies)
    return Spent(
        requests=len(replies),
        input_tokens=sum(reply.usage.input_tokens for reply in replies),
        output_tokens=sum(reply.usage.output_tokens for reply in replies),
        usd=sum(reply.usd or 0.0 for reply in replies) if known else None,
    )
