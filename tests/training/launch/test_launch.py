"""Launch files and commands: parsed by what will read them, and run where that can be done here."""

import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.commands import Invocation, accelerate_config, check_accelerate_config
from tarot_bench.training.launch.files import check_job_file
from tarot_bench.training.launch.prepare import prepare
from tarot_bench.training.launch.script import LaunchPlan, script
from tarot_bench.training.recipe import resolve

KINDS = ("single", "multi", "zero2", "zero3", "fsdp")
CLUSTERS = ("dstack", "skypilot", "slurm")


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
    assert serve.startswith("VLLM_SERVER_DEV_MODE=1 vllm serve Qwen/Qwen2.5-3B-Instruct --host 127.0.0.1 --port 8000")
    assert "--max-model-len 5120" in serve
    assert launch.endswith(
        "zero3.yaml --num_processes 7 --module tarot_bench train --recipe grpo --model qwen2.5-3b "
        "--curriculum hard_first seed=3"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_job_file_holds_the_names_of_keys_and_never_a_value(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_secret_value")
    monkeypatch.setenv("WANDB_API_KEY", "wandb_secret_value")
    said = CliRunner().invoke(app, ["train", "-r", "paper", "--launch", cluster, "report_to=[wandb]"])
    assert said.exit_code == 0, said.stderr
    (file,) = tmp_path.iterdir()
    text = file.read_text()
    assert "HF_TOKEN" in text
    assert "WANDB_API_KEY" in text
    assert "secret_value" not in text + said.stdout + said.stderr
    check_job_file(cluster, text, file.name)
    assert re.search(r"num_processes 7 --module tarot_bench train --recipe paper '?report_to=\[wandb\]", text)


def test_a_dstack_task_asks_for_gpus_and_lists_its_variables_without_values():
    (text,) = prepare(Invocation("paper", "qwen2.5-7b"), "dstack", None).files.values()
    task = yaml.safe_load(text)
    assert task["type"] == "task"
    assert task["env"] == ["HF_TOKEN", "PYTHONUNBUFFERED=1"]
    assert task["resources"]["gpu"] == "80GB..:8"
    assert "CUDA_VISIBLE_DEVICES=1,2,3,4,5,6,7 accelerate launch" in task["commands"][0]


def test_a_skypilot_task_names_its_secrets_and_gpus():
    (text,) = prepare(Invocation("lora"), "skypilot", None).files.values()
    task = yaml.safe_load(text)
    assert task["secrets"] == {"HF_TOKEN": None}
    assert set(task["resources"]["accelerators"].values()) == {1}
    assert "--num_processes 1" in task["run"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("a: [", "not YAML"), ("type: task\n", "needs commands, env"), ("#!/bin/bash\nif true; then\n", "cannot parse")],
)
def test_a_broken_job_file_is_not_written(text, complaint):
    with pytest.raises(RecipeError, match=complaint):
        check_job_file("slurm" if text.startswith("#!") else "dstack", text, "file")


@pytest.mark.parametrize(
    ("invocation", "launch", "gpus", "complaint"),
    [
        (Invocation("grpo"), "kubernetes", None, "choose one of single, multi, zero2"),
        (Invocation("grpo"), "zero2", 4, "set processes=3"),
        (Invocation("grpo"), "zero2", 1, "none is left for training"),
        (Invocation("grpo", overrides=("trainer.num_generations=5",)), "zero2", None, "does not divide into groups"),
        (Invocation("smoke", overrides=("vllm.mode=server",)), None, None, "has no weights to serve"),
    ],
)
def test_a_launch_that_cannot_work_is_refused_before_anything_is_rented(invocation, launch, gpus, complaint):
    with pytest.raises(RecipeError, match=complaint):
        prepare(invocation, launch, gpus)


def test_a_recipe_outside_the_working_directory_would_not_travel(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    mine = tmp_path / "mine.yaml"
    mine.write_text("name: mine\nmodel: qwen2.5-3b\n")
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(RecipeError, match="outside the working directory"):
        prepare(Invocation(str(mine)), "dstack", None)


class Health(BaseHTTPRequestHandler):
    """Loads for three questions, then is ready."""

    asked = 0

    def do_GET(self):  # the name that http.server calls
        Health.asked += 1
        self.send_response(200 if Health.asked > 3 else 503)
        self.end_headers()

    def log_message(self, *words):
        pass


def polling(port, timeout_s=30):
    """The script from the start of the server on, with stand-ins for the server and the training."""
    pairs = (f"vllm.port={port}", f"vllm.timeout_s={timeout_s}")
    lines = script(LaunchPlan(resolve("grpo", overrides=pairs), Invocation("grpo"), "zero2", 8))
    start = next(number for number, line in enumerate(lines) if "vllm serve" in line)
    text = "\n".join([lines[0], *lines[start:]]).replace("sleep 2", "sleep 0.05")
    return text.replace("accelerate launch", "echo trained; true")


def test_training_starts_only_when_the_server_is_ready(tmp_path):
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        said = shell(polling(server.server_port), tmp_path, "exec sleep 30")
        server.shutdown()
    assert said.returncode == 0, said.stderr
    assert "trained" in said.stdout
    assert Health.asked == 4


def test_a_server_that_dies_ends_the_job_with_its_last_words(tmp_path):
    said = shell(polling(9), tmp_path, "echo out of memory; exit 1")
    assert said.returncode == 1
    assert "out of memory" in said.stdout
    assert "trained" not in said.stdout


def shell(text, folder, server):
    """Run a script where ``vllm`` is a stand-in."""
    stand_in = folder / "vllm"
    stand_in.write_text(f"#!/bin/sh\n{server}\n")
    stand_in.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_miniature_is_not_started_by_a_dry_run_and_is_launched_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["train", "-r", "miniature", "--dry-run", "seeds=[0, 1]"])
    assert said.stdout.splitlines()[-1] == "tarot-bench train --recipe miniature 'seeds=[0, 1]'"
    assert list(tmp_path.iterdir()) == []
    said = CliRunner().invoke(app, ["train", "-r", "miniature", "--launch", "slurm"])
    assert isinstance(said.exception, RecipeError)
