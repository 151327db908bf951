"""The difference between two versions of a dataset."""

from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.dataset.difference import difference, paired
from tarot_bench.problem import TIERS, Tier
from tests.generation.making import case_of, entry_of


def problem(name="p", **changes):
    return entry_of(name).problem.model_copy(update=changes)


def test_added_removed_and_equal_problems_are_told_apart():
    made = difference([problem("a"), problem("b")], [problem("b"), problem("c")])
    assert (made.added, made.removed, made.changed, made.same) == (("c",), ("a",), (), 1)


def test_each_kind_of_change_of_a_test_is_told():
    old = problem()
    basic, intermediate, complex_, edge = old.tests
    moved = complex_.model_copy(update={"tier": Tier.EDGE})
    corrected = edge.model_copy(update={"output": "9\n"})
    new = problem(tests=(basic, case_of(Tier.BASIC, "5"), moved, corrected))
    (change,) = difference([old], [new]).changed
    told = [(each.before, each.after, each.tier_before, each.tier_after, each.output_changed) for each in change.tests]
    assert told == [
        (1, None, "intermediate", None, False),
        (2, 2, "complex", "edge", False),
        (3, 3, "edge", "edge", True),
        (None, 1, None, "basic", False),
    ]
    assert intermediate.input == "3\n3 4 -5\n"


def test_changed_fields_are_named():
    (change,) = difference([problem()], [problem(statement="another")]).changed
    assert (change.fields, change.tests) == (("statement",), ())


numbers = st.lists(st.integers(0, 3).map(str), max_size=6)


@given(numbers, numbers)
def test_pairs_hold_every_test_once_and_pair_equal_inputs(before, after):
    old, new = ([case_of(TIERS[0], text) for text in each] for each in (before, after))
    pairs = list(paired(old, new))
    assert sorted(first for first, _ in pairs if first is not None) == list(range(len(old)))
    assert sorted(second for _, second in pairs if second is not None) == list(range(len(new)))
    assert all(old[a].input == new[b].input for a, b in pairs if a is not None and b is not None)
    alone = {old[a].input for a, b in pairs if b is None} & {new[b].input for a, b in pairs if a is None}
    assert not alone
