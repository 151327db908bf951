"""Reward a completion's format: reasoning in one pair of tags, the answer in another."""

from typing import Literal

from pydantic import Field

from tarot_bench.problem import Frozen

Tags = Literal["think/answer", "reasoning/solution"]


class FormatReward(Frozen):
    """A bonus for completions of the form ``<think>…</think> <answer>…</answer>``, with a fenced program inside.

    The published recipes add 1.0 for the form to at most 1.0 for passing tests, so that a program which passes nothing
    earns half of everything. Gated, the bonus counts only beside a real reward (P-GRPO's gate).
    """

    tags: Tags = "think/answer"
    """The second pair is what the published recipes of Qwen3 use."""
    weight: float = Field(default=0.1, gt=0)
    gated: bool = True
    """Give the bonus only where the completion earns something without it."""

    def matches(self, text: str) -> bool:
        """Whether a completion has the format.

        Each tag occurs once and in order, nothing but white space is outside the pairs, neither is empty, and the
        answer has a fenced block. The first opening tag may be missing: chat templates put it into the prompt.
        """
        first, second = self.tags.split("/")
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

    def added_to(self, reward: float | None, text: str) -> float | None:
        """Add the bonus to a reward if it is earned; None stays None."""
        if reward is None or (self.gated and reward <= 0) or not self.matches(text):
            return reward
        return reward + self.weight
