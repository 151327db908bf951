"""Records that are put aside come back as they were, and leave no file behind."""

import gc
import tempfile
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen
from tarot_bench.runs.spool import Spool
from tarot_bench.views import Mapped


class Line(Frozen):
    text: str


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_records_come_in_the_order_of_their_places_as_often_as_wanted(texts):
    spool = Spool(Line)
    for place, text in reversed(list(enumerate(texts))):
        spool.append(Line(text=text), place)
    stored = spool.records()
    assert [line.text for line in stored] == texts
    assert [line.text for line in reversed(stored)] == texts[::-1]


def test_the_file_has_no_name_and_is_there_for_its_readers(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool(Line)
    spool.append(Line(text="a"), 0)
    stored = spool.records()
    assert list(tmp_path.iterdir()) == []
    del spool
    gc.collect()
    assert [line.text for line in stored] == ["a"]


def test_a_full_disk_is_one_line(monkeypatch):
    full = partial(open, "/dev/full", "wb")
    monkeypatch.setattr("tarot_bench.runs.spool.TemporaryFile", full)
    spool = Spool(Line)
    spool.append(Line(text="a"), 0)
    with pytest.raises(RunError, match="No space left on device; free some space, or set TMPDIR"):
        spool.records()


def test_a_mapped_sequence_makes_only_what_is_asked_for():
    made = []
    squares = Mapped(range(1000), lambda number: made.append(number) or number**2)
    assert len(squares) == 1000
    assert squares[-1] == 999**2
    assert list(squares[2:4]) == [4, 9]
    assert made == [999, 2, 3]
