"""Texts from outside stay text, on a terminal and in Markdown."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tarot_bench.texts import code_span, inline, markdown, printable, spreadsheet_cell, words

BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0x200E, 0x200F)}
MEANING = "\x1b[]()31m\\`*_<>|~$&#+-=!:.9a \n\r\t\x9b\u202e\u2066\u2028\ud800\x00"
HOSTILE = st.text(st.sampled_from(MEANING), max_size=40)
ANY = st.one_of(HOSTILE, st.text(st.characters(codec=None), max_size=40))
PARSER = MarkdownIt("commonmark").enable("table")


@given(ANY)
@example("\x1b]0;title\x07\x1b[2J\x9b31m")
def test_printable_text_holds_no_commands_and_can_be_written(text):
    shown = printable(text)
    shown.encode()
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not BIDI & set(shown)
    assert "\n" not in inline(text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])))
def test_ordinary_text_is_shown_as_it_is(text):
    shown = set(text) - BIDI
    assert all(c in printable(text) for c in shown)
    assert printable("naïve 日本 🎉\tx\n") == "naïve 日本 🎉\tx\n"


def plain(tokens) -> str:
    return "".join(token.content for token in tokens)


def shown(text: str) -> str:
    return printable(" ".join(text.split()))


@given(ANY)
@example("--- \n# x")
@example("1. x")
@example("[a](javascript:b) <script> ![i](u) **b** `c` | ~~d~~ &lt; snake_case _e_")
def test_markdown_reads_as_the_text_in_a_paragraph_a_list_and_a_cell(text):
    line = markdown(text)
    for page in (f"{line}x", f"- {line}x", f"| a |\n|---|\n| x{line}x |"):
        inlines = [token for token in PARSER.parse(page) if token.type == "inline"]
        last = inlines[-1]
        assert {child.type for child in last.children} <= {"text", "text_special"}, page
        expected = f"x{shown(text)}x" if page.startswith("| a") else f"{shown(text)}x"
        assert plain(last.children) == expected


@given(ANY)
def test_a_code_span_is_one_code_span_that_holds_the_text(text):
    (paragraph,) = [token for token in PARSER.parse(f"x {code_span(text)} x") if token.type == "inline"]
    codes = [child for child in paragraph.children if child.type == "code_inline"]
    if shown(text):
        assert [code.content.replace("\\|", "|").strip() for code in codes] == [shown(text).strip()]


@pytest.mark.parametrize("start", ["# x", "- x", "> x", "1. x", "---", "=== "])
def test_a_persons_words_stay_one_paragraph_with_their_links(start):
    tokens = PARSER.parse(words(f"{start}\n\n# [link](https://example.org) <b>*so*</b>"))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in tokens[1].children}
    assert {"link_open", "em_open"} <= kinds
    assert "html_inline" not in kinds


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-x", "'-x"),
        ("\t=1", " =1"),
        ("\r=1", "\\r=1"),
        ("a\x1b[31m\r\nb\x00", r"a\x1b[31m\r\nb\x00"),
        ("line 1: -1", "line 1: -1"),
        ("\x9b2J", "\\x9b2J"),
        (-1, -1),
        (None, None),
    ],
)
def test_a_cell_of_a_spreadsheet_is_no_formula_and_no_command(value, cell):
    assert spreadsheet_cell(value) == cell
