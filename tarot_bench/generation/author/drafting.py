"""The protocol of authors, with its requests and results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tarot_bench.dataset.entry import Entry, Provenance
from tarot_bench.problem import TestCase, Tier


@dataclass(frozen=True, slots=True)
class FailedTest:
    """Why a test, or the validator, of an earlier round was not accepted.

    Attributes:
        tier: of the test; None for the validator, or for the draft as a whole.
        input: the test's input.
        expected: the output that the author predicted.
        got: what the gold program really wrote, or how it ended.
        what: the error on one line.
    """

    tier: Tier | None
    input: str
    expected: str
    got: str
    what: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request for tests of one problem.

    Attributes:
        entry: the problem, with what is known of it so far.
        tiers: tests are wanted for each of these: one, or as many as the generator's settings say.
        round: 0 for the first writing, n for the n-th repair.
        failures: what was wrong with the round before.
    """

    entry: Entry
    tiers: tuple[Tier, ...]
    round: int = 0
    failures: tuple[FailedTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """The result of an author for one `Wanted`.

    Attributes:
        id: of the problem.
        tests: one per wanted tier at most, or as many as the generator's settings ask for, each with where it came
            from; nothing of it was run yet.
        tests: one per wanted tier at most, or as many as the generator's settings ask for, each with where it came
            from; nothing of it was run yet.
        validator: a program that accepts valid inputs; None if none was requested, or none came.
        reason: a short code that tells why there are no tests, as in ``refused``; None where all went well.
        detail: one line that explains the reason.
    """

    id: str
    tests: tuple[tuple[TestCase, Provenance], ...]
    validator: str | None
    reason: str | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """The requests that a generator would get, and the most that they can cost.

    Attributes:
        generator: its name.
        requests: how many would be sent; those whose replies are in the journal are not among them.
        kept: how many have a reply already.
        input_tokens: estimated from the bytes of the request bodies (`budget.BYTES_PER_TOKEN`).
        output_tokens: the limit of the recipe for every request: most answers are shorter.
        usd: price of both; None where the recipe gives no prices.
    """

    generator: str
    requests: int = 0
    kept: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0


class Author(Protocol):
    """Writes tests. A repeated request is answered from the author's journal, without paying twice."""

    @property
    def name(self) -> str:
        """The generator's name in the recipe, as in `Provenance.generator`."""
        ...

    def draft(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        """Write the requested tests; one `Drafted` for each request, in order.

        Raises:
            UserError: the run cannot continue (no credit, a wrong key, the cost limit); what was answered is kept.
        """
        ...

    def estimate(self, wanted: Sequence[Wanted]) -> CostEstimate:
        """Return what `draft` would send, and the most that it can cost; nothing is sent."""
        ...
