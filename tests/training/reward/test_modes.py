"""Reward modes: the published one to the letter, the others within bounds and never worse for passing more."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.problem import PUBLISHED_LABELS, TIERS, Tier
from tarot_bench.training.curriculum import load_curriculum, shipped_curricula
from tarot_bench.training.reward.modes import DENSE_SHARE, FLOOR, MODES, RewardMode
from tarot_bench.training.reward.statistics import PassStatistics
from tarot_bench.verdict import Verdict
from tests.training.made import grade_of, grades, one_each
from tests.training.published import PUBLISHED, epochs_of, reward_of

SHIPPED = tuple(shipped_curricula().values())
NEW = PassStatistics()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_weighted_sum_is_the_published_reward_for_every_outcome_at_every_epoch(name):
    curriculum, length = load_curriculum(name), PUBLISHED[name][0]
    for pattern, epoch in product(map("".join, product("01", repeat=4)), epochs_of(name)):
        passed = {PUBLISHED_LABELS.get(t, str(t)): mark == "1" for t, mark in zip(TIERS, pattern, strict=True)}
        ours = MODES["weighted_sum"](curriculum, one_each(pattern), epoch / length, NEW)
        assert ours == pytest.approx(reward_of(name, epoch, passed), abs=1e-12), (pattern, epoch)


def test_the_published_reward_is_not_normalised_so_its_maximum_moves_with_the_stage():
    most = [
        MODES["weighted_sum"](load_curriculum("var_asce_normal"), one_each("1111"), p, NEW) for p in (0, 0.2, 0.4, 0.6)
    ]
    assert most == pytest.approx([0.15, 0.30, 0.65, 1.0])


def test_the_published_reward_of_a_problem_without_tests_in_the_stage_is_nothing():
    grade = grade_of({Tier.EDGE: [True]})
    values = {mode: MODES[mode](load_curriculum("basic_only"), grade, 0.0, NEW) for mode in MODES}
    assert values == dict.fromkeys(MODES) | {"weighted_sum": 0.0}


@pytest.mark.parametrize("mode", get_args(RewardMode))
@pytest.mark.parametrize("curriculum", SHIPPED, ids=lambda c: c.name)
def test_every_mode_goes_with_every_curriculum(mode, curriculum):
    for progress in (0.0, 0.2, 0.5, 1.0):
        best = MODES[mode](curriculum, one_each("1111"), progress, NEW)
        assert MODES[mode](curriculum, one_each("0000"), progress, NEW) == 0.0
        assert MODES[mode](curriculum, one_each("????"), progress, NEW) is None
        if mode != "weighted_sum":
            assert best == 1.0


@pytest.mark.parametrize("mode", get_args(RewardMode))
@settings(deadline=None)
@given(data=st.data())
def test_a_reward_is_bounded_and_never_falls_when_another_test_passes(mode, data):
    curriculum = data.draw(st.sampled_from(SHIPPED))
    progress, grade = data.draw(st.floats(0, 1)), data.draw(grades())
    statistics = PassStatistics()
    statistics.update(data.draw(st.lists(st.just(grade), max_size=2)))
    reward = MODES[mode](curriculum, grade, progress, statistics)
    if reward is None:
        return
    number = data.draw(st.integers(0, len(grade.results) - 1))
    results = list(grade.results)
    results[number] = results[number].model_copy(update={"verdict": Verdict.PASSED})
    raised = MODES[mode](curriculum, grade.model_copy(update={"results": tuple(results)}), progress, statistics)
    most = sum(curriculum.weights.get(result.tier, 0) for result in grade.results) if mode == "weighted_sum" else 1.0
    assert 0 <= reward <= raised <= most + 1e-12


@settings(deadline=None)
@given(grades(ungraded=True), st.floats(0, 1), st.sampled_from(SHIPPED), st.sampled_from(get_args(RewardMode)))
def test_an_ungraded_test_in_an_active_tier_is_never_a_score(grade, progress, curriculum, mode):
    active = curriculum.active(progress)
    reward = MODES[mode](curriculum, grade, progress, NEW)
    if any(result.verdict is Verdict.UNGRADED and result.tier in active for result in grade.results):
        assert reward is None
    elif any(result.tier in active for result in grade.results):
        assert reward is not None


def test_what_the_modes_make_of_one_grade():
    grade = grade_of(
        {Tier.BASIC: [True, True], Tier.INTERMEDIATE: [True, False], Tier.COMPLEX: [True], Tier.EDGE: [True]}
    )
    values = {mode: MODES[mode](load_curriculum("static"), grade, 0.0, NEW) for mode in get_args(RewardMode)}
    assert values == {
        "fraction": pytest.approx(3.5 / 4),
        "weighted_sum": 5.0,
        "all_or_nothing": 0.0,
        "min": 0.5,
        "dense": pytest.approx(DENSE_SHARE * 5 / 6),
    }


def test_dense_pays_more_for_the_tests_that_few_pass():
    statistics = PassStatistics(momentum=1.0)
    statistics.update([one_each(pattern) for pattern in ("1100", "1100", "1000", "1000")])
    static = load_curriculum("static")
    basic, middle, hard = (MODES["dense"](static, one_each(p), 0.0, statistics) for p in ("1000", "0100", "0010"))
    total = FLOOR + 0.5 + 1 + 1
    assert [basic, middle, hard] == pytest.approx([DENSE_SHARE * w / total for w in (FLOOR, 0.5, 1)])
    assert MODES["dense"](static, one_each("1111"), 0.0, statistics) == 1.0
