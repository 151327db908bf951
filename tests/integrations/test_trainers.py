"""One reward: other trainers get the numbers of `TierReward` for the same completions."""

import importlib.util
import inspect
import subprocess
import sys

import pytest
from datasets import load_dataset

from tarot_bench.errors import DataError, RecipeError, SandboxError
from tarot_bench.integrations import verl
from tarot_bench.integrations.trl_environment import SubmissionReward, TierEnvironment
from tarot_bench.problem import Tier
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.problems import COUNT, fenced, passing

COMPLETIONS = [fenced(COUNT.solution), passing(Tier.BASIC), passing(Tier.BASIC, Tier.EDGE), passing(), "no idea"]
EARNED = [1, 0.25, 0.5, 0, 0]


@pytest.fixture(autouse=True)
def _own_rewards():
    yield
    verl._reward.cache_clear()


def truth_of(problem=COUNT):
    return verl.row_of(problem, "prompt")["reward_model"]["ground_truth"]


def test_verl_gets_the_rewards_of_trl(sandbox):
    expected = TierReward("static", "fraction", sandbox, problems=[COUNT])(
        COMPLETIONS, problem_id=[COUNT.id] * len(COMPLETIONS)
    )
    assert expected == EARNED
    count = len(COMPLETIONS)
    assert verl.compute_scores(["tarot"] * count, COMPLETIONS, [truth_of()] * count, [{}] * count) == expected
    one_by_one = [verl.compute_score("tarot", completion, truth_of(), {"index": 0}) for completion in COMPLETIONS]
    assert one_by_one == expected
    weighted = verl.compute_scores(
        ["tarot"], [COMPLETIONS[1]], [truth_of()], curriculum="basic_only", mode="all_or_nothing"
    )
    assert weighted == [1]


def test_verl_loads_the_reward_from_its_file_and_calls_it_in_its_own_words():
    spec = importlib.util.spec_from_file_location("custom_module", verl.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    call = {"data_source": "tarot", "solution_str": COMPLETIONS[1], "ground_truth": truth_of(), "extra_info": None}
    assert module.compute_score(**call) == 0.25
    assert module.compute_score.__name__ == "compute_score"


def test_what_has_no_verdict_is_no_score_in_verl(monkeypatch):
    monkeypatch.setattr(verl, "_reward", lambda *settings: lambda texts, **columns: [None, 1.0])
    with pytest.raises(SandboxError, match="1 of 2 completions have no verdict"):
        verl.compute_scores(["tarot"] * 2, ["a", "b"], ["{}"] * 2)


def test_a_curriculum_of_several_stages_and_a_broken_row_are_refused_in_verl():
    with pytest.raises(RecipeError, match="changes with the progress of training"):
        verl.compute_score("tarot", "text", truth_of(), curriculum="hard_first")
    with pytest.raises(DataError, match="JSON of a problem"):
        verl.compute_score("tarot", "text", "[]")


def test_verls_rows_have_its_columns_and_no_solution(tmp_path):
    bare = COUNT.model_copy(update={"tests": (), "original_tests": COUNT.tests[:1]})
    assert verl.write_rows([COUNT, bare], tmp_path / "train.parquet", system="Be brief.") == 1
    (row,) = load_dataset("parquet", data_files=str(tmp_path / "train.parquet"), split="train")
    assert set(row) == {"data_source", "prompt", "ability", "reward_model", "extra_info"}
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert COUNT.statement.strip() in row["prompt"][1]["content"]
    assert (row["data_source"], row["ability"], row["reward_model"]["style"]) == ("tarot", "code", "rule")
    assert row["extra_info"] == {"index": 0, "problem_id": COUNT.id, "split": "train"}
    assert COUNT.solution not in row["reward_model"]["ground_truth"]
    assert verl.compute_score("tarot", COMPLETIONS[2], row["reward_model"]["ground_truth"], row["extra_info"]) == 0.5


def test_programs_that_are_handed_in_earn_what_completions_earn(sandbox):
    environments = [TierEnvironment() for _ in COMPLETIONS]
    for environment, completion in zip(environments[:3], COMPLETIONS, strict=False):
        assert environment.reset(problem_id=COUNT.id) is None
        environment.submit("print()")
        assert environment.submit(completion) == "The program was handed in."
    reward = SubmissionReward(TierReward("uniform", "fraction", sandbox, problems=[COUNT]))
    last = [[{"role": "assistant", "content": "done"}]] * 3 + [
        [{"role": "assistant", "content": c}] for c in COMPLETIONS[3:]
    ]
    columns = {"problem_id": [COUNT.id] * 5, "prompts": last, "progress": 1.0}
    assert reward(last, environments=environments, **columns) == EARNED
    for environment in environments:
        environment.reset(problem_id=COUNT.id)
    assert reward(last, environments=environments, **columns) == [0] * 5


def test_a_program_may_be_handed_in_with_or_without_a_fence(sandbox):
    environments = [TierEnvironment(), TierEnvironment()]
    environments[0].submit(COUNT.solution)
    environments[1].submit(fenced(COUNT.solution))
    reward = SubmissionReward(TierReward("static", "fraction", sandbox, problems=[COUNT]))
    assert reward(["", ""], environments=environments, problem_id=[COUNT.id] * 2) == [1, 1]


def test_trl_finds_one_tool_that_it_can_describe():
    utils = pytest.importorskip("transformers.utils", reason="transformers is not installed: the extra `train`")
    names = [name for name, _ in inspect.getmembers(TierEnvironment, inspect.isfunction) if not name.startswith("_")]
    assert names == ["reset", "submit"]
    described = utils.get_json_schema(TierEnvironment().submit)["function"]
    assert described["parameters"]["required"] == ["program"]
    assert described["parameters"]["properties"]["program"]["type"] == "string"


def test_neither_needs_the_trainers_package():
    code = "import sys, tarot_bench.integrations.verl, tarot_bench.integrations.trl_environment; "
    heavy = "print([name for name in ('trl', 'verl', 'torch', 'ray') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code + heavy], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
