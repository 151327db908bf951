"""The reward as TRL calls it: real programs in the real sandbox."""

import asyncio
import inspect
import json
import math
import pickle
from itertools import product
from typing import get_args

import pytest

from tarot_bench.dataset import published, tarot_v1
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.problem import TIERS, Tier
from tarot_bench.sandbox import open_sandbox
from tarot_bench.training.curriculum import shipped_curricula
from tarot_bench.training.reward.batch import BatchGrader, own_cores
from tarot_bench.training.reward.formats import FormatReward
from tarot_bench.training.reward.modes import MODES, RewardMode
from tarot_bench.training.reward.tier_reward import AsyncTierReward, TierReward
from tarot_bench.verdict import Verdict
from tests.training.problems import CHECKED, COUNT, DOUBLE, Watched, fenced, passing
from tests.training.published import PUBLISHED, epochs_of, reward_of

GOLD = fenced(COUNT.solution)


def rewarded(reward, *completions, problem=COUNT, progress=0.0, **arguments):
    rows = {"problem": [problem.model_dump_json()] * len(completions)}
    return reward(list(completions), progress=progress, **rows, **arguments)


def test_programs_earn_what_they_pass_in_the_tiers_that_are_active(sandbox):
    reward = TierReward("uniform", "fraction", sandbox)
    programs = [passing(), passing(Tier.BASIC), passing(Tier.BASIC, Tier.EDGE), GOLD]
    earned = [rewarded(reward, *programs, progress=progress) for progress in (0.0, 0.2, 0.4, 0.6, 1.0)]
    assert earned == [
        [0, 1, 1, 1],
        [0, 0.5, 0.5, 1],
        [0, pytest.approx(1 / 3), pytest.approx(1 / 3), 1],
        [0, 0.25, 0.5, 1],
        [0, 0.25, 0.5, 1],
    ]


def test_every_combination_of_curriculum_and_mode_builds_and_rewards_gold_more_than_nothing(sandbox):
    for curriculum, mode in product(shipped_curricula().values(), get_args(RewardMode)):
        gold, nothing = rewarded(TierReward(curriculum, mode, sandbox), GOLD, "no idea", progress=0.7)
        assert gold > nothing == 0, (curriculum.name, mode)


def test_the_weighted_sum_with_the_published_comparison_is_the_published_reward_of_real_programs(sandbox):
    """Subsets of the tiers, and the truncated output that the published comparison lets pass."""
    labels = dict(zip(TIERS, ("basic", "medium", "high", "edge"), strict=True))
    subsets = [tuple(t for t, kept in zip(TIERS, mask, strict=True) if kept) for mask in product((0, 1), repeat=4)]
    programs = [*(passing(*subset) for subset in subsets), fenced("print(1)")]
    truth = [*({label: tier in subset for tier, label in labels.items()} for subset in subsets)]
    truth.append(dict.fromkeys(labels.values(), True))
    published = BatchGrader(sandbox, compat="tarot").grade([COUNT] * len(programs), programs).grades
    for name, (length, *_) in PUBLISHED.items():
        reward = TierReward(name, "weighted_sum", sandbox)
        for epoch in epochs_of(name):
            earned = [MODES["weighted_sum"](reward.curriculum, g, epoch / length, reward.statistics) for g in published]
            assert earned == pytest.approx([reward_of(name, epoch, passed) for passed in truth]), (name, epoch)
    called = TierReward("var_asce_rev_3e", "weighted_sum", sandbox, compat="tarot")
    earned = rewarded(called, *programs, progress=1.3 / 3)  # epoch 1.3 of 3
    assert earned == pytest.approx([reward_of("var_asce_rev_3e", 1.3, passed) for passed in truth])
    assert rewarded(TierReward("static", "fraction", sandbox), fenced("print(1)")) == [0.0]


def test_messages_are_read_as_texts_are(sandbox):
    reward = TierReward("static", "fraction", sandbox)
    blocks = [{"role": "assistant", "content": [{"type": "text", "text": GOLD}]}]
    messages = [{"role": "user", "content": "no"}, {"role": "assistant", "content": GOLD}]
    assert rewarded(reward, GOLD, messages, blocks, [{"role": "assistant", "content": None}], []) == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    "last",
    [
        {"role": "assistant"},
        {"role": "assistant", "tool_calls": [{"id": "1"}]},
        {"role": "assistant", "content": [{"type": "text", "text": None}, {"type": "image"}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": GOLD, "text": GOLD}]},
        {"role": "assistant", "content": {}},
        None,
        "",
    ],
    ids=repr,
)
def test_a_message_without_text_earns_nothing_and_costs_the_others_nothing(last, sandbox):
    messages = [{"role": "user", "content": GOLD}, last]
    assert rewarded(TierReward("static", "fraction", sandbox), GOLD, messages, [GOLD]) == [1, 0, 1]


def test_sandbox_trouble_is_no_reward_for_its_row_alone(sandbox):
    reward = TierReward("static", "all_or_nothing", Watched(sandbox))
    metrics = {}
    earned = rewarded(reward, GOLD, fenced(f"# {Watched.MARK}"), "none", log_metric=metrics.__setitem__)
    assert earned == [1.0, None, 0.0]
    assert metrics["reward/none"] == pytest.approx(1 / 3)
    assert metrics["verdicts/UNGRADED"] == pytest.approx(1 / 3)


def test_a_sandbox_that_died_gives_no_rewards_once_and_is_opened_anew():
    reward = TierReward("static", "fraction", "local", workers=1)
    assert rewarded(reward, GOLD) == [1.0]
    reward._grader._sandbox.close()
    assert rewarded(reward, GOLD, passing()) == [None, None]
    assert rewarded(reward, GOLD, passing()) == [1.0, 0.0]
    reward.close()


def test_training_processes_on_one_machine_share_its_cores(monkeypatch):
    cores = own_cores()
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(2 * cores))
    assert own_cores() == 1
    reward = TierReward("static", "fraction", "local")
    assert rewarded(reward, GOLD) == [1.0]
    assert reward._grader._sandbox.workers == 1
    reward.close()


def test_an_open_sandbox_stays_its_owners(sandbox):
    reward = TierReward("static", "fraction", sandbox)
    rewarded(reward, GOLD)
    reward.close()
    assert rewarded(TierReward("static", "fraction", sandbox), GOLD) == [1.0]


def test_a_program_runs_once_however_often_and_with_whatever_words_it_is_given(sandbox):
    watched = Watched(sandbox)
    reward = TierReward("static", "fraction", watched)
    same = [GOLD, GOLD, f"Here you are:\n{GOLD}", passing(), passing()]
    assert rewarded(reward, *same) == [1, 1, 1, 0, 0]
    assert watched.jobs == 2 * len(COUNT.tests)
    twin = COUNT.model_copy(update={"id": "count again"})
    reward([GOLD, GOLD], problem=[COUNT.model_dump_json(), twin.model_dump_json()])
    assert watched.jobs == 4 * len(COUNT.tests)


def test_the_asynchronous_reward_is_what_trl_awaits_and_gives_the_same(sandbox):
    reward = AsyncTierReward("uniform", "fraction", sandbox)
    assert inspect.iscoroutinefunction(reward.__call__)
    assert reward.__name__ == TierReward("static", "fraction", sandbox).__name__ == "tier_reward"
    assert asyncio.run(rewarded(reward, GOLD, passing(), progress=0.3)) == [1.0, 0.0]


def test_a_reward_travels_to_another_process_without_what_it_has_open():
    reward = TierReward("hard_first", "dense", "local", workers=1)
    first = rewarded(reward, GOLD, passing(Tier.COMPLEX), progress=0.3)
    copy = pickle.loads(pickle.dumps(reward))
    assert copy.state_dict() == reward.state_dict()
    assert copy._grader._sandbox is None
    assert copy.curriculum == reward.curriculum
    assert rewarded(copy, GOLD, progress=0.3) == first[:1]
    copy.close()
    reward.close()


def test_an_open_sandbox_does_not_travel():
    with open_sandbox(workers=1) as opened, pytest.raises(TypeError, match="name the sandbox by its kind"):
        pickle.dumps(TierReward("static", "fraction", opened))


def test_every_tier_is_logged_whether_or_not_it_is_active(sandbox):
    reward = TierReward("basic_only", "fraction", sandbox)
    metrics, table = {}, {}
    programs = [passing(Tier.EDGE), passing(), passing(Tier.EDGE, Tier.COMPLEX), "nothing"]
    earned = rewarded(reward, *programs, log_metric=metrics.__setitem__, log_extra=table.__setitem__)
    assert earned == [0, 0, 0, 0]
    assert {t: metrics[f"tiers/{t}/pass_rate"] for t in TIERS} == {
        Tier.BASIC: 0,
        Tier.INTERMEDIATE: 0,
        Tier.COMPLEX: 0.25,
        Tier.EDGE: 0.5,
    }
    assert [metrics[f"tiers/{t}/dead_groups"] for t in TIERS] == [1, 1, 0, 0]
    assert [metrics[f"tiers/{t}/active"] for t in TIERS] == [1, 0, 0, 0]
    assert (metrics["reward/dead_groups"], metrics["reward/runs"]) == (1, 1)
    shares = {verdict: metrics[f"verdicts/{verdict}"] for verdict in Verdict}
    assert shares[Verdict.NO_CODE] == 0.25
    assert sum(shares.values()) == pytest.approx(1)
    assert {name: len(column) for name, column in table.items()} == {"verdicts": 4, "first_failure": 4, "code": 4}
    assert table["verdicts"][0].endswith("edge=PASSED")


def test_the_same_names_are_logged_at_every_stage_and_a_group_of_one_is_neither_dead_nor_alive(sandbox):
    reward, names = TierReward("hard_first", "fraction", sandbox), []
    for progress in (0.0, 0.3, 1.0):
        metrics = {}
        rewarded(reward, GOLD, progress=progress, log_metric=metrics.__setitem__)
        names.append(list(metrics))
        assert math.isnan(metrics["reward/dead_groups"])
    assert names[0] == names[1] == names[2]


def test_a_form_is_paid_for_beside_passed_tests_only(sandbox):
    reward = TierReward("static", "fraction", Watched(sandbox))
    form = FormatReward(beside=reward)
    shaped = "<think>Count.</think><answer>\n{}\n</answer>".format
    texts = [shaped(GOLD), GOLD, shaped(passing()), shaped(fenced(f"# {Watched.MARK}"))]
    assert rewarded(reward, *texts) == [1.0, 1.0, 0.0, None]
    assert form(texts) == [1.0, 0.0, 0.0, None]


ROWS = {
    "json": lambda p: {"problem": p.model_dump_json()},
    "published": lambda p: published.to_row(p) | {"split": "train", "n_chars": 7},
    "tarot_v1": tarot_v1.to_row,
    "verification_info": lambda p: {"verification_info": tarot_v1.to_row(p)["verification_info"]},
    "verification_info as JSON text": lambda p: {
        "verification_info": json.dumps(tarot_v1.to_row(p)["verification_info"])
    },
    "tests as JSON text": lambda p: published.to_row(p) | {"tests": json.dumps(published.to_row(p)["tests"])},
    "measured": lambda p: {
        "problem_id": p.id,
        **{key: published.to_row(p)[key] for key in ("statement", "style", "entry_point")},
        "tests": [test | {"gold_cpu_s": 0.01, "kill_rate": None} for test in published.to_row(p)["tests"]],
    },
}


@pytest.mark.parametrize("shape", ROWS)
@pytest.mark.parametrize("problem", [COUNT, DOUBLE], ids=lambda p: p.id)
def test_rows_of_every_published_shape_carry_their_problem(sandbox, shape, problem):
    row = ROWS[shape](problem)
    rows = {name: [value, value] for name, value in row.items()}
    completions = [fenced(problem.solution), "pass"]
    trl = {"prompts": ["?", "?"], "completion_ids": [[1], [2]]}
    assert TierReward("static", "fraction", sandbox)(completions, **rows, **trl) == [1.0, 0.0]


def test_a_row_may_only_name_a_problem_that_the_reward_knows(sandbox):
    reward = TierReward("static", "fraction", sandbox, problems=[COUNT, DOUBLE, CHECKED])
    names = ["double", "checked", "count"]
    golds = [fenced(p.solution) for p in (DOUBLE, CHECKED, COUNT)]
    assert reward(golds, problem_id=names) == [1.0, 1.0, 1.0]
    with pytest.raises(DataError, match="a reward needs `problem`"):
        reward(golds[:1], problem_id=["unknown"])
    with pytest.raises(DataError, match=r"`problems` have no 'doubel'; did you mean double\?; "):
        reward(golds[:1], problem_id=["doubel"])


@pytest.mark.parametrize("columns", [{"problem_id": ["count"] * 2}, {"problem": []}, {"tests": ["[]", "[]"]}])
def test_a_column_without_one_value_for_each_completion_is_refused(sandbox, columns):
    reward = TierReward("static", "fraction", sandbox, problems=[COUNT])
    with pytest.raises(DataError, match=r"the column `\w+` has [02] values for 1 completions"):
        reward([GOLD], **columns)


def test_a_setting_of_the_wrong_kind_is_refused_before_the_first_batch():
    with pytest.raises(RecipeError, match="a curriculum is a name, a file or a `Curriculum`, not 3"):
        TierReward(3)
    with pytest.raises(RecipeError, match=r"unknown compat 'tarrot'.*did you mean tarot"):
        TierReward("static", compat="tarrot")


def test_original_tests_are_neither_run_nor_counted(sandbox):
    impossible = COUNT.tests[0].model_copy(update={"tier": None, "output": "never"})
    problem = COUNT.model_copy(update={"original_tests": (impossible,)})
    assert rewarded(TierReward("static", "fraction", sandbox), GOLD, problem=problem) == [1.0]
    untiered = COUNT.model_copy(update={"tests": (), "original_tests": (impossible,)})
    with pytest.raises(DataError, match="'count' has no tests in tiers"):
        rewarded(TierReward("static", "fraction", sandbox), GOLD, problem=untiered)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"prompt_text": ["a"]}, "have the columns prompt_text; a reward needs"),
        ({}, r"\(none\)"),
        ({"problem": ["Print the sum."]}, "must hold the JSON of a problem"),
        ({"problem": ['{"id": "x", "statement": "s"}']}, "no tests"),
    ],
)
def test_rows_without_a_problem_are_one_line(sandbox, columns, complaint):
    with pytest.raises(DataError, match=complaint) as caught:
        TierReward("static", "fraction", sandbox)([GOLD], **columns)
    assert "\n" not in str(caught.value)


def test_an_unknown_mode_lists_the_modes():
    with pytest.raises(RecipeError, match="fraction, weighted_sum, all_or_nothing, dense, min"):
        TierReward("static", "best_of_both")


@pytest.mark.parametrize("odd", ["10 ** 5000", "10 ** 400", "complex(1e308 * 10, 1)", "{1e308 * 10: '\\ud800'}"])
@pytest.mark.parametrize("problem", [DOUBLE, CHECKED])
def test_an_odd_value_earns_nothing_and_the_batch_goes_on(sandbox, problem, odd):
    reward = TierReward("static", sandbox=sandbox)
    assert rewarded(reward, fenced(f"def double(n): return {odd}"), fenced(problem.solution), problem=problem) == [0, 1]
