"""Running pass rates: what moves them, what does not, and that a checkpoint keeps them."""

import json

import pytest

from tarot_bench.training.reward.statistics import PassStatistics
from tests.training.made import one_each


def test_rates_move_towards_the_batch_by_the_momentum():
    statistics = PassStatistics(momentum=0.25)
    statistics.update([one_each("1111"), one_each("1100")])
    assert statistics.rates(one_each("0000")) == [1.0, 1.0, 0.5, 0.5]
    statistics.update([one_each("0011")])
    assert statistics.rates(one_each("0000")) == pytest.approx([0.75, 0.75, 0.625, 0.625])
    assert statistics.solve_rate("p") == pytest.approx(0.75 * 0.5)


def test_ungraded_samples_say_nothing():
    statistics = PassStatistics()
    statistics.update([one_each("???1"), one_each("????")])
    assert statistics.solve_rate("p") is None
    assert statistics.rates(one_each("1111")) == [0.5] * 4


def test_problems_are_kept_apart():
    statistics = PassStatistics()
    statistics.update([one_each("1111", "easy"), one_each("0000", "hard")])
    assert (statistics.solve_rate("easy"), statistics.solve_rate("hard")) == (1.0, 0.0)


def test_two_problems_of_one_id_are_kept_apart_by_their_tests():
    statistics = PassStatistics()
    other = one_each("0000").model_copy(update={"problem_digest": "other"})
    shorter = other.model_copy(update={"results": other.results[:2]})
    statistics.update([one_each("1111"), other, shorter])
    assert [statistics.rates(grade)[0] for grade in (one_each("0000"), other, shorter)] == [1.0, 0.0, 0.0]


def test_a_checkpoint_keeps_them_through_json():
    before, after = PassStatistics(), PassStatistics()
    before.update([one_each("1010"), one_each("1111")])
    after.load_state_dict(json.loads(json.dumps(before.state_dict())))
    for statistics in (before, after):
        statistics.update([one_each("0000")])
    assert after.state_dict() == before.state_dict()
