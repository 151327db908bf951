"""The cost of requests: estimates for a dry run, and a limit that is never exceeded."""

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

from tarot_bench.errors import RecipeError, RunError
from tarot_bench.generation.author.generator import MUTATE, GeneratorSettings
from tarot_bench.generation.author.replies import Reply
from tarot_bench.verdict import Usage

BYTES_PER_TOKEN = 3
"""English and code take about four bytes a token; three make an estimate that errs on the high side."""


def most_usage(body: Mapping[str, Any], max_tokens: int) -> Usage:
    """Return the most tokens that a request can use."""
    size = len(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    return Usage(input_tokens=math.ceil(size / BYTES_PER_TOKEN), output_tokens=max_tokens)


def price(usage: Usage, settings: GeneratorSettings) -> float | None:
    """Return the price of tokens in USD; None where the recipe gives no prices."""
    if settings.input_price is None or settings.output_price is None:
        return None
    return usage.usd(settings.input_price, settings.output_price)


def most_cost(body: Mapping[str, Any], settings: GeneratorSettings, max_tokens: int) -> float:
    """Return the most USD that a request can cost; 0 where the recipe gives no prices."""
    return price(most_usage(body, max_tokens), settings) or 0.0


def spent_on(reply: Reply, settings: GeneratorSettings, max_tokens: int) -> float:
    """Return the USD that a reply cost; where the server does not count its output, the most that it can have cost."""
    used = reply.usage
    if reply.answered and not used.output_tokens:
        used = Usage(input_tokens=used.input_tokens, output_tokens=max_tokens)
    return price(used, settings) or 0.0


class Budget:
    """The cost limit of a run, shared by its generators.

    Before a request is sent, the most that it can cost is reserved; so the limit holds even if every answer under way
    is as long as it may be.
    """

    def __init__(self, limit_usd: float | None = None) -> None:
        self.limit_usd = limit_usd
        self.spent = 0.0
        self._reserved = 0.0
        self._waiting: list[asyncio.Future[None]] = []

    def admit(self, settings: GeneratorSettings) -> None:
        """Check that a generator's cost can be known.

        Raises:
            RecipeError: there is a limit, and the recipe gives no prices.
        """
        if self.limit_usd is not None and settings.input_price is None and settings.model != MUTATE:
            raise RecipeError(
                f"--max-cost needs input_price and output_price (USD per million tokens) of {settings.name}: set them "
                f"in the recipe, or as {settings.section}.0.input_price=... {settings.section}.0.output_price=... "
                "(counted from 0)"
            )

    async def reserve(self, usd: float) -> None:
        """Wait until an amount fits the limit, and reserve it.

        Raises:
            RunError: it does not fit, and no request under way can free enough.
        """
        while not self.try_reserve(usd):
            if not self._reserved:
                raise self.exhausted(usd)
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    def try_reserve(self, usd: float) -> bool:
        """Reserve an amount if it fits."""
        fits = self.limit_usd is None or self.spent + self._reserved + usd <= self.limit_usd
        if fits:
            self._reserved += usd
        return fits

    def hold(self, usd: float) -> None:
        """Reserve the cost of requests that an earlier, interrupted call sent."""
        self._reserved += usd

    def settle(self, reserved: float, spent: float) -> None:
        """Release a reservation and book what was spent."""
        self._reserved = max(0.0, self._reserved - reserved)
        if self._reserved < 1e-9:  # sums of floats
            self._reserved = 0.0
        self.spent += spent
        woken, self._waiting = self._waiting, []
        for waiting in woken:
            if not waiting.done():
                waiting.set_result(None)

    def exhausted(self, usd: float) -> RunError:
        """Return the error of a limit that does not cover the next request."""
        return RunError(
            f"stopped at --max-cost {self.limit_usd:g}: {self.spent:.4f} USD are spent, and the next request can cost "
            f"{usd:.4f}; everything answered is kept: give a higher --max-cost and --resume"
        )
