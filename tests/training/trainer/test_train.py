"""Real trainings of a tiny model on a CPU: TRL's own trainer, the real grader, the real sandbox."""

import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.errors import ModelError, RecipeError, RunError
from tarot_bench.problem import TIERS
from tarot_bench.progress import Notes, Silent
from tarot_bench.sandbox import open_sandbox
from tests.training.taught import data, steps_of, training

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.slow


def test_a_training_logs_every_tier_and_leaves_a_model_a_curve_and_a_card(run, tmp_path):
    told = []
    outcome = run(progress=Notes(told.append), curriculum="hard_first")
    assert [entry["step"] for entry in steps_of(outcome)] == [1, 2, 3, 4]
    assert all(math.isfinite(entry["loss"]) for entry in steps_of(outcome))
    for tier in TIERS:
        assert all(0 <= entry[f"tiers/{tier}/pass_rate"] <= 1 for entry in steps_of(outcome))
    assert [entry["tiers/basic/active"] for entry in steps_of(outcome)] == [0, 0, 0, 1]
    held_out = [entry["step"] for entry in outcome.curve if "eval_tiers/edge/pass_rate" in entry]
    assert held_out == [0, 2, 4]
    written = [json.loads(line) for line in (tmp_path / "run" / "curve.jsonl").read_text().splitlines()]
    assert written == outcome.curve
    assert "Held-out pass rate" in (outcome.model / "README.md").read_text()
    assert (outcome.model / "model.safetensors").is_file()
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["steps"] == 4
    assert any(line.startswith("step 4/4: reward") for line in told)


class Heard(Silent):
    """Keeps what it is told."""

    def __init__(self):
        self.phases, self.steps, self.said, self.lines = [], 0, [], []

    def begin(self, what, total, done=0):
        self.phases.append((what, total, done))

    def step(self, count=1):
        self.steps += count

    def facts(self, told):
        self.said.append(told)

    def note(self, message):
        self.lines.append(message)


def test_a_training_tells_its_steps_where_their_time_went_and_a_completion_now_and_then(run, tmp_path):
    heard = Heard()
    run(progress=heard, trainer={"max_steps": 2})
    assert (heard.phases, heard.steps) == ([("training", 2, 0)], 2)
    assert len(heard.said) == 2
    assert all(re.fullmatch(r"[\d,]+ tokens/s, generate \d+%, grade \d+%, learn \d+%", told) for told in heard.said)
    assert sum(line.startswith("a completion, reward ") for line in heard.lines) == 1  # the second came too soon
    times = [json.loads(line) for line in (tmp_path / "run" / "times.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in times] == [1, 2]
    assert all(entry[f"time/{part}"] > 0 for entry in times for part in ("generate", "grade", "learn"))
    run(progress=heard, resume=True, trainer={"max_steps": 2})
    assert heard.phases[1] == ("training", 2, 2)


def test_the_same_seed_gives_the_same_curve_and_another_seed_another(run):
    first, again, other = run("first"), run("again"), run("other", seed=1)
    assert first.curve == again.curve
    assert [entry["loss"] for entry in steps_of(first)] != [entry["loss"] for entry in steps_of(other)]


ADAPTIVE = """
name: adaptive
weights: {basic: 1, edge: 1}
stages:
  - {until: 0.75, tiers: [basic], advance: {pass_rate: 0.1, hysteresis: 0.05, window: 16, hold: 1, min_length: 0.25}}
  - {until: 1.0, tiers: [edge]}
"""
SOURCE = {"source": "synthetic-small:6", "held_out": 2}


@pytest.fixture
def adaptive(tmp_path):
    """A curriculum whose first stage ends on the pass rates of the taught model."""
    (tmp_path / "adaptive.yaml").write_text(ADAPTIVE)
    return str(tmp_path / "adaptive.yaml")


def test_a_training_that_is_killed_resumes_to_the_curve_of_an_undisturbed_one(run, taught, tmp_path, adaptive):
    """In the middle of the second epoch, with everything that keeps a state: the reward, the stage and the order."""
    changes = {"reward": {"mode": "dense"}, "curriculum": adaptive, "data": {**SOURCE, "order": "dynamic"}}
    whole = run("whole", **changes)
    script = f"""
import os, signal, torch
from pathlib import Path
from tarot_bench.progress import Notes
from tarot_bench.training.model_spec import ModelSpec
from tarot_bench.training.trainer.train import train
from tests.training.taught import data, training
torch.set_num_threads(1)
def tell(line):
    if line.startswith("step 4/4: reward"):
        os.kill(os.getpid(), signal.SIGKILL)
spec = ModelSpec.model_validate_json({taught.model_dump_json()!r})
made = training(spec, **{changes!r})
train(made, Path({str(tmp_path / "killed")!r}), lambda p: p.statement, data=data(), progress=Notes(tell))
"""
    died = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert died.returncode == -9, died.stderr.decode()[-2000:]
    checkpoints = {path.name for path in (tmp_path / "killed" / "checkpoints").glob("checkpoint-*")}
    assert checkpoints == {"checkpoint-2", "checkpoint-3"}
    resumed = run("killed", resume=True, **changes)
    assert resumed.steps == whole.steps
    assert resumed.curve == whole.curve


def test_levels_that_an_adaptive_curriculum_opened_early_are_the_same_after_a_resume(run, tmp_path, adaptive):
    changes = {
        "curriculum": adaptive,
        "data": {**SOURCE, "order": "curriculum"},
        "trainer": {"log_completions": True, "save_total_limit": 4},
        "evaluation": {},
    }
    whole = run("whole", **changes)
    shutil.copytree(tmp_path / "whole", tmp_path / "cut")
    for later in ("checkpoint-4", "checkpoint-3"):
        shutil.rmtree(tmp_path / "cut" / "checkpoints" / later)
    assert run("cut", resume=True, **changes).curve == whole.curve
    asked = [prompts_at(tmp_path / "whole", step) for step in (1, 2, 3, 4)]
    assert asked[0] == asked[1] != asked[3]
    assert [prompts_at(tmp_path / "cut", step) for step in (1, 2, 3, 4)] == asked


def test_an_adaptive_curriculum_changes_its_stage_on_real_pass_rates_and_tells_when(run, tmp_path, adaptive):
    told = []
    outcome = run(progress=Notes(told.append), curriculum=adaptive)
    stages = [entry["curriculum/stage"] for entry in steps_of(outcome)]
    assert stages == [0, 0, 1, 1]  # 16 completions are a window; the schedule alone would wait for the last step
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert [(switch["stage"], switch["progress"]) for switch in summary["stages"]] == [(1, 0.25)]
    rate = summary["stages"][0]["pass_rate"]
    assert [line for line in told if line.startswith("stage")] == [
        f"stage 2 of 2 (edge) from 0.250, at a pass rate of {rate:.2f}"
    ]
    (tmp_path / "adaptive.yaml").write_text(ADAPTIVE.replace("0.75", "0.5"))
    with pytest.raises(RunError, match=r"settings differ \(curriculum\.stages"):
        run(resume=True, curriculum=adaptive)


def test_a_run_is_not_resumed_with_other_settings(run):
    run("once", trainer={"max_steps": 1})
    with pytest.raises(RunError, match=r"settings differ \(recipe\.trainer\.max_steps: 1 -> 2\)"):
        run("once", resume=True, trainer={"max_steps": 2})
    with pytest.raises(RunError, match="--resume"):
        run("once", trainer={"max_steps": 1})


def test_a_sandbox_that_dies_in_mid_training_gives_no_rewards_and_training_goes_on(run):
    with open_sandbox() as dying:

        def tell(line):
            if line.startswith("step 2/4"):
                dying.close()

        outcome = run(sandbox=dying, progress=Notes(tell), evaluation={})
    assert outcome.steps == 4
    assert [entry["reward/none"] for entry in steps_of(outcome)] == [0, 0, 1, 1]
    assert [entry["verdicts/UNGRADED"] for entry in steps_of(outcome)] == [0, 0, 1, 1]
    assert all(math.isfinite(entry["loss"]) for entry in steps_of(outcome))


def test_the_reward_rises_on_the_procedural_family(run):
    settings = {"max_steps": 12, "num_generations": 16, "per_device_train_batch_size": 64, "learning_rate": 1e-3}
    outcome = run(evaluation={}, trainer={**settings, "save_strategy": "no"})
    rewards = [entry["reward"] for entry in steps_of(outcome)]
    assert sum(rewards[-4:]) > 1.3 * sum(rewards[:4])


def test_the_format_is_logged_as_a_reward_of_its_own(run):
    reward = {"format": "think/answer", "format_gated": False, "format_weight": 0.5}
    settings = {"max_steps": 1, "save_strategy": "no", "multi_objective_aggregation": "normalize_then_sum"}
    (step,) = steps_of(run(reward=reward, trainer=settings, evaluation={}, max_prompt_tokens=400))
    assert step["rewards/format_reward/mean"] == step["reward/format"] == 0.0
    assert step["rewards/tier_reward/mean"] == pytest.approx(step["reward"])


def test_adapters_are_trained_and_saved_alone(run):
    outcome = run(lora={"rank": 4, "alpha": 8}, trainer={"max_steps": 2, "save_strategy": "no"}, evaluation={})
    assert (outcome.model / "adapter_model.safetensors").is_file()
    assert not (outcome.model / "model.safetensors").exists()
    assert len(steps_of(outcome)) == 2


def test_a_curriculum_of_another_package_trains_and_orders_the_data(run, tmp_path, monkeypatch):
    info = tmp_path / "training_curricula-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: training-curricula\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tarot_bench.curricula]\nedges_late = training_curricula_code:GIVEN\n")
    (tmp_path / "training_curricula_code.py").write_text(
        "GIVEN = {'name': 'edges_late', 'weights': {'basic': 1, 'edge': 2},\n"
        "         'stages': [{'until': 0.5, 'tiers': ['basic']}, {'until': 1.0, 'tiers': ['edge']}]}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    source = {**SOURCE, "order": "curriculum"}
    outcome = run(curriculum="edges_late", data=source, evaluation={}, trainer={"log_completions": True})
    assert [entry["tiers/edge/active"] for entry in steps_of(outcome)] == [0, 0, 1, 1]
    asked = [prompts_at(tmp_path / "run", step) for step in (1, 2, 3, 4)]
    first, last = data().train[0].statement, data().train[-1].statement
    assert asked == [{first}, {first}, {last}, {last}]


def prompts_at(run, step):
    import pandas as pd

    table = pd.read_parquet(run / "checkpoints" / "completions" / f"completions_{step:05d}.parquet")
    return {prompt[0]["content"] for prompt in table["prompt"]}


def test_what_trl_refuses_is_one_line_and_leaves_no_run(run, taught, tmp_path):
    with pytest.raises(RecipeError, match=r"trainer settings: .*num_generations"):
        run("odd", trainer={"num_generations": 3})
    with pytest.raises(RecipeError, match=r"trainer: TRL has no setting max_prompt_length"):
        run("gone", trainer={"max_prompt_length": 10})
    assert not list(tmp_path.rglob("run.json"))
    with pytest.raises(RecipeError, match=r"trainer\.seed is decided by seed"):
        run("twice", trainer={"seed": 1})


def test_a_model_that_is_not_there_is_one_line(run, taught, tmp_path, monkeypatch):
    from tarot_bench.training.trainer.train import train

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    missing = taught.model_copy(update={"id": str(tmp_path / "nowhere")})
    with pytest.raises(ModelError, match="loading the tokenizer"):
        train(training(missing), tmp_path / "run", lambda p: p.statement, data=data())
