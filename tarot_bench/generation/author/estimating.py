"""Estimate requests, tokens and cost before anything is sent: what is likely, and the most that the recipe allows.

The most: every problem in every round of repair, every answer as long as its limit, three bytes a token. The likely
figures rest on the assumptions below, which `CostEstimate.assumed` tells the user.
"""

import json
import math
from collections.abc import Sequence

from tarot_bench.generation.author.asking import Asking
from tarot_bench.generation.author.budget import BYTES_PER_TOKEN, price
from tarot_bench.generation.author.drafting import Bill, CostEstimate
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.models import Request
from tarot_bench.verdict import Usage

LIKELY_BYTES_PER_TOKEN = 4
LIKELY_SHARE = 0.25
"""An average answer, as a share of `max_tokens`, where neither the recipe nor the run's replies tell."""
REPAIRED = 0.3
"""The share of problems that are asked again in each round of repair."""
REPAIR_BYTES = 24_000
"""By how much a prompt of repair is longer: four failed tests, each with four texts of up to 1,500 bytes."""


def estimated(
    asking: Asking, settings: GeneratorSettings, requests: Sequence[Request], rounds: int = 0
) -> CostEstimate:
    """Estimate what a first round with these requests, and rounds of repair after it, would send and cost.

    Args:
        asking: knows which requests have a reply.
        settings: the generator.
        requests: of the first round.
        rounds: of repair, and of the loop of selection.
    """
    sizes = [_size(asking, request) for request in requests if asking.is_pending(asking.key(request))]
    every = sizes if len(sizes) == len(requests) else [_size(asking, request) for request in requests]
    answer, source = _answer_tokens(asking, settings)
    again = sum(REPAIRED**number for number in range(1, rounds + 1))
    likely = _bill(
        round(len(sizes) + again * len(requests)),
        (sum(sizes) + again * sum(every)) / LIKELY_BYTES_PER_TOKEN,
        (len(sizes) + again * len(requests)) * answer,
        settings,
    )
    limits = _limits(settings)
    count = len(sizes) + rounds * len(requests)
    bytes_ = sum(sizes) + rounds * (sum(every) + REPAIR_BYTES * len(requests))
    most = _bill(count * len(limits), len(limits) * bytes_ / BYTES_PER_TOKEN, count * sum(limits), settings)
    assumed = [f"{answer:,.0f} output tokens an answer ({source})", f"{LIKELY_BYTES_PER_TOKEN} bytes an input token"]
    if rounds:
        assumed.append(f"{REPAIRED:.0%} of the problems are asked again in each of {rounds} further rounds")
    return CostEstimate(settings.name, len(sizes), len(requests) - len(sizes), likely, most, tuple(assumed))


def _answer_tokens(asking: Asking, settings: GeneratorSettings) -> tuple[float, str]:
    """The tokens of an average answer, and where the number comes from."""
    if settings.expected_tokens:
        return settings.expected_tokens, "expected_tokens of the recipe"
    known = asking.answer_tokens()
    if known:
        return sum(known) / len(known), f"the average of {len(known)} replies of this run"
    return LIKELY_SHARE * settings.max_tokens, f"{LIKELY_SHARE:.0%} of max_tokens; expected_tokens sets it"


def _limits(settings: GeneratorSettings) -> list[int]:
    """The token limits of one question, if every answer is truncated."""
    limits = [settings.max_tokens]
    while settings.most_tokens and limits[-1] < settings.most_tokens:
        limits.append(min(2 * limits[-1], settings.most_tokens))
    return limits


def _size(asking: Asking, request: Request) -> int:
    return len(json.dumps(asking.exchange.question(request), ensure_ascii=False).encode("utf-8", "replace"))


def _bill(requests: int, input_tokens: float, output_tokens: float, settings: GeneratorSettings) -> Bill:
    usage = Usage(input_tokens=math.ceil(input_tokens), output_tokens=math.ceil(output_tokens))
    return Bill(requests, usage.input_tokens, usage.output_tokens, price(usage, settings))
