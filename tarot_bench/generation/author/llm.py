"""A generator LLM as an author: what to ask, where to find the answer, and how it becomes tests."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from tarot_bench import loops
from tarot_bench.dataset.entry import Provenance
from tarot_bench.generation.author.batches import BatchRequests
from tarot_bench.generation.author.bodies import Body, body
from tarot_bench.generation.author.budget import Budget, most_usage, price, spent_on
from tarot_bench.generation.author.drafting import CostEstimate, Drafted, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.generation.author.live import Asked, LiveRequests
from tarot_bench.generation.author.prompts import AuthorPrompt, Prompts
from tarot_bench.generation.author.replies import read_reply
from tarot_bench.generation.author.service import LlmService
from tarot_bench.generation.author.suite import read, schema
from tarot_bench.verdict import Usage

_PORTION = 16
"""Live requests in one portion, for each that may be under way."""


class LlmAuthor:
    """Implements `drafting.Author`: one prompt asks for all tiers of a problem that are wanted, and a validator."""

    def __init__(
        self,
        settings: GeneratorSettings,
        journal: ReplyJournal,
        budget: Budget,
        prompts: Prompts,
        on_reply: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Check the prices; what the journal already paid for is booked.

        Args:
            settings: the generator.
            journal: of the run.
            budget: of the run.
            prompts: the templates.
            on_reply: told how many requests were just done with.

        Raises:
            RecipeError: a cost limit without prices.
        """
        budget.admit(settings)
        self.name = settings.name
        self._settings = settings
        self._journal = journal
        self._budget = budget
        self._prompts = prompts
        self._on_reply = on_reply
        for raw in journal.replies(self.name):
            budget.spent += spent_on(read_reply(raw, settings.provider), settings)

    def draft(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        """Ask for what the journal does not hold, then read the answers, in order.

        Batches are made of everything that is wanted; live requests are sent in portions, so that drafts come out while
        later ones are still to be asked for.

        Raises:
            UserError: as `drafting.Author.draft`.
        """
        size = len(wanted) if self._settings.mode == "batch" else _PORTION * self._settings.concurrency
        for start in range(0, len(wanted), max(1, size)):
            yield from self._portion(wanted[start : start + size])

    def _portion(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        keys = [self._key(want) for want in wanted]
        owed = {key: want for key, want in zip(keys, wanted, strict=True) if self._journal.get(key) is None}
        if owed or self._journal.open_batches(self.name):
            loops.run(self._ask([Asked(key, partial(self._body, want)) for key, want in owed.items()]))
        for key, want in zip(keys, wanted, strict=True):
            yield self._read(key, want)

    def estimate(self, wanted: Sequence[Wanted]) -> CostEstimate:
        """What `draft` would ask for, at most; nothing is sent."""
        owed = [want for want in wanted if self._journal.get(self._key(want)) is None]
        most = [most_usage(self._body(want), self._settings) for want in owed]
        usage = Usage(
            input_tokens=sum(each.input_tokens for each in most), output_tokens=sum(each.output_tokens for each in most)
        )
        cost = price(usage, self._settings)
        kept = len(wanted) - len(owed)
        return CostEstimate(self.name, len(owed), kept, usage.input_tokens, usage.output_tokens, cost)

    async def _ask(self, owed: list[Asked]) -> None:
        # An SDK's client belongs to one event loop: each call has its own.
        service = _open(self._settings, self._journal.run_id)
        kind = BatchRequests if self._settings.mode == "batch" else LiveRequests
        try:
            await kind(self._settings, service, self._journal, self._budget, self._on_reply).run(owed)
        finally:
            await service.close()

    def _read(self, key: str, wanted: Wanted) -> Drafted:
        problem = wanted.entry.problem
        raw = self._journal.get(key)
        if raw is None:
            raise AssertionError(f"{self.name}: request {key} has neither an answer nor a reason for none")
        reply = read_reply(raw, self._settings.provider)
        if reply.text is None:
            return Drafted(problem.id, (), None, reply.trouble, reply.detail)
        suite = read(reply.text, problem, wanted.tiers, validator=_wants_validator(wanted))
        provenance = Provenance(
            generator=self.name,
            prompt_digest=self._prompt(wanted).digest,
            date=self._journal.day,
            request_id=reply.request_id,
            round=wanted.round,
        )
        tests = tuple((test, provenance) for test in suite.tests)
        return Drafted(problem.id, tests, suite.validator, suite.trouble, suite.detail)

    def _prompt(self, wanted: Wanted) -> AuthorPrompt:
        return self._prompts.render(wanted, validator=_wants_validator(wanted))

    def _body(self, wanted: Wanted) -> Body:
        return body(self._settings, self._prompt(wanted), schema(wanted.tiers, _wants_validator(wanted)))

    def _key(self, wanted: Wanted) -> str:
        """The request's name: the same question of the same round has the same one, so it is asked once.

        Hexadecimal: what both services allow in a ``custom_id`` (``[A-Za-z0-9_-]{1,64}``).
        """
        asked: list[Any] = [self.name, wanted.entry.problem.id, wanted.round, self._body(wanted)]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:40]


def _wants_validator(wanted: Wanted) -> bool:
    return wanted.entry.validator is None


def _open(settings: GeneratorSettings, run_id: str) -> LlmService:
    if settings.provider == "anthropic":
        from tarot_bench.generation.author.anthropic_service import AnthropicService

        return AnthropicService(settings)
    from tarot_bench.generation.author.openai_service import OpenAIService

    return OpenAIService(settings, run_id)
