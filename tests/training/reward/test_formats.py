"""The form of a completion: what has it, and that it earns nothing alone."""

import pytest

from tarot_bench.config import build
from tarot_bench.errors import RecipeError
from tarot_bench.training.reward.formats import FormatReward

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
    assert FormatReward().matches(text)


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
    assert not FormatReward().matches(text)


def test_the_other_pair_of_tags_is_another_form():
    other = GOOD.replace("think>", "reasoning>").replace("answer>", "solution>")
    assert FormatReward(tags="reasoning/solution").matches(other)
    assert not FormatReward(tags="reasoning/solution").matches(GOOD)
    assert not FormatReward().matches(other)
    with pytest.raises(RecipeError, match="reasoning/solution"):
        build(FormatReward, {"tags": "thought/result"}, "reward.format")


def test_the_gate_opens_only_beside_a_real_reward():
    gated, open_gate = FormatReward(weight=0.5), FormatReward(weight=0.5, gated=False)
    assert [gated.added_to(reward, GOOD) for reward in (0.0, 0.25, None)] == [0.0, 0.75, None]
    assert [open_gate.added_to(reward, GOOD) for reward in (0.0, 0.25, None)] == [0.5, 0.75, None]
    assert gated.added_to(0.25, "no form") == 0.25
