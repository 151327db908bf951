"""Rewards of saved samples, stage by stage."""

import pytest

from tarot_bench.problem import TIERS, Tier
from tarot_bench.training.curriculum import load_curriculum
from tarot_bench.training.probe.replay import replay
from tests.training.made import grade_of, one_each

SAVED = [
    *(one_each(pattern, "split", n) for n, pattern in enumerate(("1111", "1100", "1000", "0000"))),
    *(one_each("1110", "alike", n) for n in range(4)),
]


def test_every_stage_has_the_rewards_that_training_would_have_given():
    stages = replay(SAVED, load_curriculum("uniform"), "fraction", group=4)
    assert [(stage.start, stage.until, stage.tiers) for stage in stages] == [
        (0.0, 0.2, TIERS[:1]),
        (0.2, 0.4, TIERS[:2]),
        (0.4, 0.6, TIERS[:3]),
        (0.6, 1.0, TIERS),
    ]
    first, last = stages[0], stages[-1]
    assert (first.mean, first.zero, first.full) == (7 / 8, 1 / 8, 7 / 8)
    assert first.deviation == pytest.approx((7 / 64) ** 0.5)
    assert (last.mean, last.zero, last.full) == ((1.75 + 3) / 8, 1 / 8, 1 / 8)
    assert [stage.informative.value for stage in stages] == [0.5] * 4


def test_full_is_passing_every_active_test_in_a_mode_whose_maximum_moves():
    stages = replay(SAVED, load_curriculum("var_asce_normal"), "weighted_sum", group=4)
    assert [stage.full for stage in stages] == [7 / 8, 6 / 8, 5 / 8, 1 / 8]
    assert stages[0].mean == pytest.approx(0.15 * 7 / 8)


def test_samples_without_a_reward_are_counted_apart():
    saved = [one_each("1???", index=0), one_each("1111", index=1), grade_of({Tier.BASIC: [True]}, "other")]
    basic, edge = (replay(saved, load_curriculum(f"{tier}_only"), "fraction", 2)[0] for tier in ("basic", "edge"))
    assert (basic.rewarded, basic.none, basic.mean) == (3, 0, 1.0)
    assert (edge.rewarded, edge.none, edge.mean) == (1, 2, 1.0)
    assert edge.informative is None
    nothing = replay(saved[:1], load_curriculum("edge_only"), "fraction", 2)[0]
    assert (nothing.mean, nothing.zero, nothing.full, nothing.deviation) == (None, None, None, None)


def test_a_stage_that_keeps_the_hardest_looks_at_these_alone():
    saved = [
        one_each(pattern, f"p{n}", index)
        for n, pattern in enumerate(("1111", "1111", "0001", "1111"))
        for index in (0, 1)
    ]
    everything, hardest = replay(saved, load_curriculum("hard_focus"), "fraction", 2)
    assert (everything.rewarded, hardest.rewarded) == (8, 2)
    assert hardest.mean == 0.5


def test_dense_weighs_by_the_samples_themselves():
    (stage,) = replay(SAVED[:4], load_curriculum("static"), "dense", 4)
    assert stage.full == 0.25
    assert 0.25 < stage.mean < 0.5
