"""Names that tell runs apart."""

from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.reporting.labels import labels_of


def test_a_run_has_the_first_name_that_no_other_goes_by():
    assert labels_of([("m", "a", "x/a"), ("n", "b", "x/b")]) == ["m", "n"]
    assert labels_of([("m", "a", "x/a"), ("m", "b", "x/b")]) == ["a", "b"]
    assert labels_of([("m", "a", "x/a"), ("m", "a", "y/a"), ("n", "c", "z/c")]) == ["x/a", "y/a", "n"]
    assert labels_of([("gold", "a", "x/a"), ("m", "gold", "x/gold"), ("m", "b", "x/b")]) == ["a", "x/gold", "b"]
    assert labels_of([("m", "a", "x/a"), ("m", "a", "x/a")]) == ["x/a", "x/a (2)"]
    assert labels_of([("\x1b[31m\n",)]) == ["\\x1b[31m\\n"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("abc")), max_size=6))
def test_labels_are_distinct(names):
    labels = labels_of([(*each, f"path {number}") for number, each in enumerate(names)])
    assert len(set(labels)) == len(labels)
