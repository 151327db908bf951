"""Convert problems to a trainer's rows: limit the prompts' length, and hold problems out."""

import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tarot_bench.errors import DataError
from tarot_bench.problem import Problem
from tarot_bench.training.recipe import ModelSpec

Render = Callable[[Problem], str]
"""Renders the prompt of a problem."""


class HeldOutSplit(NamedTuple):
    """Problems to train on and held-out problems."""

    train: tuple[Problem, ...]
    held_out: tuple[Problem, ...]


class TrainingRows(NamedTuple):
    """A trainer's rows, and the problems excluded because their prompts are too long.

    Attributes:
        rows: ``prompt`` (messages, or text for a base model) and ``problem_id``.
        too_long: ids.
    """

    rows: list[dict[str, Any]]
    too_long: tuple[str, ...]


def split(problems: Sequence[Problem], held_out: int, seed: int) -> HeldOutSplit:
    """Split off held-out problems at random by the seed; both parts keep the order of the data.

    Raises:
        DataError: nothing would be left to train on, or a problem is for evaluation only.
    """
    marked = [problem.id for problem in problems if problem.origin.evaluation_only]
    if marked:
        raise DataError(f"{len(marked)} problems, as {marked[0]}, are for evaluation only; name other data to train on")
    if held_out >= len(problems):
        raise DataError(f"data.held_out={held_out} leaves none of {len(problems)} problems to train on; lower it")
    chosen = set(random.Random(f"held out {seed}").sample(range(len(problems)), held_out))
    return HeldOutSplit(
        train=tuple(problem for place, problem in enumerate(problems) if place not in chosen),
        held_out=tuple(problem for place, problem in enumerate(problems) if place in chosen),
    )


def rows_of(
    problems: Sequence[Problem], model: ModelSpec, render: Render, system: str | None, tokenizer: Any, longest: int
) -> TrainingRows:
    """Render the prompts and exclude those of more than `longest` tokens, which TRL 1.16 does not truncate.

    Raises:
        DataError: all of them are longer.
    """
    rows: list[dict[str, Any]] = []
    too_long = []
    for problem in problems:
        prompt = prompt_of(render(problem), model, system)
        if length_of(prompt, tokenizer) > longest:
            too_long.append(problem.id)
        else:
            rows.append({"prompt": prompt, "problem_id": problem.id})
    if problems and not rows:
        raise DataError(f"all {len(problems)} prompts have more than max_prompt_tokens={longest} tokens; raise it")
    return TrainingRows(rows, tuple(too_long))


def prompt_of(text: str, model: ModelSpec, system: str | None) -> list[dict[str, str]] | str:
    """A prompt for TRL: messages for a chat model, text for a base model without a chat template."""
    merged = f"{system}\n\n{text}" if system else text
    if model.kind == "base" and model.chat_template is None:
        return merged
    if system and model.system_role:
        return [{"role": "system", "content": system}, {"role": "user", "content": text}]
    return [{"role": "user", "content": merged}]


def length_of(prompt: list[dict[str, str]] | str, tokenizer: Any) -> int:
    """Tokens of a prompt, chat template included."""
    if isinstance(prompt, str):
        return len(tokenizer(prompt)["input_ids"])
    text = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])
