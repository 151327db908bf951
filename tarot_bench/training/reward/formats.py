"""Reward a completion's format, beside its tests: reasoning in one pair of tags, the answer in another."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

from tarot_bench.errors import RecipeError
from tarot_bench.training.reward.columns import text_of

Tags = Literal["think/answer", "reasoning/solution"]


class Latest(Protocol):
    """A reward that keeps what it gave to the last batch, as `TierReward` does."""

    latest: list[float | None]


class FormatReward:
    """A second reward function: 1 for ``<think>…</think> <answer>…</answer>`` with a fenced program inside, else 0.

    Its weight is the trainer's (TRL's ``reward_weights``), so that the trainer logs it apart and can normalise it apart
    (``multi_objective_aggregation: normalize_then_sum``, GDPO). The published recipes weigh it 1.0 beside at most 1.0
    for passing tests, so that a program that passes nothing earns half of everything. Gated, it counts only beside a
    real reward (P-GRPO's gate).

    How the published expression differs, as far as it is known (the trainer is not public; `docs/guides/train.md`): it
    is unanchored, so that text after the answer and repeated tags pass, and it needs line breaks beside the tags.

    Args:
        tags: the pairs; ``reasoning/solution`` is what the published recipes of Qwen3 use.
        beside: the reward function before this one in the trainer's list. Where it gave None, so does this one.
        gated: give 0 where `beside` gave nothing.
    """

    def __init__(self, tags: Tags = "think/answer", beside: Latest | None = None, *, gated: bool = True) -> None:
        self.__name__ = "format_reward"
        self.tags = tags
        self.gated = gated
        self._beside = beside

    def __call__(
        self, completions: Sequence[Any], *, log_metric: Callable[[str, float], None] | None = None, **_: Any
    ) -> list[float | None]:
        """Reward a batch; logs ``reward/format``, the share of completions that have the format.

        Raises:
            RecipeError: `beside` was not called with this batch before.
        """
        formed = [has_format(text_of(completion), self.tags) for completion in completions]
        if log_metric:
            log_metric("reward/format", sum(formed) / len(formed) if formed else math.nan)
        if self._beside is None:
            return [float(has) for has in formed]
        earned = self._beside.latest
        if len(earned) != len(formed):
            raise RecipeError(
                "the format reward needs the rewards of the tests: put it after a TierReward that is not asynchronous"
            )
        return [self._gate(has, reward) for has, reward in zip(formed, earned, strict=True)]

    def _gate(self, has: bool, reward: float | None) -> float | None:
        if reward is None:
            return None
        return float(has and (reward > 0 or not self.gated))


def has_format(text: str, tags: Tags) -> bool:
    """Whether a completion has the format.

    Each tag occurs once and in order, nothing but white space is outside the pairs, neither is empty, and the answer
    has a fenced block. The first opening tag may be missing: chat templates put it into the prompt.
    """
    first, second = tags.split("/")
    opening = f"<{first}>"
    rest = text.strip()
    if any(rest.count(tag) != 1 for tag in (f"</{first}>", f"<{second}>", f"</{second}>")):
        return False
    if rest.count(opening) > 1 or (opening in rest and not rest.startswith(opening)):
        return False
    thought, _, rest = rest.removeprefix(opening).partition(f"</{first}>")
    between, _, rest = rest.partition(f"<{second}>")
    answer, _, after = rest.partition(f"</{second}>")
    return bool(thought.strip()) and not (between + after).strip() and answer.count("```") >= 2
