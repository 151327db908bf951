import math

import pytest

from tarot_bench.metrics.means import mean_of


def test_the_mean_of_seeds_has_students_interval():
    mean = mean_of([0.1, 0.2, 0.3])
    # 4.3027 is the 97.5 % point of t with 2 degrees of freedom; the standard error is 0.1 / sqrt(3).
    assert (mean.value, mean.low, mean.high) == pytest.approx((0.2, 0.2 - 0.24842, 0.2 + 0.24842), abs=1e-4)


def test_one_value_has_no_bounded_interval():
    assert (mean_of([0.5]).low, mean_of([0.5]).high) == (-math.inf, math.inf)
