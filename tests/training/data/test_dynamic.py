"""Dynamic sampling: what teaches comes more often, nothing is left out, and a resume goes on as before."""

import json
import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.errors import RecipeError
from tarot_bench.training.data.dynamic import DynamicSampler
from tarot_bench.training.data.sampler import DealtBlocks


def sampler(rows=40, signal=lambda row, progress: 0.0, **changes):
    return DynamicSampler(rows, signal, **{"batch_size": 4, "blocks": 100, **changes})


@settings(deadline=None)
@given(st.data(), st.integers(1, 8), st.integers(2, 5), st.integers(0, 3))
def test_every_row_is_dealt_at_least_once_in_so_many_epochs_and_never_twice_in_a_block(data, batch, every, window):
    rows = data.draw(st.integers(batch, 60))
    loud = data.draw(st.sets(st.integers(0, rows - 1)))
    made = sampler(rows, lambda row, _: float(row in loud), batch_size=batch, every_epochs=every, floor=1e-9)
    span = every * (rows // batch)
    blocks = [made.block(number) for number in range(window * span, (window + 1) * span)]
    assert all(len(set(block)) == len(block) == batch for block in blocks)
    assert {row for block in blocks for row in block} == set(range(rows))


def test_rows_with_a_signal_come_more_often_and_the_floor_says_how_often_the_others_do():
    def seen(floor):
        made = sampler(signal=lambda row, _: float(row < 10), floor=floor, every_epochs=40)
        counts = Counter(row for number in range(400) for row in made.block(number))
        return sum(counts[row] for row in range(10)) / counts.total()

    # A quarter of the rows; by the deck alone 0.25, and drawn without replacement at most 10 of 10.
    assert seen(1.0) == pytest.approx(0.25, abs=0.04)
    assert seen(0.5) == pytest.approx(0.25 * 0.25 + 0.75 * 0.4, abs=0.05)
    assert seen(0.01) > 0.7


def test_signals_are_asked_for_at_the_progress_of_the_block():
    asked = []
    made = sampler(signal=lambda row, progress: asked.append(progress) or 0.5, blocks=10)
    made.block(5)
    made.block(40)
    assert set(asked) == {0.5, 1.0}


def test_blocks_that_were_dealt_before_a_checkpoint_stay_the_same_and_later_ones_follow_what_is_known_then():
    signals = [0.0] * 40
    dealt = DealtBlocks()
    straight = sampler(signal=lambda row, _: signals[row], dealt=dealt)
    before = [straight.block(number) for number in range(12)]
    state = json.dumps(dealt.state_dict())
    signals[:20] = [1.0] * 20
    after = [straight.block(number) for number in range(12, 20)]
    restored = DealtBlocks()
    restored.load_state_dict(json.loads(state))
    resumed = sampler(signal=lambda row, _: signals[row], dealt=restored)
    skipped = [resumed.block(number) for number in range(12)]
    assert skipped[-8:] == before[-8:]
    assert [resumed.block(number) for number in range(12, 20)] == after
    assert sampler(signal=lambda row, _: signals[row]).block(11) != before[11]


def test_an_epoch_has_trls_shape_and_another_seed_another_order():
    made = sampler(10, batch_size=3, mini_repeat_count=2, repeat_count=2)
    indices = list(made)
    assert len(indices) == len(made) == 3 * 3 * 2 * 2
    assert indices[:6] == indices[6:12]
    assert math.prod([indices[at] == indices[at + 1] for at in range(0, 36, 2)])
    assert list(sampler(10, batch_size=3, seed=1)) != list(sampler(10, batch_size=3))


def test_too_few_rows_are_one_line():
    with pytest.raises(RecipeError, match="3 training problems are too few for 4 prompts"):
        sampler(3)
