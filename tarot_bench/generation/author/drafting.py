"""The protocol of authors, with its requests and results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from tarot_bench.dataset.entry import Entry, Materials, Provenance
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
        tiers: tests are wanted for each of these, as many as the settings say.
        round: 0 for the first writing, n for the n-th repair.
        failures: what was wrong with the round before.
        improves: the tests so far are accepted; the failures are wrong programs that they do not reject, and right
            ones that they do.
    """

    entry: Entry
    tiers: tuple[Tier, ...]
    round: int = 0
    failures: tuple[FailedTest, ...] = ()
    improves: bool = False

    def with_materials(self, materials: Materials) -> "Wanted":
        """The same request where more materials are there already."""
        joined = {"materials": self.entry.materials.with_more(materials)}
        return replace(self, entry=self.entry.model_copy(update=joined))


@dataclass(frozen=True, slots=True)
class Drafted:
    """The result of an author for one `Wanted`.

    Attributes:
        id: of the problem.
        tests: as many per wanted tier as the recipe asks for, each with where it came from; nothing of it was run yet.
        reason: a short code that tells why something is missing, as in ``refused``; None where all went well.
        detail: one line that explains the reason.
        materials: programs and inputs that the author wrote beside the tests; validators among them.
        pending: the service did not serve the request; nothing of the above is known yet.
    """

    id: str
    tests: tuple[tuple[TestCase, Provenance], ...] = ()
    reason: str | None = None
    detail: str = ""
    materials: Materials = field(default_factory=Materials)
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """Requests with their tokens and price.

    Attributes:
        requests: how many.
        input_tokens: of all of them.
        output_tokens: of all of them.
        usd: price of both; None where the recipe gives no prices.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """The requests that a generator would get, and what they cost. See `estimating` for the figures.

    Attributes:
        generator: its name.
        requests: how many the first round would send; those whose replies are in the journal are not among them.
        kept: how many have a reply already.
        expected: the likely requests of all rounds.
        most: as many and as long requests as the recipe allows.
        assumed: what the figures rest on, one line each.
    """

    generator: str
    requests: int = 0
    kept: int = 0
    expected: Bill = Bill()
    most: Bill = Bill()
    assumed: tuple[str, ...] = ()


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

    def written(self, wanted: Wanted) -> Materials:
        """Return the materials of the draft for a request, if the journal holds its reply; nothing is sent."""
        ...

    def estimate(self, wanted: Sequence[Wanted], rounds: int = 0) -> CostEstimate:
        """Return what `draft` and so many rounds of repair would send, and their cost; nothing is sent."""
        ...
