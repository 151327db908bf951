"""Measure a small model on samples of held-out problems, graded as everywhere."""

from collections.abc import Sequence
from typing import Any

from tarot_bench.grading import grade_many
from tarot_bench.problem import TIERS, Frozen, Problem
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade


class MiniatureSample(Frozen):
    """A completion with its grade: one record of a journal."""

    completion: Completion
    grade: Grade


def sample(
    model: Any, tokenizer: Any, problems: Sequence[Problem], count: int, longest: int, seed: int, name: str
) -> list[Completion]:
    """Draw completions at temperature 1 in one batch.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer, padding on the left.
        problems: asked by their statements alone.
        count: completions per problem.
        longest: tokens per completion.
        seed: of the draw.
        name: the model name stored in the completions.
    """
    import torch

    asked = [problem for problem in problems for _ in range(count)]
    texts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": problem.statement}], tokenize=False, add_generation_prompt=True
        )
        for problem in asked
    ]
    inputs = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False).to(model.device)
    start = inputs["input_ids"].shape[1]
    torch.manual_seed(seed)
    model.eval()
    with torch.inference_mode():
        drawn = model.generate(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            max_new_tokens=longest,
            do_sample=True,
            temperature=1.0,
            top_k=0,
        )
    answers = tokenizer.batch_decode(drawn[:, start:], skip_special_tokens=True)
    ended = (drawn[:, start:] == tokenizer.eos_token_id).any(dim=1).tolist()
    return [
        Completion(
            problem_id=problem.id,
            index=place % count,
            model=name,
            text=answers[place],
            finish_reason="stop" if ended[place] else "length",
        )
        for place, problem in enumerate(asked)
    ]


def graded(problems: Sequence[Problem], completions: Sequence[Completion], sandbox: Sandbox) -> list[MiniatureSample]:
    """Grade completions in parallel, one per worker of the sandbox."""
    by_id = {problem.id: problem for problem in problems}
    samples = ((by_id[completion.problem_id], completion) for completion in completions)
    grades = sorted(grade_many(samples, sandbox))
    return [MiniatureSample(completion=completions[number], grade=made) for number, made in grades]


def rates_of(samples: Sequence[MiniatureSample]) -> dict[str, float]:
    """Share of samples that pass all tests of each tier, and of ``all`` tiers; ungraded samples count as nothing."""
    grades = [sample.grade for sample in samples if not sample.grade.ungraded]
    rates = {tier.value: sum(bool(made.passed(tier)) for made in grades) / len(grades) for tier in TIERS}
    return rates | {"all": sum(bool(made.solved) for made in grades) / len(grades)}


def share_of_tests(samples: Sequence[MiniatureSample]) -> dict[str, float]:
    """Share of each tier's tests that pass, the measure of a training's own curve; above `rates_of`, tier by tier."""
    grades = [sample.grade for sample in samples if not sample.grade.ungraded]
    return {tier.value: sum(made.rate(tier) or 0.0 for made in grades) / len(grades) for tier in TIERS}
