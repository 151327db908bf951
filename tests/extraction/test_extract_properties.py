"""Any wrapping of a program is undone, and no text at all is too much."""

import ast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tarot_bench.extraction import extract
from tarot_bench.extraction.syntax import parse
from tarot_bench.verdict import Extraction, Verdict
from tests.extraction.programs import ALL, CALLS, METHODS, READS, problem
from tests.extraction.wrappings import answers

STYLE = {id(READS): "stdin", id(CALLS): "function", id(METHODS): "method"}
STARTER = (
    'from typing import List\n\n\ndef helper(x):\n    return x\n\n\ndef entry(x: List) -> int:\n    """Add one."""\n'
)
PROBLEMS = [READS, CALLS, METHODS, problem("entry", STARTER), problem("entry", "def entry(x):")]

PIECES = [
    "```", "```python", "~~~", "````", "\n", "\n", "\n", "    ", "def entry(x):", "return x", "print(input())", "'''",
    '"""', "<think>", "</think>", "<answer>", "</answer>", "<solution>", "class Solution:", "import sys", "else:",
    "try:", "from __future__ import x", "(", ")", "[", "{", ":", "=", "x", "# c", "\\", "\x00", "\ud800", "\u00a0",
    "\u200b", "\r", "\t", "prose is here.", "> ", "- ", "1. ", '{"code": "x = 1"}', "await", "yield", "lambda", "\f",
]  # fmt: skip
soup = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
any_text = st.one_of(st.text(), soup, st.text(st.characters(categories=["Cs", "Cc", "Zs", "Cf"])))


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_the_program_comes_out_of_any_wrapping_unchanged(data):
    wanted, code = data.draw(st.sampled_from(ALL))
    text = data.draw(answers(code, STYLE[id(wanted)]))
    found = extract(text, wanted)
    assert found.code is not None, found.how
    assert ast.dump(ast.parse(found.code)) == ast.dump(ast.parse(code)), found.how


@settings(max_examples=300, deadline=None)
@given(any_text, st.sampled_from(PROBLEMS), st.sampled_from([None, "stop", "length"]))
@example("(" * 3000, READS, None)
@example("```python\n" + "[" * 100_000 + "\n```", READS, None)
@example("```python\n" + "-" * 50_000 + "1\n```", READS, None)
@example("```python\n" + "1" + "+1" * 50_000 + "\n```", READS, None)
@example("```python\nx" + ".a" * 50_000 + "\n```", READS, None)
@example("```python\n" + "if x: y()\n" + "elif x: y()\n" * 3000 + "\n```", READS, None)
@example("```python\n" + "9" * 10_000 + "\n```", READS, None)
def test_no_text_makes_it_raise(text, wanted, finish_reason):
    found = extract(text, wanted, finish_reason)
    assert isinstance(found, Extraction)
    assert (found.code is None) == (found.verdict is not None)
    assert found.how
    assert "\n" not in found.how
    if finish_reason == "length":
        assert found.verdict is not Verdict.NO_CODE


@settings(max_examples=400, deadline=None)
@given(soup, st.sampled_from(PROBLEMS))
def test_what_was_taken_out_once_comes_out_of_a_fence_again(text, wanted):
    code = extract(text, wanted).code
    # Markup in code that does not even parse is markup.
    if code is not None and (parse(code) or not any(mark in code for mark in ("`", "~", "<", ">"))):
        assert extract(f"```python\n{code}\n```", wanted).code == code


@settings(max_examples=200, deadline=None)
@given(soup, st.sampled_from(PROBLEMS))
def test_a_text_always_gives_the_same_code(text, wanted):
    assert extract(text, wanted) == extract(text, wanted)
