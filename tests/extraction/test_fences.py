import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.extraction.fences import blocks_of


def told(text):
    """Each block as (language, code, closed)."""
    return [(block.language, block.code, block.closed) for block in blocks_of(text)]


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("Python3", "python"),
        ("PY", "python"),
        ("py3.12", "python"),
        ("python-3", "python"),
        ("pypy3", "python"),
        ("ipython", "python"),
        ("cpython", "python"),
        ("{.python .numberLines}", "python"),
        ("language-python", "python"),
        ("python:src/main.py", "python"),
        ("main.py", "python"),
        ('python title="main.py" linenums="1"', "python"),
        ("", ""),
        ('title="main.py"', ""),
        ("pycon", "pycon"),
        ("python-repl", "python-repl"),
        ("pyrex", "pyrex"),
        ("Text", "text"),
        ("C++", "c++"),
        ("bash", "bash"),
    ],
)
def test_the_language_of_a_fence_is_read_in_every_spelling(info, language):
    assert told(f"```{info}\nx\n```") == [(language, "x", True)]


def test_blocks_come_in_order_with_their_lines():
    blocks = blocks_of("a\n```\nb\n```\nc\n~~~python\nd\n~~~")
    assert [(block.start, block.end) for block in blocks] == [(1, 4), (5, 8)]


def test_a_fence_of_one_kind_does_not_close_the_other():
    assert told("~~~\na\n```\nb\n~~~") == [("", "a\n```\nb", True)]
    assert told("````text\na\n```\nb\n````") == [("text", "a\n```\nb", True)]


def test_a_long_fence_may_be_closed_by_a_short_one_if_no_long_one_follows():
    assert told("````python\na\n```\nprose\n```python\nb\n```") == [("python", "a", True), ("python", "b", True)]


def test_white_space_around_a_closing_fence_does_not_matter():
    assert told("```python\nx\n   ```  \ny") == [("python", "x", True)]


def test_the_last_block_may_be_open():
    assert told("```python\nx = 1") == [("python", "x = 1", False)]
    assert told("```python") == [("python", "", False)]


def test_a_block_ends_where_the_next_one_opens_and_where_a_wrapper_closes():
    assert told("```python\nx = 1\n```text\ny\n```") == [("python", "x = 1", False), ("text", "y", True)]
    assert told("```python\nx = 1\n</answer>\n```\ny\n```")[0] == ("python", "x = 1", False)


def test_a_fence_in_a_docstring_does_not_end_its_block():
    code = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n    return 1'
    assert told(f"```python\n{code}\n```\n\n```\n3\n```") == [("python", code, True), ("", "3", True)]
    assert told(f"```\n{code}\n```") == [("", code, True)]


def test_an_open_string_does_not_swallow_the_blocks_after_it():
    assert told('```python\nx = """a\n```\n\n```python\ny = 1\n```') == [
        ("python", 'x = """a', True),
        ("python", "y = 1", True),
    ]


def test_a_fence_inside_a_sentence_opens_nothing():
    assert told("Use ```x``` here and ``y`` there.\nA fence is ```\nthree ticks.") == []
    assert told("print(x)```\n```\n3\n```") == [("", "3", True)]


def test_a_fence_followed_by_a_remark_closes_and_does_not_open():
    assert told("```python\nx = 1\n``` This works because\n```\n3\n```") == [("python", "x = 1", True), ("", "3", True)]
    assert told("``` That was it.\nprose\n```\n3\n```") == [("", "3", True)]


def test_a_fence_on_one_line_holds_code():
    assert told("```python x = 1```") == [("", "x = 1", True)]
    assert told("```print(input())```") == [("", "print(input())", True)]


def test_code_may_begin_on_the_line_of_its_fence():
    assert told("```python def f():\n    pass\n```") == [("python", "def f():\n    pass", True)]
    assert told("```n = 3\nprint(n)\n```") == [("", "n = 3\nprint(n)", True)]


def test_a_language_on_a_line_of_its_own_is_no_code():
    assert told("```\nPython\nx = 1\n```") == [("python", "x = 1", True)]
    assert told("```\nruby\nx = 1\n```") == [("", "ruby\nx = 1", True)]


def test_only_the_indentation_of_the_fence_is_taken_off():
    assert told("  ```\n  a\n    b\n  ```") == [("", "a\n  b", True)]
    assert told("```\n    a\n```") == [("", "    a", True)]
    assert told("- ```\n  a\n  ```") == [("", "a", True)]
    assert told("- ```\na\n    b\n```") == [("", "a\n    b", True)]


def test_quoted_blocks_are_read_without_their_marks_but_prompts_in_docstrings_stay():
    assert told("> ```python\n> x = 1\n>\n> y = 2\n> ```") == [("python", "x = 1\n\ny = 2", True)]
    code = 'def f():\n    """\n    >>> f()\n    """'
    assert told(f"> ```\n> 3\n> ```\n```python\n{code}\n```")[1] == ("python", code, True)


@given(
    st.lists(
        st.sampled_from(["```", "```python", "~~~", "````", "x = 1", '"""', "", "  ", "- ```", "> ```"]), max_size=20
    )
)
def test_blocks_never_overlap_and_never_leave_the_text(lines):
    at = 0
    for block in blocks_of("\n".join(lines)):
        assert at <= block.start < block.end <= len(lines)
        at = block.end


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="`~\r"), max_size=60))
def test_what_is_put_into_a_fence_comes_out_of_it(text):
    (block,) = blocks_of(f"```text\n{text}\n```")
    assert block.code == text
