import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tarot_bench.errors import DataError, UserError
from tarot_bench.metrics.tiers import Metrics, pass_at_k, summarise
from tarot_bench.problem import TIERS, Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

LETTERS = {
    "P": Verdict.PASSED,
    "W": Verdict.WRONG_ANSWER,
    "T": Verdict.TIME_LIMIT,
    "N": Verdict.NO_CODE,
    "X": Verdict.TRUNCATED,
    "?": Verdict.UNGRADED,
}
LADDER = tuple(TIERS)


def matrix(*rows, tiers=LADDER, problem="p"):
    """One problem, a string of letters per sample: P(assed), W(rong), T(ime), N(o code), X truncated, ? ungraded."""
    return VerdictMatrix(problem, tiers, tuple(tuple(LETTERS[letter] for letter in row) for row in rows))


def problems(*groups, tiers=LADDER):
    return [matrix(*rows, tiers=tiers, problem=f"p{number}") for number, rows in enumerate(groups)]


all_tiers = st.just(LADDER)
any_labels = st.lists(st.sampled_from([*TIERS, None]), min_size=1, max_size=7).map(tuple)


@st.composite
def runs(draw, letters, labels=all_tiers):
    """Problems with equally many samples each."""
    samples = draw(st.integers(1, 4))
    groups = []
    for number in range(draw(st.integers(1, 5))):
        tiers = draw(labels)
        row = st.text(letters, min_size=len(tiers), max_size=len(tiers))
        groups.append(matrix(*(draw(row) for _ in range(samples)), tiers=tiers, problem=f"p{number}"))
    return groups


# pass@k


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_draws_that_hold_a_passing_sample(case):
    n, c, k = case
    draws = list(itertools.combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, draws)) / len(draws))


@given(st.integers(2, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n - 1))))
def test_pass_at_k_grows_with_k_and_stays_a_probability(case):
    n, c, k = case
    assert 0 <= pass_at_k(n, c, k) <= pass_at_k(n, c, k + 1) + 1e-12 <= 1 + 1e-12


def test_pass_at_k_keeps_its_digits_for_large_n():
    assert pass_at_k(10_000, 1, 100) == pytest.approx(0.01)


@pytest.mark.parametrize(("n", "c", "k"), [(3, 0, 4), (3, 0, 0), (3, 4, 1), (3, -1, 1)])
def test_pass_at_k_refuses_what_the_formula_would_answer_wrongly(n, c, k):
    with pytest.raises(UserError):
        pass_at_k(n, c, k)


# one small run by hand


def by_hand():
    return summarise(problems(("PPPP", "PPWP"), ("PWWT", "NNNN"), ("PPPT", "XXXX")), ks=(2,))


def test_rates_of_a_small_run_are_those_counted_by_hand():
    metrics = by_hand()
    assert [metrics.tiers[tier].pass_at[1].value for tier in TIERS] == pytest.approx([4 / 6, 3 / 6, 2 / 6, 2 / 6])
    assert [metrics.tiers[tier].through.value for tier in TIERS] == pytest.approx([4 / 6, 3 / 6, 2 / 6, 1 / 6])
    assert [metrics.tiers[tier].given_earlier.value for tier in TIERS] == pytest.approx([4 / 6, 3 / 4, 2 / 3, 1 / 2])
    assert metrics.strict[1].value == pytest.approx(1 / 6)
    assert metrics.strict[2].value == pytest.approx(1 / 3)
    assert metrics.robustness_gap.value == pytest.approx(2 / 6)
    assert metrics.first_failing_tier == {"basic": 2, "intermediate": 1, "complex": 1, "edge": 1, "none": 1}


def test_counts_of_a_small_run_are_those_counted_by_hand():
    counts = by_hand().counts
    assert (counts.problems, counts.samples, counts.tests) == (3, 6, 12)
    assert (counts.no_code, counts.truncated, counts.ungraded) == (1, 1, 0)
    assert by_hand().tiers[Tier.EDGE].verdicts == {
        Verdict.PASSED: 2,
        Verdict.TIME_LIMIT: 2,
        Verdict.NO_CODE: 1,
        Verdict.TRUNCATED: 1,
    }


def test_a_tier_with_several_tests_passes_only_when_all_do():
    metrics = summarise(problems(("PW",), ("PP",), tiers=(Tier.BASIC, Tier.BASIC)))
    basic = metrics.tiers[Tier.BASIC]
    assert (basic.tests, basic.problems) == (4, 2)
    assert basic.pass_at[1].value == 0.5
    assert basic.pass_rate.value == 0.75


def test_metrics_survive_the_trip_through_json():
    metrics = by_hand()
    assert Metrics.model_validate_json(metrics.model_dump_json()) == metrics


# what is left out


def test_an_ungraded_sample_is_neither_right_nor_wrong():
    with_trouble = summarise(problems(("PPPP", "PPP?"), ("WWWW", "PPPP"), ("????", "????")))
    without = summarise(problems(("PPPP",), ("WWWW", "PPPP")))
    assert with_trouble.strict == without.strict
    assert {t: m.pass_rate for t, m in with_trouble.tiers.items()} == {t: m.pass_rate for t, m in without.tiers.items()}
    assert with_trouble.first_failing_tier == without.first_failing_tier
    assert with_trouble.counts.ungraded == 3
    assert with_trouble.tiers[Tier.EDGE].verdicts[Verdict.UNGRADED] == 3


def test_problems_with_fewer_than_k_graded_samples_are_left_out_and_counted():
    metrics = summarise(problems(("PPPP", "????"), ("WWWW", "PPPP"), ("????", "????")), ks=(1, 2))
    assert metrics.counts.left_out == {1: 1, 2: 2}
    assert metrics.strict[2].value == 1.0
    assert metrics.strict[2].problems == 1


def test_a_run_with_nothing_graded_has_no_numbers_and_does_not_crash():
    metrics = summarise(problems(("?????",), tiers=(*TIERS, None)))
    assert metrics.strict == {1: None}
    assert metrics.original.pass_at == {1: None}
    assert metrics.robustness_gap is None
    assert all(tier.pass_rate is tier.through is tier.given_earlier is None for tier in metrics.tiers.values())
    assert sum(metrics.first_failing_tier.values()) == 0


def test_samples_without_code_count_as_failures():
    metrics = summarise(problems(("PPPP", "NNNN", "XXXX", "PPPP")))
    assert metrics.strict[1].value == 0.5


def test_only_tiers_that_the_data_has_are_reported():
    metrics = summarise(problems(("PP",), ("PW",), tiers=(Tier.BASIC, Tier.EDGE)))
    assert list(metrics.tiers) == [Tier.BASIC, Tier.EDGE]
    assert metrics.original is None
    assert metrics.tiers[Tier.EDGE].through == metrics.strict[1]


def test_a_benchmark_without_tiers_has_original_tests_only():
    metrics = summarise(problems(("P",), ("W",), tiers=(None,)))
    assert metrics.original.pass_at[1].value == 0.5
    assert (metrics.tiers, metrics.strict, metrics.first_failing_tier) == ({}, {}, {})
    assert metrics.robustness_gap is None


def test_original_tests_stay_out_of_strict():
    metrics = summarise(problems(("PPPPW",), tiers=(*TIERS, None)))
    assert metrics.strict[1].value == 1.0
    assert metrics.original.pass_at[1].value == 0.0


# mistakes


def grouped(*rows, problem="p", groups=("base", "plus", "plus")):
    made = matrix(*rows, tiers=(None,) * len(groups), problem=problem)
    return replace(made, groups=groups)


def test_tests_with_a_label_are_also_reported_by_it():
    metrics = summarise([grouped("PPP", "PPW", problem="a"), grouped("PWP", "WPP", problem="b")])
    assert {name: group.pass_at[1].value for name, group in metrics.groups.items()} == {"base": 0.75, "plus": 0.5}
    assert metrics.groups["plus"].tests == 4
    assert metrics.value("base") == 0.75
    assert metrics.value("original") == 0.25


def test_a_problem_that_lacks_a_label_does_not_count_towards_it():
    metrics = summarise([grouped("PPW", problem="a"), grouped("P", problem="b", groups=("base",))])
    assert metrics.groups["plus"].problems == 1
    assert (metrics.value("base"), metrics.value("plus")) == (1.0, 0.0)


def test_a_sample_that_is_ungraded_anywhere_counts_for_no_label():
    metrics = summarise([grouped("PPP", "W??")])
    assert metrics.value("base") == 1.0
    assert metrics.groups["base"].verdicts[Verdict.UNGRADED] == 1


def test_tests_without_labels_make_no_groups():
    assert summarise([matrix("PPPP")]).groups == {}


def test_no_problems_at_all_is_an_error():
    with pytest.raises(DataError):
        summarise([])


@pytest.mark.parametrize("empty", [VerdictMatrix("p", (), ((),)), VerdictMatrix("p", LADDER, ())])
def test_a_problem_without_tests_or_samples_is_an_error(empty):
    with pytest.raises(DataError, match="'p'"):
        summarise([empty])


def test_the_same_problem_twice_is_an_error():
    with pytest.raises(DataError, match="twice"):
        summarise([matrix("PPPP"), matrix("PPPP")])


def test_more_k_than_any_problem_has_samples_is_one_line():
    with pytest.raises(UserError, match="pass@4 needs 4 samples of a problem") as caught:
        summarise(problems(("PPPP",) * 3, ("PPPP",) * 2), ks=(1, 4))
    assert "\n" not in str(caught.value)


def test_a_problem_with_fewer_samples_than_k_is_left_out_by_name():
    """Of three samples one passes, of two both: pass@3 is that of the first problem alone."""
    numbers = summarise(problems(("PPPP", "WWWW", "WWWW"), ("PPPP",) * 2), ks=(1, 2, 3))
    assert numbers.strict[1].value == pytest.approx((1 / 3 + 1) / 2)
    assert numbers.strict[2].value == pytest.approx((2 / 3 + 1) / 2)
    assert numbers.strict[3].value == 1.0
    assert numbers.counts.left_out == {1: 0, 2: 0, 3: 1}
    assert numbers.counts.left_out_ids == {3: ("p1",)}


def test_k_of_zero_is_an_error():
    with pytest.raises(UserError, match="k starts at 1"):
        summarise([matrix("PPPP")], ks=(0,))


# names


def test_rates_are_found_by_name():
    metrics = summarise(problems(("PPPWP", "PPPPP"), ("WWWWP", "PPPPW"), tiers=(*TIERS, None)), ks=(2,))
    expected = {
        "strict": 0.5,
        "strict@1": 0.5,
        "strict@2": 1.0,
        "basic": 0.75,
        "edge": 0.5,
        "through.complex": 0.75,
        "given.edge": 2 / 3,
        "rate.edge": 0.5,
        "original": 0.75,
    }
    assert {name: metrics.value(name) for name in expected} == pytest.approx(expected)


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(
        UserError, match=r"unknown metric 'strict@5'; this run has strict, strict@2, basic, .*through\.edge"
    ):
        by_hand().value("strict@5")


def test_a_rate_without_graded_samples_is_an_error_not_zero():
    with pytest.raises(UserError, match="everything was ungraded"):
        summarise([matrix("????")]).value("strict")
    with pytest.raises(UserError, match="no graded sample counts"):
        summarise([matrix("WWWW")]).value("given.edge")


# properties


@given(runs("PPPWTN?", any_labels), st.randoms())
def test_the_order_of_problems_and_samples_does_not_matter(run, rng):
    shuffled = [
        VerdictMatrix(m.problem_id, m.tiers, tuple(rng.sample(m.rows, len(m.rows)))) for m in rng.sample(run, len(run))
    ]
    ours, theirs = summarise(run), summarise(shuffled)
    assert ours.counts == theirs.counts
    for name, estimate in ours.named().items():
        other = theirs.named()[name]
        assert (estimate is None) == (other is None)
        assert estimate is None or other.model_dump() == pytest.approx(estimate.model_dump())


@given(runs("PPPW?", any_labels))
def test_every_estimate_lies_inside_its_interval_inside_zero_and_one(run):
    for estimate in summarise(run, ks=range(1, len(run[0].rows) + 1)).named().values():
        assert estimate is None or 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@given(runs("PPPW?"))
def test_through_never_rises_and_ends_at_strict(run):
    metrics = summarise(run)
    assume(metrics.counts.ungraded < metrics.counts.samples)
    through = [metrics.tiers[tier].through.value for tier in TIERS]
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(through))
    assert metrics.tiers[Tier.EDGE].through == metrics.strict[1]


@given(runs("PPPPPW"))
def test_conditional_rates_multiply_to_through(run):
    metrics = summarise(run)
    chain = 1.0
    for tier in TIERS:
        given_earlier = metrics.tiers[tier].given_earlier
        assert (given_earlier is None) == (chain == 0)
        chain *= given_earlier.value if given_earlier else 0.0
        assert metrics.tiers[tier].through.value == pytest.approx(chain)


@given(runs("PPPW", any_labels))
def test_rates_agree_with_the_matrix_asked_row_by_row(run):
    metrics = summarise(run)

    def mean_over_problems(tiers):
        answers = [[m.passed(row, tiers) for row in range(len(m.rows))] for m in run]
        rates = [sum(a) / len(a) for a in answers if None not in a]
        return pytest.approx(sum(rates) / len(rates))

    for tier, group in metrics.tiers.items():
        assert group.pass_at[1].value == mean_over_problems([tier])
        assert group.through.value == mean_over_problems([other for other in TIERS if other <= tier])
    if metrics.tiers:
        assert metrics.strict[1].value == mean_over_problems(TIERS)
    if metrics.original:
        assert metrics.original.pass_at[1].value == mean_over_problems([None])


@given(runs("P", any_labels))
def test_passing_everything_gives_one_everywhere(run):
    metrics = summarise(run, ks=range(1, len(run[0].rows) + 1))
    assert all(estimate.value == 1.0 for estimate in metrics.named().values())
    assert metrics.robustness_gap is None or metrics.robustness_gap.value == 0.0


@given(runs("PPWT?", any_labels))
def test_every_graded_sample_fails_first_somewhere_or_nowhere(run):
    metrics = summarise(run)
    graded = sum(Verdict.UNGRADED not in row for m in run if set(m.tiers) != {None} for row in m.rows)
    assert sum(metrics.first_failing_tier.values()) == graded
    if metrics.tiers and metrics.counts.ungraded == 0:
        assert (metrics.first_failing_tier["none"] == graded) == math.isclose(metrics.strict[1].value, 1.0)
