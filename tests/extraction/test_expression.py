"""Answers that are expressions: found in any wrapping, taken apart by Python's parser, put into the starter code."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.extraction.expression import extract_expression, fill
from tarot_bench.problem import HOLE, Problem, TestCase
from tarot_bench.verdict import Verdict


def problem(starter: str) -> Problem:
    return Problem(
        id="p",
        statement="?",
        style="function",
        entry_point="answer",
        starter_code=starter,
        answer_form="expression",
        original_tests=(TestCase(tier=None, input="def check(candidate): pass", kind="suite"),),
    )


VALUE = problem(f"def answer():\n    return (\n{HOLE}\n)\n")
CALL = problem(f"def f(*a, **k): return a, k\n\ndef answer():\n    return f({HOLE}\n)\n")


def value_of(text: str, of: Problem = VALUE, finish_reason: str | None = None) -> object:
    """What the extracted program returns; the verdict where there is none. Only ever fed texts of this file."""
    found = extract_expression(text, of, finish_reason)
    if found.code is None:
        return found.verdict
    namespace: dict = {}
    exec(found.code, namespace)
    return namespace["answer"]()


@pytest.mark.parametrize(
    "text",
    [
        "[ANSWER]\n[1, (2, 'x')]\n[/ANSWER]",
        "[ANSWER] [1, (2, 'x')] [/ANSWER] and so on",
        "[answer][1, (2, 'x')][/answer]",
        "[ANSWER]\nassert f('a') == [1, (2, 'x')]\n[/ANSWER]",
        "[ANSWER]\nf('a') == [1, (2, 'x')]\n[/ANSWER]",
        "[ANSWER]\n[1, (2, 'x')] == f('a')\n[/ANSWER]",
        "[ANSWER]\n```python\n[1, (2, 'x')]\n```\n[/ANSWER]",
        "[ANSWER]\n`[1, (2, 'x')]`\n[/ANSWER]",
        "[ANSWER]\nresult = [1, (2, 'x')]  # done\n[/ANSWER]",
        "[ANSWER]\n[\n  1,\n  (2, 'x'),\n]\n[/ANSWER]",
        "[ANSWER]\n[1, (2, 'x')]",
        "[1, (2, 'x')]\n[/ANSWER]",
        "First I thought [ANSWER]7[/ANSWER], but it is [ANSWER][1, (2, 'x')][/ANSWER]",
        "[THOUGHT]\nHm: [9]\n[/THOUGHT]\n[ANSWER]\nassert f('a') == [1, (2, 'x')]\n[/ANSWER]",
        "<think>perhaps [ANSWER]3[/ANSWER]</think>\n[ANSWER][1, (2, 'x')][/ANSWER]",
        "<answer>[1, (2, 'x')]</answer>",
        "It returns\n```python\n[1, (2, 'x')]\n```",
        "```python\ndef f(a):\n    return g(a)\n\nassert f('a') == [1, (2, 'x')]\n```",
        "The value:\n[1, (2, 'x')]",
        "So it goes.\n\n**Answer:** `[1, (2, 'x')]`",
        "Answer: [1, (2, 'x')]",
        "assert f('a') == [1, (2, 'x')]",
    ],
)
def test_a_value_is_found_in_any_wrapping(text):
    assert value_of(text) == [1, (2, "x")]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("[ANSWER]\nf('a)(', [1])\n[/ANSWER]", (("a)(", [1]), {})),
        ("[ANSWER]\nassert f('a == b', [1]) == 'c'\n[/ANSWER]", (("a == b", [1]), {})),
        ("[ANSWER]\n'c' == f('x', 2)\n[/ANSWER]", (("x", 2), {})),
        ("[ANSWER]\nf(key='#', n=2)  # why\n[/ANSWER]", ((), {"key": "#", "n": 2})),
        ("[ANSWER]\n'#x', 2\n[/ANSWER]", (("#x", 2), {})),
        ("[ANSWER]\n[1, 2]\n[/ANSWER]", (([1, 2],), {})),
        ("[ANSWER]\nn=3\n[/ANSWER]", ((), {"n": 3})),
        ("[ANSWER]\nprint(f((1, 2)))\n[/ANSWER]", (((1, 2),), {})),
        ("[ANSWER]\nf(\n    (1,),\n    (2,),\n)\n[/ANSWER]", (((1,), (2,)), {})),
        ("[ANSWER]\nf()\n[/ANSWER]", ((), {})),
        ("```python\ndef f(n):\n    return f(n - 1)\n\nassert f(4) == 0\n```", ((4,), {})),
        ("We need f of 5, so:\n\nf(5)", ((5,), {})),
        ("Input: `f(5)`", ((5,), {})),
    ],
)
def test_the_arguments_of_a_call_are_found(text, called):
    assert value_of(text, CALL) == called


@pytest.mark.parametrize("of", [VALUE, CALL])
@pytest.mark.parametrize(
    "text",
    ["", "I do not know.", "[ANSWER]\nno idea at all\n[/ANSWER]", "[ANSWER]\n[1, 2\n[/ANSWER]", "yes", "```\n```"],
)
def test_no_answer_is_no_code(of, text):
    assert value_of(text, of) is Verdict.NO_CODE


def test_an_answer_that_was_cut_off_is_truncated():
    assert value_of("[ANSWER]\n[1, 2, 3", finish_reason="length") is Verdict.TRUNCATED
    assert value_of("<think>\nwell, [1]") is Verdict.TRUNCATED
    assert value_of("[ANSWER]\n[1, 2, 3]", finish_reason="length") == [1, 2, 3]


@pytest.mark.parametrize(
    "text", ["1)\nimport os\n(2", "1\n)\n    x = (1", "1\n)\n\ndef answer():\n    return (3", "f(1)\nimport os\nf(2)"]
)
@pytest.mark.parametrize("of", [VALUE, CALL])
def test_an_answer_cannot_leave_its_place(of, text):
    found = extract_expression(f"[ANSWER]\n{text}\n[/ANSWER]", of)
    if found.code is not None:
        *_, last = ast.parse(found.code).body
        assert len(ast.parse(found.code).body) == len(ast.parse(of.starter_code.replace(HOLE, "")).body)
        assert [type(statement) for statement in last.body] == [ast.Return]


literals = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
wrappings = st.sampled_from(
    ["[ANSWER]\n{}\n[/ANSWER]", "[ANSWER]assert f(1, 'x') == {}[/ANSWER]", "```python\n{}\n```", "Thus:\n[ANSWER]\n{}"]
)


@given(literals, wrappings)
def test_any_literal_comes_out_of_any_wrapping_as_it_went_in(value, wrapping):
    found = extract_expression(wrapping.replace("{}", repr(value)), VALUE)
    expression = ast.parse(found.code).body[0].body[0].value
    assert ast.literal_eval(expression) == value


@given(st.lists(literals, min_size=1, max_size=3), st.booleans())
def test_any_arguments_come_out_as_they_went_in(arguments, bare):
    written = ", ".join(map(repr, arguments))
    text = f"[ANSWER]\n{written if bare else f'f({written})'}\n[/ANSWER]"
    found = extract_expression(text, CALL)
    assert found.code == fill(CALL, written)


@given(st.text())
def test_no_text_is_too_strange(text):
    extract_expression(text, VALUE)
    extract_expression(f"[ANSWER]{text}[/ANSWER]", CALL)
