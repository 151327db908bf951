"""An author that uses a model: writes the requests, and parses the answers into tests."""

from collections.abc import Iterator, Sequence
from functools import partial

from tarot_bench.dataset.entry import Materials, Provenance
from tarot_bench.generation.author.asked import Asked, asked_of
from tarot_bench.generation.author.asking import Asking, Question
from tarot_bench.generation.author.drafting import CostEstimate, Drafted, Wanted
from tarot_bench.generation.author.estimating import estimated
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.prompts import AuthorPrompt, Prompts
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.generation.author.suite import read, schema
from tarot_bench.models import Request

_PORTION = 16
"""Live requests in one portion, for each that may be under way."""


class LlmAuthor:
    """Implements `drafting.Author`: one prompt asks for everything that is wanted of a problem.

    The model is opened for the first request and stays open until `close`.
    """

    def __init__(
        self,
        settings: GeneratorSettings,
        asking: Asking,
        prompts: Prompts,
        day: str,
        section: AuthorSettings = AuthorSettings(),  # noqa: B008 -- frozen
    ) -> None:
        """Set up.

        Args:
            settings: the generator.
            asking: asks its model.
            prompts: the templates.
            day: of the run, for the provenance.
            section: what to ask for.
        """
        self.name = settings.name
        self._settings = settings
        self._asking = asking
        self._prompts = prompts
        self._day = day
        self._section = section

    def draft(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        """Request the answers that the journal does not hold, then parse all of them, in order.

        Batches contain all requests; live requests are sent in portions, so that drafts are available while
        later ones are still to be requested.

        Raises:
            UserError: as `drafting.Author.draft`.
        """
        size = len(wanted) if self._settings.mode == "batch" else _PORTION * self._settings.concurrency
        for start in range(0, len(wanted), max(1, size)):
            yield from self._portion(wanted[start : start + size], max(0, len(wanted) - start - size))

    def written(self, wanted: Wanted) -> Materials:
        """Return the materials in the reply to a request; none where the journal holds no reply."""
        if self._asked(wanted).nothing:
            return Materials()
        return self._read(self._asking.key(self._request(wanted)), wanted).materials

    def estimate(self, wanted: Sequence[Wanted], rounds: int = 0) -> CostEstimate:
        """Return what `draft` and rounds of repair would send, and its cost; nothing is sent or opened."""
        requests = (self._request(want) for want in wanted if not self._asked(want).nothing)
        return estimated(self._asking, self._settings, requests, rounds)

    def close(self) -> None:
        """Close the model, if it was opened. Idempotent."""
        self._asking.close()

    def _portion(self, wanted: Sequence[Wanted], later: int) -> Iterator[Drafted]:
        keys = [None if self._asked(want).nothing else self._asking.key(self._request(want)) for want in wanted]
        asked = {key: number for number, key in enumerate(keys) if key}
        questions = [Question(key, partial(self._nth, wanted, number)) for key, number in asked.items()]
        self._asking.fetch(questions, later)
        for key, want in zip(keys, wanted, strict=True):
            yield self._read(key, want) if key else Drafted(want.entry.problem.id)

    def _read(self, key: str, wanted: Wanted) -> Drafted:
        problem, asked = wanted.entry.problem, self._asked(wanted)
        reply = self._asking.reply(key)
        if reply is None:
            return Drafted(problem.id, pending=True)
        if reply.text is None:
            return Drafted(problem.id, reason=reply.reason, detail=reply.detail)
        provenance = Provenance(
            generator=self.name,
            prompt_digest=self._prompt(wanted).digest,
            date=self._day,
            request_id=reply.request_id,
            round=wanted.round,
        )
        suite = read(reply.text, problem, asked, provenance)
        tests = tuple((test, provenance) for test in suite.tests)
        return Drafted(problem.id, tests, suite.reason, suite.detail, suite.materials)

    def _asked(self, wanted: Wanted) -> Asked:
        return asked_of(wanted, self._section)

    def _prompt(self, wanted: Wanted) -> AuthorPrompt:
        asked = self._asked(wanted)
        shown = None if self._asking.exchange.is_structured else schema(asked)
        return self._prompts.render(wanted, asked, shown)

    def _request(self, wanted: Wanted) -> Request:
        prompt = self._prompt(wanted)
        return Request(wanted.entry.problem, wanted.round, prompt.user, prompt.system, schema(self._asked(wanted)))

    def _nth(self, wanted: Sequence[Wanted], number: int) -> Request:
        return self._request(wanted[number])
