"""Convert problems to a trainer's rows: limit the prompts' length, and hold problems out."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tarot_bench.dataset import load_problems
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem
from tarot_bench.training.model_spec import ModelSpec
from tarot_bench.training.recipe import Training

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


def load_split(training: Training) -> HeldOutSplit:
    """Read the data of a training, and split it.

    Raises:
        DataError: the data cannot be read, or as `split`.
    """
    data = training.recipe.data
    problems = load_problems(data.source, revision=data.revision, split=data.split)
    return split(tuple(problems)[: data.limit], data.held_out, training.recipe.seed)


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
    problems: Sequence[Problem],
    model: ModelSpec,
    render: Render,
    system: str | None,
    tokenizer: Any,
    longest: int,
    template_arguments: Mapping[str, Any] | None = None,
) -> TrainingRows:
    """Render the prompts and exclude those of more than `longest` tokens, which TRL 1.16 does not truncate.

    Args:
        problems: what is asked.
        model: decides the form of the prompts.
        render: renders the prompt of a problem.
        system: a system message, or None.
        tokenizer: counts the tokens.
        longest: maximum number of tokens of a prompt.
        template_arguments: what the trainer passes to the chat template (TRL's ``chat_template_kwargs``).

    Raises:
        DataError: all of them are longer.
    """
    rows: list[dict[str, Any]] = []
    too_long = []
    for problem in problems:
        prompt = prompt_of(render(problem), model, system)
        if length_of(prompt, tokenizer, template_arguments) > longest:
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


def length_of(
    prompt: list[dict[str, str]] | str, tokenizer: Any, template_arguments: Mapping[str, Any] | None = None
) -> int:
    """Tokens of a prompt, chat template included; `template_arguments` are the template's own."""
    if isinstance(prompt, str):
        return len(tokenizer(prompt)["input_ids"])
    given = template_arguments or {}
    text = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True, **given)
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])
