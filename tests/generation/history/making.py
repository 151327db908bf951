"""A run of `generate` with an author on loopback: an entry that is repaired, one that is refused, one without fault."""

from pathlib import Path

from tarot_bench.dataset import write_jsonl
from tarot_bench.generation.factory import generate
from tarot_bench.generation.recipe import GenerationRecipe
from tarot_bench.problem import Tier
from tests.generation.author.helpers import number_in, problem, settings, suite, with_outputs
from tests.servers.author_llm import AuthorServer, Said

HOSTILE = "\x1b[2J\u202e"
"""What a terminal must not obey."""


def answer(prompt: str) -> str | Said:
    """Problem 1 is written well, 2 with a wrong edge test at first, 3 never."""
    match number_in(prompt):
        case 2 if "- `basic`:" in prompt:  # the first request
            return with_outputs(suite(prompt), Tier.EDGE, "7\n")
        case 3:
            return Said(f"I cannot {HOSTILE} help", "refusal")
        case _:
            return suite(prompt)


def authored(folder: Path, **generator) -> Path:
    """The run's directory."""
    folder.mkdir(parents=True, exist_ok=True)
    problems = [problem(number) for number in (1, 2, 3)]
    write_jsonl(problems, folder / "source.jsonl")
    with AuthorServer(answer) as server:
        prices = {"input_price": 1.0, "output_price": 10.0}
        recipe = GenerationRecipe.model_validate(
            {
                "name": "authored",
                "source": {"data": str(folder / "source.jsonl"), "keep_tiers": False},
                "generators": [settings("openai-chat", server.url, **(prices | generator)).model_dump()],
                "rounds": 1,
                "dedup": None,
                "decontaminate": None,
                "measure": {"most_mutants": 0},
                "validate": {"times": 1},
            }
        )
        generate(recipe, folder / "run")
    return folder / "run"
