"""Estimate requests, tokens and cost before anything is sent: what is likely, and the most that the recipe allows.

The most: every problem in every round that is left, every answer as long as its limit, three bytes a token. The likely
figures rest on the assumptions below, which `CostEstimate.assumed` tells the user.
"""

import json
import math
from collections.abc import Iterable

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
    asking: Asking, settings: GeneratorSettings, requests: Iterable[Request], rounds: int = 0
) -> CostEstimate:
    """Estimate what a first round with these requests, and rounds of repair after it, would send and cost.

    Args:
        asking: knows which requests have a reply.
        settings: the generator.
        requests: of the first round.
        rounds: of repair, and of the loop of selection, that are left. Any of the problems may be asked again in them.
    """
    count = size = new = new_size = 0
    for request in requests:
        bytes_ = _size(asking, request)
        count, size = count + 1, size + bytes_
        if asking.is_pending(asking.key(request)):
            new, new_size = new + 1, new_size + bytes_
    answer, source = _answer_tokens(asking, settings)
    again = sum(REPAIRED**number for number in range(1, rounds + 1))
    likely = _bill(
        round(new + again * count),
        (new_size + again * size) / LIKELY_BYTES_PER_TOKEN,
        (new + again * count) * answer,
        settings,
    )
    limits = _limits(settings)
    most_sent = new + rounds * count
    most_bytes = new_size + rounds * (size + REPAIR_BYTES * count)
    most = _bill(most_sent * len(limits), len(limits) * most_bytes / BYTES_PER_TOKEN, most_sent * sum(limits), settings)
    assumed = [f"{answer:,.0f} output tokens an answer ({source})", f"{LIKELY_BYTES_PER_TOKEN} bytes an input token"]
    if rounds:
        assumed.append(f"{REPAIRED:.0%} of the problems are asked again in each of {rounds} further rounds")
    return CostEstimate(settings.name, new, count - new, likely, most, tuple(assumed))


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
