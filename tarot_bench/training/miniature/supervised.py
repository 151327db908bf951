"""Supervised training of the miniature to a level of capability."""

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from tarot_bench.dataset.synthetic.small import SmallTask
from tarot_bench.training.miniature.corpus import Skill, answer_of, write_program

_IGNORED = -100
"""The label that torch's cross-entropy ignores."""


class Lesson(NamedTuple):
    """The settings of one supervised training.

    Attributes:
        skill: of the author.
        steps: optimizer steps.
        batch: newly written programs per step.
        learning_rate: its peak; it rises over the first tenth of the steps and falls to a tenth along a cosine.
    """

    skill: Skill
    steps: int
    batch: int
    learning_rate: float


def learn(model: Any, tokenizer: Any, tasks: Sequence[SmallTask], lesson: Lesson, seed: int) -> list[float]:
    """Train on programs for these tasks, with the loss over the programs only.

    Returns:
        The loss of every step, in nats per token.
    """
    import torch

    rng = random.Random(f"lesson {seed}")
    prompts = [_prompt_ids(tokenizer, task) for task in tasks]
    optimizer = torch.optim.AdamW(model.parameters(), lr=lesson.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step / lesson.steps))
    model.train()
    losses = []
    for _ in range(lesson.steps):
        chosen = [rng.randrange(len(tasks)) for _ in range(lesson.batch)]
        answers = [answer_of(write_program(tasks[place], lesson.skill, rng)) for place in chosen]
        batch = _batch(tokenizer, [prompts[place] for place in chosen], answers)
        loss = model(**{name: tensor.to(model.device) for name, tensor in batch.items()}).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    return losses


def _prompt_ids(tokenizer: Any, task: SmallTask) -> list[int]:
    messages = [{"role": "user", "content": task.statement}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _batch(tokenizer: Any, prompts: Sequence[list[int]], answers: Sequence[str]) -> dict[str, Any]:
    """Ids, mask and labels, each (batch, longest), padded on the right."""
    import torch

    rows = []
    for prompt, answer in zip(prompts, answers, strict=True):
        target = [*tokenizer(answer, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        rows.append((prompt + target, [_IGNORED] * len(prompt) + target))
    longest = max(len(ids) for ids, _ in rows)
    return {
        "input_ids": torch.tensor([ids + [tokenizer.pad_token_id] * (longest - len(ids)) for ids, _ in rows]),
        "attention_mask": torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in rows]),
        "labels": torch.tensor([labels + [_IGNORED] * (longest - len(labels)) for _, labels in rows]),
    }


def _pace(done: float) -> float:
    """The learning rate as a share of its peak, at a share of the steps."""
    import math

    return min(1.0, (done + 0.01) / 0.1) * (0.55 + 0.45 * math.cos(math.pi * done))
