import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.extraction.reasoning import readings_of, wrapped_in

TAGS = [
    "<think>",
    "</think>",
    "<reasoning>",
    "</reasoning>",
    "<answer>",
    "</answer>",
    "a",
    "\n",
    "```\n",
    "x = 1\n",
    "`",
]
soup = st.lists(st.sampled_from(TAGS), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("a", ["a"]),
        ("", [""]),
        ("<think>a</think>b", ["b"]),
        ("a</think>b", ["b"]),
        ("a</think>b</think>c", ["c"]),
        ("<think>a</think>b<think>c</think>d", ["d", "bd"]),
        ("<think>a</think>b</think>c", ["c"]),
        ("x<think>a</think>b", ["b", "xb"]),
        ("<think>", []),
        ("<think>a</think>\n<think>b", []),
        ("  <reasoning>\na", []),
        ("Sure. <think>\na", []),
        ("<think>\n```python\nprint('</think>')\n```\n</think>a", ["a"]),
        ("I <think> so", ["I <think> so"]),
        ("a `</think>` b", ["a `</think>` b"]),
        ("</think>```\nx\n```", ["```\nx\n```"]),
        ("<think >a</think >b", ["b"]),
        ("<THINKING>a</Thinking>b", ["b"]),
    ],
)
def test_reasoning_is_read_in_two_ways(text, readings):
    assert readings_of(text) == readings


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("a", []),
        ("<answer>a</answer>", [("a", "answer")]),
        ("<answer>a</answer><solution>b</solution>", [("b", "solution"), ("a", "answer")]),
        ("<answer>a", [("a", "answer")]),
        ("<Answer lang='py'>a</ANSWER>b", [("a", "answer")]),
        ("<answer>a <answer>b</answer>", [("b", "answer"), ("a <answer>b", "answer")]),
        ("[PYTHON]a[/PYTHON]", [("a", "python")]),
        ("```python\nprint('<answer>')\n```", []),
    ],
)
def test_wrappers_are_listed_from_the_last(text, wrapped):
    assert wrapped_in(text) == wrapped


@given(soup)
def test_no_reading_contains_a_closed_thought(text):
    for reading in readings_of(text):
        assert "</think>" not in reading or "`" in reading or "x = 1" in reading


@given(soup, st.sampled_from(["think", "reasoning", "thinking"]))
def test_what_follows_the_last_thought_is_always_the_first_reading(text, tag):
    answer = "The answer."
    assert readings_of(f"<{tag}>\n{text.replace('`', '').replace('x = 1', '')}\n</{tag}>{answer}")[0] == answer
