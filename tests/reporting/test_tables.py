"""Columns that do not fit the terminal go beneath; nothing is cut."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tarot_bench.reporting.tables import Columns


def printed(table, width):
    stream = io.StringIO()
    Console(file=stream, width=width).print(table)
    return stream.getvalue()


def filled(columns):
    table = Columns("name", *(f"column {n}" for n in range(columns)))
    for row in range(2):
        table.add_row(f"row {row}", *(f"{row}-{n}" for n in range(columns)))
    return table


def test_a_wide_terminal_has_one_table_and_a_narrow_one_several_with_the_labels_repeated():
    assert printed(filled(4), 80).count("name") == 1
    narrow = printed(filled(4), 30)
    assert narrow.count("name") == narrow.count("row 0") == narrow.count("row 1") == 2


@given(st.integers(1, 12), st.integers(24, 130))
def test_every_cell_is_there_at_any_width(columns, width):
    text = printed(filled(columns), width)
    assert max(map(len, text.splitlines())) <= width
    assert {f"{row}-{n}" for row in range(2) for n in range(columns)} <= set(text.split())
    assert "…" not in text


def test_numbers_are_aligned_to_the_right_and_texts_to_the_left():
    table = Columns("a", "number", "text", texts=["text"], least=10)
    table.add_row("b", "1", "x")
    head, _, row = printed(table, 80).splitlines()
    assert head.index("number") + len("number") == row.index("1") + 1 == len("a  ") + 10
    assert head.index("text") == row.index("x")


@pytest.mark.parametrize("cell", ["word " * 40, "w" * 200])
def test_a_text_that_is_wider_than_the_terminal_is_folded(cell):
    table = Columns("a", "text", texts=["text"])
    table.add_row("b", cell)
    text = printed(table, 40)
    assert max(map(len, text.splitlines())) <= 40
    assert "".join(text.split()).count(cell.split()[0][0]) >= len("".join(cell.split())) / len(cell.split()[0])


def test_a_cell_commands_no_terminal_and_is_no_markup():
    table = Columns("a", "text", texts=["text"])
    table.add_row("[red]b", "x\x1b[2Jy")
    text = printed(table, 60)
    assert "[red]b" in text
    assert "x\\x1b[2Jy" in text
