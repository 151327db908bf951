"""Job files: what they contain, and what they are refused for."""

import re
import zipfile
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from tarot_bench import __version__
from tarot_bench.cli.main import app
from tarot_bench.errors import RecipeError
from tarot_bench.training.launch import install
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.files import check_job_file
from tarot_bench.training.launch.prepare import prepare
from tarot_bench.training.recipe import resolve

CLUSTERS = ("dstack", "skypilot", "slurm")
PUSHED = ("hub.push=true",)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_job_file_holds_the_names_of_keys_and_never_a_value(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_secret_value")
    monkeypatch.setenv("WANDB_API_KEY", "wandb_secret_value")
    said = CliRunner().invoke(
        app, ["train", "-r", "paper", "--launch", cluster, "report_to=[wandb]", "hub.push=true", "install=pypi"]
    )
    assert said.exit_code == 0, said.stderr
    (file,) = tmp_path.iterdir()
    text = file.read_text()
    assert "HF_TOKEN" in text
    assert "WANDB_API_KEY" in text
    assert "secret_value" not in text + said.stdout + said.stderr
    check_job_file(cluster, text, file.name)
    assert re.search(r"exec tarot-bench train --recipe paper '?report_to=\[wandb\]", text)
    assert "--launch zero2 --gpus 8" in text


def test_a_dstack_task_asks_for_gpus_and_lists_its_variables_without_values():
    (text,) = prepare(Invocation("paper", "qwen2.5-7b", overrides=PUSHED), "dstack", None).files.values()
    task = yaml.safe_load(text)
    assert task["type"] == "task"
    assert task["env"] == ["HF_TOKEN", "PYTHONUNBUFFERED=1"]
    assert task["resources"]["gpu"] == "80GB..:8"
    assert "--launch zero2 --gpus 8" in task["commands"][0]


def test_a_skypilot_task_names_its_secrets_and_gpus():
    (text,) = prepare(Invocation("lora", overrides=PUSHED), "skypilot", None).files.values()
    task = yaml.safe_load(text)
    assert task["secrets"] == {"HF_TOKEN": None}
    assert set(task["resources"]["accelerators"].values()) == {1}
    assert "--launch single --gpus 1" in task["run"]


@pytest.mark.parametrize("cluster", ["dstack", "skypilot"])
def test_a_rented_job_without_a_place_for_its_result_is_refused(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecipeError, match=r"would be lost with the machine: set hub.push=true, or volume=NAME:/PATH"):
        prepare(Invocation("lora"), cluster, None)
    assert prepare(Invocation("lora"), "slurm", None).files


def test_a_volume_is_mounted_and_the_run_is_written_below_it():
    invocation = Invocation("lora", overrides=("volume=results:/keep",))
    run = resolve("lora", overrides=invocation.overrides)
    (text,) = prepare(invocation, "dstack", None).files.values()
    task = yaml.safe_load(text)
    assert task["volumes"] == ["results:/keep"]
    assert f"--output /keep/runs/train/{run.run_name} " in task["commands"][0]
    (text,) = prepare(invocation, "skypilot", None).files.values()
    task = yaml.safe_load(text)
    assert task["file_mounts"]["/keep"] == {"name": "results", "mode": "MOUNT"}
    assert f"--output /keep/runs/train/{run.run_name} " in task["run"]
    with pytest.raises(RecipeError, match="volume"):
        resolve("lora", overrides=("volume=results",))


def test_a_job_evaluates_afterwards_where_the_comparison_outlives_the_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("name: mine\nbenchmarks: [tarot]\n")
    invocation = Invocation("lora", overrides=("volume=results:/keep",), suite="mine.yaml")
    (text,) = prepare(invocation, "dstack", None).files.values()
    assert yaml.safe_load(text)["commands"][0].rstrip().endswith("--then evaluate --suite mine.yaml")
    assert yaml.safe_load(text)["files"][0]["path"] == "mine.yaml"
    with pytest.raises(RecipeError, match="comparison would be lost with the machine: set volume=NAME:/PATH"):
        prepare(Invocation("lora", overrides=PUSHED, suite="mine.yaml"), "skypilot", None)
    said = CliRunner().invoke(
        app, ["train", "-r", "lora", "--launch", "slurm", "--then", "evaluate", "--suite", "mine.yaml"]
    )
    assert said.exit_code == 0, said.output
    (job,) = tmp_path.glob("*.sbatch")
    assert "--then evaluate --suite mine.yaml" in job.read_text()


def test_the_name_of_a_job_fits_and_keeps_the_digest_of_its_settings():
    names = set()
    for beta in ("0.1", "0.2"):
        invocation = Invocation(
            "paper",
            "qwen3-coder-30b-a3b",
            "hard_weighted_forward",
            (*PUSHED, f"trainer.beta={beta}", "gpu_memory_gb=141"),
        )
        (text,) = prepare(invocation, "dstack", None).files.values()
        names.add(yaml.safe_load(text)["name"])
    assert len(names) == 2
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{1,38}[a-z0-9]", name) for name in names)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("a: [", "not YAML"), ("type: task\n", "needs commands, env"), ("#!/bin/bash\nif true; then\n", "cannot parse")],
)
def test_a_broken_job_file_is_not_written(text, complaint):
    with pytest.raises(RecipeError, match=complaint):
        check_job_file("slurm" if text.startswith("#!") else "dstack", text, "file")


def test_a_recipe_outside_the_working_directory_would_not_travel(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    mine = tmp_path / "mine.yaml"
    mine.write_text("name: mine\nmodel: qwen2.5-3b\n")
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(RecipeError, match="outside the working directory"):
        prepare(Invocation(str(mine)), "dstack", None)


def test_what_a_job_installs_is_the_users_choice(tmp_path, monkeypatch):
    def requirement(*pairs):
        (text,) = prepare(Invocation("lora", overrides=(*PUSHED, *pairs)), "slurm", None).files.values()
        return text

    monkeypatch.chdir(tmp_path)
    run = resolve("lora", overrides=PUSHED).run_name
    assert f"'./{run}.files/tarot_bench-{__version__}-py3-none-any.whl[train]'" in requirement()
    assert f"'tarot-bench[train]=={__version__}'" in requirement("install=pypi")
    assert "'tarot-bench[train] @ git+https://a.org/t.git'" in requirement("install=git+https://a.org/t.git")
    monkeypatch.setattr(install, "root", lambda: tmp_path)
    assert f"'tarot-bench[train]=={__version__}'" in requirement()
    with pytest.raises(RecipeError, match=r"install=wheel needs a checkout .* install=pypi"):
        requirement("install=wheel")


@pytest.mark.slow
def test_the_wheel_of_the_checkout_is_built_beside_the_job_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["train", "-r", "lora", "--launch", "dstack", "hub.push=true"])
    assert said.exit_code == 0, said.output
    (wheel,) = tmp_path.glob("*.files/*.whl")
    (file,) = tmp_path.glob("*.dstack.yml")
    (uploaded,) = yaml.safe_load(file.read_text())["files"]
    assert tmp_path / uploaded["local_path"] == wheel
    names = zipfile.ZipFile(wheel).namelist()
    assert "tarot_bench/_recipes/training_baselines/accelerate/zero2.yaml" in names
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(install, "root", lambda: tmp_path)
    with pytest.raises(RecipeError, match=r"building other\.files/"):
        install.build_wheel(Path("other.files") / wheel.name)


def test_a_file_that_the_command_names_by_a_relative_path_travels(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("name: mine\nmodel: qwen3-0.6b\ninstall: pypi\nhub: {push: true}\n")
    (text,) = prepare(Invocation("mine.yaml"), "dstack", None).files.values()
    assert yaml.safe_load(text)["files"] == [{"local_path": "mine.yaml", "path": "mine.yaml"}]
    with pytest.raises(RecipeError, match="name it by its relative path"):
        prepare(Invocation(str(tmp_path / "mine.yaml")), "dstack", None)
