"""Which tests become which tier."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.generation.selection.choosing import LADDER, Candidate, choose
from tarot_bench.generation.selection.shortlist import evenly, shortlist
from tarot_bench.problem import TIERS, TestCase, Tier

ONE_EACH = dict.fromkeys(TIERS, 1)


def candidate(text: str, steps: int | None, rejects=(), boundary=(), output: str = "") -> Candidate:
    test = TestCase(tier=Tier.BASIC, input=text, output=output, kind="call")
    return Candidate(test, steps, frozenset(boundary), frozenset(rejects))


candidates = st.lists(
    st.builds(
        candidate,
        st.text("[0123456789]", min_size=1, max_size=8),
        st.integers(1, 30),
        st.sets(st.integers(0, 12)),
        st.sets(st.sampled_from(["an empty list", "the number 0"])),
        st.sampled_from(["0", "1"]),
    ),
    max_size=30,
    unique_by=lambda each: each.test.input,
)
counts = st.fixed_dictionaries({tier: st.integers(0, 4) for tier in TIERS})


@given(candidates, counts)
def test_every_test_of_a_band_is_heavier_than_those_of_the_bands_below(found, wanted):
    weights = [[c.candidate.weight for c in choose(found, wanted) if c.tier is tier] for tier in LADDER]
    for number, band in enumerate(weights):
        for lower in weights[:number]:
            assert all(low < high for low in lower for high in band)


@given(candidates)
def test_executed_lines_rise_strictly_where_three_numbers_of_them_exist(found):
    chosen = {choice.tier: choice.candidate.steps for choice in choose(found, ONE_EACH)}
    if len({each.steps for each in found}) >= len(LADDER):
        assert chosen[Tier.BASIC] < chosen[Tier.INTERMEDIATE] < chosen[Tier.COMPLEX]


@given(candidates, counts, st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_pool(found, wanted, rng):
    shuffled = rng.sample(found, len(found))
    assert choose(shuffled, wanted) == choose(found, wanted)
    assert shortlist(shuffled, 10) == shortlist(found, 10)


@given(candidates, counts)
def test_what_is_chosen_is_of_the_pool_once_and_no_more_than_wanted(found, wanted):
    chosen = choose(found, wanted)
    inputs = [choice.candidate.test.input for choice in chosen]
    assert len(set(inputs)) == len(inputs)
    assert all(choice.candidate in found for choice in chosen)
    assert all(sum(choice.tier is tier for choice in chosen) <= wanted[tier] for tier in TIERS)


@given(candidates, counts)
def test_no_test_of_the_same_band_would_have_rejected_more(found, wanted):
    rejected: set[int] = set()
    for choice in choose(found, wanted):
        assert choice.new == len(choice.candidate.rejects - rejected)
        rejected |= choice.candidate.rejects


def test_within_a_band_new_rejections_come_before_cost():
    cheap, strong, same = candidate("1", 1, {0}), candidate("2", 2, {0, 1}), candidate("3", 8, {0, 1})
    new, last = candidate("4", 9, {2}), candidate("5", 20)
    unused = candidate("6", 21)
    chosen = choose([cheap, strong, same, new, last, unused], ONE_EACH)
    assert [(choice.tier, choice.candidate, choice.new) for choice in chosen[:3]] == [
        (Tier.BASIC, strong, 2),
        (Tier.INTERMEDIATE, new, 1),
        (Tier.COMPLEX, last, 0),
    ]


def test_a_program_that_few_tests_reject_comes_before_several_that_many_reject():
    common = [candidate(str(number), 1, {0, 1}) for number in range(1, 5)]
    rare = candidate("9", 1, {2})
    chosen = choose([*common, rare], {Tier.BASIC: 1}, "author")
    assert [choice.candidate for choice in chosen] == [rare]


def test_a_tie_goes_to_an_input_of_another_size_and_not_to_the_cheapest():
    first, near, far = candidate("1", 10, {0}), candidate("2", 11), candidate("3", 1000)
    chosen = choose([first, near, far], {Tier.BASIC: 2}, "author")
    assert [choice.candidate for choice in chosen] == [first, far]


def test_edge_is_a_boundary_and_the_ladder_stays_away_from_it():
    plain = [candidate(str(number), number) for number in range(1, 10)]
    empty = candidate("[]", 2, {1, 2, 3}, {"an empty list"})
    chosen = choose([*plain, empty], ONE_EACH)
    assert chosen[-1].tier is Tier.EDGE
    assert chosen[-1].candidate is empty


def test_an_output_that_no_test_has_yet_breaks_a_tie():
    found = [candidate("1", 1, output="yes"), candidate("2", 5, output="yes"), candidate("3", 6, output="no")]
    found += [candidate("4", 9, output="yes"), candidate("5", 12, output="yes")]
    chosen = choose(found, ONE_EACH)
    assert {choice.candidate.test.output for choice in chosen} == {"yes", "no"}


@given(st.lists(st.integers(), max_size=50), st.integers(1, 20))
def test_a_spread_keeps_the_order_and_both_ends(items, most):
    kept = evenly(items, most)
    assert len(kept) == min(most, len(items))
    assert kept[:1] == items[:1]
    if most > 1:
        assert kept[-1:] == items[-1:]


@given(candidates, st.integers(1, 12))
def test_a_shortlist_is_part_of_the_pool_in_order_of_weight(found, most):
    short = shortlist(found, most)
    assert len(short) == min(most, len(found))
    assert [each.weight for each in short] == sorted(each.weight for each in short)
    assert all(each in found for each in short)


def test_a_clean_test_is_preferred_to_a_boundary_test_that_rejects_a_right_program():
    disputed = replace(candidate("0", 1, boundary=["the number 0"]), rejects_right=frozenset([0]))
    clean = candidate("5", 9)
    assert [choice.candidate for choice in choose([disputed, clean], {Tier.EDGE: 1})] == [clean]
    assert [choice.candidate for choice in choose([disputed], {Tier.EDGE: 1})] == [disputed]
