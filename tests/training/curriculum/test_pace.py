"""The pace of an adaptive curriculum: forward only, within its limits, and the same after a resume."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.errors import RecipeError
from tarot_bench.problem import TIERS, Tier
from tarot_bench.training.curriculum import Curriculum, Pace, load_curriculum
from tests.training.made import grade_of, one_each

STEPS = 100
SIZE = 8
ADVANCE = {"pass_rate": 0.75, "hold": 2, "hysteresis": 0.25, "window": 16, "min_length": 0.05}


def curriculum(**advance) -> Curriculum:
    stages = [(0.3, TIERS[:1]), (0.6, TIERS[:2]), (1.0, TIERS)]
    return Curriculum(
        name="made",
        weights=dict.fromkeys(TIERS, 1.0),
        stages=[
            {"until": until, "tiers": tiers, "advance": None if until == 1 else ADVANCE | advance}
            for until, tiers in stages
        ],
    )


def batch(passing: int) -> list:
    """Completions of which as many pass all tests; the others pass none."""
    return [one_each("1111" if number < passing else "0000") for number in range(SIZE)]


def stages_of(pace: Pace, made: Curriculum, batches: list[int]) -> list[int]:
    """The stage of each batch; a batch a step."""
    stages = []
    for step, passing in enumerate(batches):
        stages.append(made.stage_number(pace.position(step / STEPS)))
        pace.observe(batch(passing), step / STEPS)
    return stages


streams = st.lists(st.integers(0, SIZE), min_size=STEPS, max_size=STEPS)


@settings(deadline=None)
@given(streams)
def test_stages_only_rise_and_each_lasts_as_long_as_it_may(batches):
    made = curriculum()
    pace = Pace(made)
    stages = stages_of(pace, made, batches)
    assert stages == sorted(stages)
    lengths = {stage: len(list(group)) / STEPS for stage, group in itertools.groupby(stages)}
    for stage, (start, end) in enumerate(made.spans[:-1]):
        assert 0.05 <= lengths[stage] <= end - start + 1 / STEPS + 1e-9
    assert stages[60] == 2  # where the schedule has it at the latest
    assert [switch.stage for switch in pace.switches] == [1, 2]


@settings(deadline=None)
@given(st.integers(2, 20).flatmap(lambda start: st.tuples(st.just(start), st.lists(st.integers(5, 7), min_size=60))))
def test_a_rate_that_hovers_at_the_threshold_switches_once(stream):
    """6 of 8 is the threshold; 5 to 7 stay within the hysteresis, whatever their order."""
    start, hovering = stream
    made = curriculum(window=SIZE)
    two = made.model_copy(update={"stages": (made.stages[0].model_copy(update={"until": 0.9}), made.stages[-1])})
    pace = Pace(two)
    stages = stages_of(pace, two, [0] * start + [6] + hovering)
    assert [switch.stage for switch in pace.switches] == [1]
    assert stages.index(1) == max(start + 2, 6)
    assert set(stages[stages.index(1) :]) == {1}


@pytest.mark.parametrize(
    ("batches", "first"),
    [
        ([8, 8], 6),  # held at once: only the least length delays it
        ([0] * 8 + [8, 0] * 10, 30),  # half of each window of two batches: the schedule ends the stage
        ([0] * 8 + [8, 8, 3], 11),  # reached once, and within the hysteresis after that
        ([0] * 8 + [6, 6, 1], 30),  # reached once, and then below it
        ([0] * 40, 30),
    ],
)
def test_a_stage_ends_once_the_rate_has_held(batches, first):
    made = curriculum()
    padded = batches + [batches[-1] if batches == [8, 8] else 0] * (50 - len(batches))
    assert stages_of(Pace(made), made, padded).index(1) == first


def test_a_switch_tells_when_and_why():
    made = curriculum()
    pace = Pace(made)
    stages_of(pace, made, [8] * 6 + [0] * 60)
    early, late = pace.switches
    assert (early.stage, early.progress, early.pass_rate) == (1, 0.05, 1.0)
    assert (late.stage, late.pass_rate) == (2, None)
    assert late.progress == pytest.approx(0.35)


def test_the_worst_active_tier_decides_and_ungraded_completions_do_not_count():
    made = curriculum(window=2, hold=1, min_length=0)
    easy, both, none = one_each("1000"), one_each("1100"), one_each("1???")
    pace = Pace(made)
    pace.observe([easy, none], 0.0)
    assert pace.switches == []  # one graded completion is less than a window
    pace.observe([easy], 0.01)
    assert [switch.stage for switch in pace.switches] == [1]
    pace.observe([easy, easy], 0.02)
    assert len(pace.switches) == 1
    pace.observe([both, both], 0.03)
    assert [switch.stage for switch in pace.switches] == [1, 2]


def test_problems_without_tests_in_the_active_tiers_leave_it_to_the_schedule():
    made = curriculum(window=2, hold=1)
    pace = Pace(made)
    for step in range(40):
        pace.observe([grade_of({Tier.EDGE: [True]})] * 2, step / STEPS)
    assert [(switch.stage, switch.progress, switch.pass_rate) for switch in pace.switches] == [(1, 0.3, None)]


@settings(deadline=None)
@given(streams, st.integers(0, STEPS))
def test_a_pace_goes_on_from_its_checkpoint(batches, at):
    made = curriculum()
    straight, first, resumed = Pace(made), Pace(made), Pace(made)
    expected = stages_of(straight, made, batches)
    assert stages_of(first, made, batches[:at]) == expected[:at]
    resumed.load_state_dict(json.loads(json.dumps(first.state_dict())))
    later = []
    for step in range(at, STEPS):
        later.append(made.stage_number(resumed.position(step / STEPS)))
        resumed.observe(batch(batches[step]), step / STEPS)
    assert later == expected[at:]
    assert resumed.state_dict() == straight.state_dict()


def test_without_advance_the_position_is_the_progress():
    made = load_curriculum("uniform")
    pace = Pace(made)
    for step in range(STEPS):
        assert pace.position(step / STEPS) == step / STEPS
        pace.observe(batch(SIZE), step / STEPS)
    assert [(switch.stage, switch.progress) for switch in pace.switches] == [(1, 0.2), (2, 0.4), (3, 0.6)]


@pytest.mark.parametrize(
    ("stages", "complaint"),
    [
        ("[{until: 1, tiers: [basic], advance: {pass_rate: 0.5}}]", "last stage has no stage to advance to"),
        (
            "[{until: 0.1, tiers: [basic], advance: {pass_rate: 0.5, min_length: 0.2}}, {until: 1, tiers: [basic]}]",
            "min_length=0.2 is longer than the stage until 0.1",
        ),
        (
            "[{until: 0.5, tiers: [basic], advance: {pass_rate: 0.5, hysteresis: 0.5}}, {until: 1, tiers: [basic]}]",
            "hysteresis=0.5 must be less than pass_rate=0.5",
        ),
        (
            "[{until: 0.5, tiers: [basic], advance: {pass_rat: 0.5}}, {until: 1, tiers: [basic]}]",
            "odd.yaml: stages.0.advance.pass_rat: unknown key; did you mean pass_rate",
        ),
        ("[{until: 1, tires: [basic]}]", "odd.yaml: stages.0.tires: unknown key; did you mean tiers"),
        ("[{until: 1, tiers: [bsic]}]", r"unknown tier label 'bsic'; .* did you mean basic\?$"),
    ],
)
def test_an_impossible_or_misspelt_advance_is_one_line_that_names_the_key(tmp_path, stages, complaint):
    file = tmp_path / "odd.yaml"
    file.write_text(f"name: odd\nweights: {{basic: 1}}\nstages: {stages}\n")
    with pytest.raises(RecipeError, match=complaint) as caught:
        load_curriculum(str(file))
    assert "\n" not in str(caught.value)
