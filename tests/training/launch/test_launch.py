"""Launch files and commands: parsed by what will read them, and run where that can be done here."""

import pytest
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.commands import Invocation, accelerate_config, check_accelerate_config, serve_command
from tarot_bench.training.launch.prepare import prepare
from tarot_bench.training.recipe import resolve

KINDS = ("cpu", "single", "multi", "zero2", "zero3", "fsdp")
CLUSTERS = ("dstack", "skypilot", "slurm")
PUSHED = ("hub.push=true",)


@pytest.mark.parametrize("kind", KINDS)
def test_accelerate_itself_reads_every_shipped_configuration(kind):
    check_accelerate_config(accelerate_config(kind))


def test_a_configuration_that_accelerate_does_not_take_is_one_line(tmp_path):
    path = tmp_path / "odd.yaml"
    path.write_text(accelerate_config("zero2").read_text() + "num_procesess: 3\n")
    with pytest.raises(RecipeError, match=r"accelerate refuses it: .*num_procesess"):
        check_accelerate_config(path)


def test_a_dry_run_prints_the_exact_commands_and_does_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(
        app, ["train", "-r", "grpo", "-m", "qwen2.5-3b", "-c", "hard_first", "--launch", "zero3", "--dry-run", "seed=3"]
    )
    assert said.exit_code == 0, said.stderr
    serve, launch = said.stdout.splitlines()[-2:]
    assert serve.startswith(
        "VLLM_SERVER_DEV_MODE=1 CUDA_VISIBLE_DEVICES=0 vllm serve Qwen/Qwen2.5-3B-Instruct --host 127.0.0.1 --port 8000"
    )
    assert "--max-model-len 5120" in serve
    assert launch.startswith("CUDA_VISIBLE_DEVICES=1,2,3,4,5,6,7 accelerate launch ")
    assert launch.endswith(
        "zero3.yaml --num_processes 7 --main_process_port 0 --module tarot_bench train --recipe grpo "
        "--model qwen2.5-3b --curriculum hard_first seed=3"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("invocation", "launch", "gpus", "complaint"),
    [
        (Invocation("grpo"), "kubernetes", None, "choose one of cpu, single, multi, zero2"),
        (Invocation("grpo"), "zero2", 4, "set processes=3"),
        (Invocation("grpo"), "zero2", 1, "none is left for training"),
        (Invocation("grpo", overrides=("trainer.num_generations=5",)), "zero2", None, "does not divide into groups"),
        (Invocation("smoke", overrides=("vllm.mode=server",)), None, None, "has no weights to serve"),
    ],
)
def test_a_launch_that_cannot_work_is_refused_before_anything_is_rented(invocation, launch, gpus, complaint):
    with pytest.raises(RecipeError, match=complaint):
        prepare(invocation, launch, gpus)


def test_the_miniature_is_not_started_by_a_dry_run_and_is_launched_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["train", "-r", "miniature", "--dry-run", "seeds=[0, 1]"])
    assert said.stdout.splitlines()[-1] == "tarot-bench train --recipe miniature 'seeds=[0, 1]'"
    assert list(tmp_path.iterdir()) == []
    said = CliRunner().invoke(app, ["train", "-r", "miniature", "--launch", "slurm"])
    assert isinstance(said.exception, RecipeError)


def test_the_server_is_started_with_what_trl_imposes_on_it():
    from trl.scripts.vllm_serve import ScriptArguments, build_command

    training = resolve("grpo", "qwen2.5-3b")
    ours = serve_command(training)
    theirs = build_command(ScriptArguments(model=training.model.id, host="127.0.0.1", port=8000, max_model_len=5120))
    words = theirs[theirs.index("serve") :]
    imposed = words[words.index("--weight-transfer-config") :]
    assert ours[1:3] == words[:2]
    for flag, value in zip(imposed[::2], imposed[1::2], strict=True):
        assert ours[ours.index(flag) + 1] == value
    for flag in ("--host", "--port", "--tensor-parallel-size", "--max-model-len"):
        assert ours[ours.index(flag) + 1] == words[words.index(flag) + 1]
