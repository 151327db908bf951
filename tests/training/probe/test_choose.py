"""Which curriculum is chosen, by what, and that the reason is told."""

import pytest

from tarot_bench.config import build
from tarot_bench.errors import RecipeError
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.problem import TIERS, Tier
from tarot_bench.recipes import root
from tarot_bench.training.probe.choose import by_size, choose
from tarot_bench.training.probe.portfolio import FOLDER, Gain, Portfolio, load_portfolio
from tarot_bench.training.probe.probe import Outlook, Probe, TierProbe

DEFAULT = load_portfolio("default")


def estimate(value, width=0.02):
    return Estimate(value=value, low=max(0, value - width), high=min(1, value + width), n=80, problems=10)


def probed(*rates, width=0.02, signal=None):
    tiers = {
        tier: TierProbe(pass_rate=estimate(rate, width), solved=estimate(rate, width), informative=None, verdicts={})
        for tier, rate in zip(TIERS, rates, strict=False)
    }
    outlooks = {name: Outlook(stages=(), informative=share) for name, share in (signal or {}).items()}
    counts = {"problems": 10, "samples": 80, "fewest_samples": 8, "group": 8, "lower_bound": False, "ungraded": 0}
    return Probe(
        model="m", benchmarks=("tarot",), mode="fraction", tiers=tiers, verdicts={}, curricula=outlooks, **counts
    )


@pytest.mark.parametrize(
    ("rate", "curriculum", "determined"),
    [
        (0.0, "easy_weighted", True),
        (0.399, "easy_weighted", True),
        (0.4, "static", False),
        (0.699, "static", False),
        (0.7, "hard_first", True),
        (1.0, "hard_first", True),
    ],
)
def test_the_capability_law_by_the_thresholds_of_the_portfolio(rate, curriculum, determined):
    choice = choose(probed(rate), DEFAULT, "rule")
    assert (choice.curriculum, choice.determined) == (curriculum, determined)
    assert f"pass@1 on the basic tier is {100 * rate:.1f} %" in choice.reason
    assert ("undetermined" in choice.reason) is not determined


def test_an_interval_across_the_threshold_is_told():
    assert "crosses the threshold" in choose(probed(0.39, width=0.05), DEFAULT).reason
    assert "crosses" not in choose(probed(0.2, width=0.05), DEFAULT).reason
    assert "crosses" in choose(probed(0.71, width=0.05), DEFAULT).reason


def test_thresholds_and_tier_are_the_users():
    rule = {"tier": "edge", "easy_below": 0.1, "hard_from": 0.1, "easy": "basic_only", "hard": "edge_only"}
    mine = DEFAULT.model_copy(update={"rule": DEFAULT.rule.model_validate(rule)})
    assert choose(probed(0.9, 0.9, 0.9, 0.05), mine).curriculum == "basic_only"
    assert choose(probed(0.1, 0.1, 0.1, 0.10), mine).curriculum == "edge_only"


SIGNAL = dict.fromkeys(DEFAULT.curricula, 0.5)


def test_the_largest_expected_signal_is_chosen_and_the_next_ones_are_told():
    choice = choose(probed(0.5, signal=SIGNAL | {"hard_first": 0.9, "uniform": 0.7}), DEFAULT, "signal")
    assert choice.curriculum == "hard_first"
    assert list(choice.scores)[:2] == ["hard_first", "uniform"]
    assert "90.0 % of groups of 8" in choice.reason
    assert "next uniform 70.0 %" in choice.reason


def test_of_equal_signals_the_plainest_is_chosen():
    assert choose(probed(0.5, signal=SIGNAL), DEFAULT, "signal").curriculum == "static"


def test_a_curriculum_without_a_signal_is_not_chosen_and_none_at_all_is_one_line():
    assert choose(probed(0.5, signal=SIGNAL | {"static": None}), DEFAULT, "signal").curriculum == "uniform"
    with pytest.raises(RecipeError, match="take more --samples"):
        choose(probed(0.5, signal=dict.fromkeys(SIGNAL)), DEFAULT, "signal")
    with pytest.raises(RecipeError, match="the probe lacks the curricula static"):
        choose(probed(0.5), DEFAULT, "signal")


WEAK, STRONG = dict(zip(TIERS, (0.2, 0.1, 0.0, 0.0), strict=True)), dict(zip(TIERS, (0.9, 0.8, 0.3, 0.2), strict=True))
GAINS = tuple(
    Gain(probe=probe, curriculum=name, gain=gain, seeds=3, source="a table")
    for probe, name, gain in (
        (WEAK, "var", 0.3),
        (WEAK, "hard_first", 0.1),
        (STRONG, "static", 0.5),
        (STRONG, "hard_first", 0.6),
        (STRONG, "edge_only", 0.9),
    )
)


def test_recorded_gains_of_the_nearest_model_decide_among_the_curricula_of_the_portfolio():
    mine = DEFAULT.model_copy(update={"gains": GAINS, "curricula": ("static", "var", "hard_first")})
    near_weak, near_strong = (
        choose(probed(*rates), mine, "table") for rates in ((0.3, 0.1, 0, 0), (0.7, 0.7, 0.3, 0.1))
    )
    assert near_weak.curriculum == "easy_weighted"  # recorded under its published name
    assert near_weak.scores == {"easy_weighted": 0.3, "hard_first": 0.1}
    assert near_strong.curriculum == "hard_first"
    assert "+60 pp" in near_strong.reason
    assert "3 seed(s), a table" in near_strong.reason


def test_a_table_without_gains_or_a_probe_without_a_tier_is_one_line():
    with pytest.raises(RecipeError, match="records no gains"):
        choose(probed(0.5), DEFAULT.model_copy(update={"gains": ()}), "table")
    with pytest.raises(RecipeError, match="no graded test on the intermediate tier"):
        choose(probed(0.5), DEFAULT, "table")
    with pytest.raises(RecipeError, match="no graded sample on the basic tier"):
        choose(probed(), DEFAULT, "rule")


@pytest.mark.parametrize(
    ("size", "curriculum"), [(5.9, "easy_weighted"), (6, None), (9, None), (12.9, None), (13, "hard_first")]
)
def test_size_is_undetermined_between_the_published_bounds(size, curriculum):
    choice = by_size(size, DEFAULT)
    assert choice.determined is (curriculum is not None)
    assert choice.curriculum == curriculum or choice.curriculum == DEFAULT.default
    assert ("probe the model" in choice.reason) is choice.determined


def test_every_shipped_portfolio_names_curricula_that_there_are():
    files = list((root() / FOLDER).glob("*.yaml"))
    assert files
    for file in files:
        portfolio = load_portfolio(file.stem)
        known = {curriculum.name for curriculum in portfolio.loaded}
        assert {portfolio.default, portfolio.rule.easy, portfolio.rule.hard} <= known
        assert {gain.curriculum for gain in portfolio.gains} <= known


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rule": DEFAULT.rule.model_dump() | {"easy_below": 0.8}}, "easy_below must not be above hard_from"),
        ({"size": {"easy_below_b": 20, "hard_from_b": 13}}, "easy_below_b must not be above"),
        ({"curricula": []}, "at least 1"),
    ],
)
def test_an_impossible_portfolio_is_refused(change, complaint):
    with pytest.raises(RecipeError, match=complaint):
        build(Portfolio, DEFAULT.model_dump() | change, "portfolio")


def test_the_tier_of_a_rule_may_have_its_published_name():
    assert DEFAULT.rule.model_validate(DEFAULT.rule.model_dump() | {"tier": "high"}).tier is Tier.COMPLEX
