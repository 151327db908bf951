"""Small pieces that the tests of authors need: problems, a model that writes sound suites, and one way to draft."""

import json
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.author.asking import Asking
from tarot_bench.generation.author.budget import Budget
from tarot_bench.generation.author.drafting import Drafted, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.generation.author.llm import LlmAuthor
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.settings import Unserved
from tarot_bench.generation.author.tally import Tally
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tarot_bench.progress import RequestState

GOLD = "print(int(input()) * {factor})\n"
VALIDATOR = "import sys\nsys.exit(not sys.stdin.read().strip().lstrip('-').isdigit())\n"
SERVICES = ("openai-responses", "openai-chat", "anthropic")
"""Names of the three APIs, for `settings`; OpenAI-compatible servers speak ``openai-chat``."""


def problem(number: int) -> Problem:
    return Problem(
        id=f"times/{number}",
        statement=f"Read an integer and print it times {number}.",
        solution=GOLD.format(factor=number),
        original_tests=(TestCase(tier=None, input="2\n", output=f"{2 * number}\n"),),
    )


def wanted(count: int, tiers: tuple[Tier, ...] = TIERS) -> list[Wanted]:
    return [Wanted(Entry(problem=problem(number)), tiers) for number in range(1, count + 1)]


def number_in(prompt: str) -> int:
    """Which problem a prompt is about."""
    found = re.search(r"print it times (\d+)", prompt)
    assert found
    return int(found[1])


def suite(prompt: str) -> str:
    """What a good model answers: one right test of every tier that was asked for, and a validator if it was, too."""
    factor = number_in(prompt)
    asked = re.findall(r"^- `(\w+)`:", prompt, re.MULTILINE)
    inputs = {"basic": 3, "intermediate": 17, "complex": 1000, "edge": 0}
    answer: dict[str, object] = {}
    if asked:
        answer["tests"] = [
            {
                "tier": tier,
                "reason": f"{tier} value",
                "input": f"{inputs[tier]}\n",
                "output": f"{inputs[tier] * factor}\n",
            }
            for tier in asked
        ]
    if "`validators`" in prompt:
        answer["validators"] = [VALIDATOR]
    return json.dumps(answer)


def with_outputs(answer: str, tier: Tier, output: str) -> str:
    """A model's answer with another output in the tests of one tier."""
    made = json.loads(answer)
    for test in made.get("tests", []):
        if test["tier"] == tier:
            test["output"] = output
    return json.dumps(made)


def settings(service: str, url: str, **changes) -> GeneratorSettings:
    address = url if service == "anthropic" else f"{url}/v1"
    model = f"{service.partition('-')[0]}/any"
    endpoint = "responses" if service == "openai-responses" else "chat"
    quick = {"concurrency": 4, "timeout_s": 20, "max_retries": 2, "poll_s": 0.01, "max_tokens": 1000}
    return GeneratorSettings(model=model, endpoint=endpoint, base_url=address, **(quick | changes))


def author(
    generator: GeneratorSettings,
    folder: Path,
    budget: Budget | None = None,
    *,
    shared: Path | None = None,
    unserved: Unserved = "pending",
    report: Callable[[RequestState], None] = lambda state: None,
) -> LlmAuthor:
    journal = ReplyJournal(folder / "replies.sqlite", shared)
    budget = budget or Budget()
    asking = Asking(generator, journal, budget, Tally(budget, report), unserved)
    return LlmAuthor(generator, asking, Prompts(), journal.day)


def draft(
    generator: GeneratorSettings, folder: Path, wants: Iterable[Wanted], budget: Budget | None = None, **options
) -> list[Drafted]:
    with closing(author(generator, folder, budget, **options)) as opened:
        return list(opened.draft(list(wants)))
