"""The form of a completion: what has it, and that it earns nothing alone."""

from dataclasses import dataclass

import pytest

from tarot_bench.config import build
from tarot_bench.errors import RecipeError
from tarot_bench.training.recipe import RewardSettings
from tarot_bench.training.reward.formats import FormatReward, has_format

GOOD = "<think>\nAdd one.\n</think>\n<answer>\n```python\nprint(int(input()) + 1)\n```\n</answer>"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n{GOOD}\n",
        GOOD.removeprefix("<think>"),  # the template wrote it
        GOOD.replace("\n<answer>", "\n\n  <answer>"),
        GOOD.replace("Add one.", "Is a < b? <b>yes</b>"),
    ],
)
def test_reasoning_and_an_answer_with_a_program_have_the_form(text):
    assert has_format(text, "think/answer")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "```python\nprint(1)\n```",
        GOOD.replace("</answer>", ""),
        GOOD.replace("</think>", ""),
        GOOD.replace("Add one.", " "),
        GOOD + "\nI hope this helps!",
        "Sure. " + GOOD,
        GOOD.replace("```", ""),
        GOOD + GOOD,
        GOOD.replace("</think>\n", "</think>\nSo here it is:\n"),
        "<answer>```a```</answer><think>late</think>",
        "<think>a</think></answer><answer>```b```",
    ],
)
def test_anything_else_has_not(text):
    assert not has_format(text, "think/answer")


def test_the_other_pair_of_tags_is_another_form():
    other = GOOD.replace("think>", "reasoning>").replace("answer>", "solution>")
    assert has_format(other, "reasoning/solution")
    assert not has_format(GOOD, "reasoning/solution")
    assert not has_format(other, "think/answer")
    with pytest.raises(RecipeError, match="reasoning/solution"):
        build(RewardSettings, {"format": "thought/result"}, "reward")


@dataclass
class Before:
    """The rewards of the tests for the batch."""

    latest: list[float | None]


def test_the_gate_opens_only_beside_a_real_reward_and_no_verdict_is_no_reward():
    texts = [GOOD, GOOD, GOOD, "no form"]
    before = Before([0.0, 0.25, None, 0.25])
    assert FormatReward(beside=before)(texts) == [0.0, 1.0, None, 0.0]
    assert FormatReward(beside=before, gated=False)(texts) == [1.0, 1.0, None, 0.0]
    assert FormatReward()(texts) == [1.0, 1.0, 1.0, 0.0]


def test_the_form_is_logged_whether_or_not_it_is_rewarded_and_messages_are_read_as_texts_are():
    metrics = {}
    messages = [[{"role": "assistant", "content": GOOD}], "no form"]
    assert FormatReward(beside=Before([0.0, 0.0]))(messages, log_metric=metrics.__setitem__, prompts=["", ""]) == [0, 0]
    assert metrics == {"reward/format": 0.5}


def test_a_format_reward_that_is_called_before_the_tests_reward_says_where_it_belongs():
    with pytest.raises(RecipeError, match="put it after a TierReward that is not asynchronous"):
        FormatReward(beside=Before([]))([GOOD])
