import pytest

from tarot_bench.errors import UserError
from tarot_bench.metrics.tiers import summarise
from tarot_bench.problem import Tier
from tarot_bench.reporting.thresholds import Threshold, failed
from tarot_bench.verdict import Verdict, VerdictMatrix

P, W = Verdict.PASSED, Verdict.WRONG_ANSWER


def half_right():
    tiers = (Tier.BASIC, Tier.EDGE)
    return summarise([VerdictMatrix("a", tiers, ((P, P),)), VerdictMatrix("b", tiers, ((P, W),))])


@pytest.mark.parametrize(
    ("text", "name", "minimum"),
    [
        ("strict=0.5", "strict", 0.5),
        (" strict = 50% ", "strict", 0.5),
        ("edge@5=1", "edge@5", 1.0),
        ("through.complex=0", "through.complex", 0.0),
        ("original@10=12.5%", "original@10", 0.125),
        ("base=0.5", "base", 0.5),
        ("plus@2=0.5", "plus@2", 0.5),
    ],
)
def test_a_threshold_is_read_as_a_share_or_in_percent(text, name, minimum):
    assert Threshold.parse(text) == Threshold(name, minimum)


@pytest.mark.parametrize("text", ["strict", "=0.5", "strikt=0.5", "strict@0=0.5", "through.strict=0.5", "medium=0.1"])
def test_a_name_that_no_run_can_have_is_refused_before_anything_runs(text):
    with pytest.raises(UserError, match="NAME=MINIMUM"):
        Threshold.parse(text)


def test_a_misspelled_name_is_answered_with_the_closest_right_one():
    with pytest.raises(UserError, match=r"given\.TIER; did you mean strict\?$"):
        Threshold.parse("strct=0.5")
    with pytest.raises(UserError, match=r"given\.TIER$"):
        Threshold.parse("strict")


@pytest.mark.parametrize("text", ["strict=", "strict=half", "strict=1.5", "strict=-0.1", "strict=101%", "strict=nan"])
def test_a_minimum_that_is_no_share_is_refused(text):
    with pytest.raises(UserError, match="between 0 and 1"):
        Threshold.parse(text)


@pytest.mark.parametrize(("text", "k"), [("strict=0.5", 1), ("strict@5=0.5", 5), ("rate.edge=0.5", 1)])
def test_a_threshold_knows_which_k_it_needs(text, k):
    assert Threshold.parse(text).k == k


def test_each_threshold_that_is_not_reached_is_one_line():
    thresholds = [Threshold.parse(text) for text in ("strict=0.6", "basic=100%", "edge=50.1%")]
    assert failed(thresholds, half_right()) == [
        "strict is 0.5000, below the minimum of 0.6",
        "edge is 0.5000, below the minimum of 0.501",
    ]


def test_a_rate_that_equals_its_minimum_reaches_it():
    assert failed([Threshold.parse("strict=0.5")], half_right()) == []
    two_of_five = summarise([VerdictMatrix("a", (Tier.EDGE,), ((P,), (P,), (W,), (W,), (W,)))])
    assert two_of_five.value("edge") < 0.4  # by rounding
    assert failed([Threshold.parse("edge=40%")], two_of_five) == []


def test_a_threshold_on_a_rate_the_run_lacks_is_an_error_not_a_pass():
    with pytest.raises(UserError, match="this run has"):
        failed([Threshold.parse("complex=0")], half_right())


def test_a_threshold_on_ungraded_samples_is_an_error_not_a_failure():
    nothing = summarise([VerdictMatrix("a", (Tier.EDGE,), ((Verdict.UNGRADED,),))])
    with pytest.raises(UserError, match="ungraded"):
        failed([Threshold.parse("strict=0")], nothing)
