"""Smaller sets: every stratum has its share, and the same seed draws the same problems."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.cli.subset import _differences
from tarot_bench.dataset import load_problems
from tarot_bench.dataset.subset import stratified, stratum_of
from tarot_bench.errors import DataError
from tarot_bench.problem import Origin, Problem, TestCase, Tier


def problem(number, source, difficulty, tiers):
    tests = tuple(TestCase(tier=tier, input="", output="") for tier in tiers)
    return Problem(id=f"p{number}", statement="s", origin=Origin(source=source, difficulty=difficulty), tests=tests)


STRATA = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, "easy", "hard"]),
    st.sampled_from([tuple(Tier), (Tier.BASIC,), (Tier.EDGE, Tier.BASIC)]),
)
SETS = st.lists(STRATA, min_size=1, max_size=40).map(
    lambda strata: [problem(number, *stratum) for number, stratum in enumerate(strata)]
)


@given(SETS, st.data(), st.integers(0, 3))
def test_every_stratum_has_its_share_rounded_up_or_down(made, data, seed):
    count = data.draw(st.integers(1, len(made)))
    drawn = stratified(made, count, seed)
    assert len(drawn) == len({each.id for each in drawn}) == count
    sizes, kept = Counter(map(stratum_of, made)), Counter(map(stratum_of, drawn))
    for stratum, size in sizes.items():
        assert abs(kept[stratum] - size * count / len(made)) < 1


@given(SETS, st.data(), st.randoms())
def test_the_order_of_the_problems_does_not_matter_to_which_are_drawn(made, data, random):
    count = data.draw(st.integers(1, len(made)))
    mixed = list(made)
    random.shuffle(mixed)
    drawn = stratified(made, count, 0)
    assert {each.id for each in stratified(mixed, count, 0)} == {each.id for each in drawn}
    assert drawn == [each for each in made if each in drawn]


def test_a_seed_stands_for_the_same_problems_for_ever_and_another_for_others():
    made = load_problems("embedded").problems
    drawn = [[each.id for each in stratified(made, 6, seed)] for seed in (0, 1)]
    assert drawn[0] != drawn[1]
    names = "beacon-rhythm courier-voucher ferry-fares ini-layers quiet-rooms satellite-payload"
    assert drawn[0] == [f"embedded/{name}" for name in names.split()]


def test_differences_that_no_two_models_can_have_are_not_promised():
    found = "a true difference between two models of {} samples of each problem"
    assert _differences(1) == "no difference between two models; draw more"
    assert _differences(3) == found.format("36.2 pp with 10")
    assert _differences(12) == found.format("28.6 pp with 4 and 18.1 pp with 10")
    assert _differences(100) == found.format("19.8 pp with 1, 9.9 pp with 4 and 6.3 pp with 10")


@pytest.mark.parametrize("count", [0, 47])
def test_a_number_that_the_data_cannot_give_is_one_line(count):
    with pytest.raises(DataError, match=f"cannot draw {count} problems: the data have 46"):
        stratified(load_problems("embedded").problems, count, 0)
