"""Limits on what may become worse, and the words of a comparison."""

import pytest

from tarot_bench.errors import UserError
from tarot_bench.metrics.comparison import compare_verdicts
from tarot_bench.problem import Tier
from tarot_bench.reporting.comparison import Tolerance, cells, named, worse
from tarot_bench.verdict import Verdict, VerdictMatrix

P, F = Verdict.PASSED, Verdict.WRONG_ANSWER


def compared(first, second):
    def matrices(outcomes):
        return [VerdictMatrix(f"p{i}", (Tier.BASIC, Tier.EDGE), ((P, verdict),)) for i, verdict in enumerate(outcomes)]

    return compare_verdicts(matrices(first), matrices(second))


@pytest.mark.parametrize("text", ["edge", "edge=2", "edge=2%", "edge=-2pp", "=2pp", "edge=pp"])
def test_a_tolerance_that_is_not_in_percentage_points_is_refused(text):
    with pytest.raises(UserError, match="as in edge=2pp"):
        Tolerance.parse(text)


def test_only_a_change_that_is_certainly_worse_fails():
    certain, chance = compared([P] * 40, [F] * 40), compared([P, F, P, F] * 10, [F, F, P, F] * 10)
    (line,) = worse(certain, [Tolerance.parse("edge=2pp"), Tolerance.parse("basic = 0pp")])
    assert line.startswith("edge is worse by 100.0 pp; the interval [")
    assert worse(chance, [Tolerance.parse("edge=30pp")]) == []
    assert worse(compared([F] * 9, [P] * 9), [Tolerance.parse("edge=0pp")]) == []


def test_a_scope_that_the_runs_lack_is_named_with_those_they_have():
    with pytest.raises(UserError, match="compared are strict, basic, edge"):
        worse(compared([P], [P]), [Tolerance.parse("complex=1pp")])


def test_rates_are_per_cent_and_differences_percentage_points():
    shown = cells(compared([P, P, F, F], [P, F, F, F]).differences["edge"])
    assert shown[:3] == ["50.0 %", "25.0 %", "-25.0 pp"]
    assert shown[5:7] == ["0", "1"]


def test_the_problems_of_each_side_are_named_and_long_lists_are_cut():
    lines = named(compared([F] * 12 + [P], [P] * 12 + [F]))
    assert lines[0].endswith("p9 and 2 more")
    assert lines[1] == "first better: p12"
