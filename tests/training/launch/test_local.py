"""Launching on this machine: real processes, a server that behaves like vLLM, and a stand-in for the training."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tarot_bench.errors import ModelError, RecipeError
from tarot_bench.training.launch import local
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.local import run_here
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.recipe import resolve
from tests.conftest import ROOT
from tests.training.launch.machine import TRAINS, StandInMachine, free_port


@pytest.fixture
def launch(tmp_path, monkeypatch):
    """Runs the recipe `grpo` on a machine that has everything; returns the status and the lines that were told."""
    monkeypatch.setattr(local, "_POLL_S", 0.05)

    def launched(*pairs, gpus=8, accelerate=TRAINS, **variables):
        StandInMachine(tmp_path, gpus, accelerate).enter(monkeypatch)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        told = []
        status = run_here(plan_of(*pairs), tmp_path / "run", told.append)
        return status, told

    return launched


def plan_of(*pairs):
    pairs = (f"vllm.port={free_port()}", f"trainer.vllm_group_port={free_port()}", *pairs)
    return LaunchPlan(resolve("grpo", overrides=pairs), Invocation("grpo"), "zero2", 8, "zero2")


def test_the_server_has_the_first_gpu_and_the_training_the_others_once_it_is_ready(launch):
    status, told = launch(STUB_READY_AFTER_S="0.3")
    assert status == 0
    loading, started, ready, *trained = told
    assert loading == "[vllm] loading Qwen/Qwen2.5-Coder-1.5B-Instruct on GPU 0"
    assert started == "[vllm] Application startup complete."
    assert ready.startswith("vLLM is ready after ")
    assert trained == ["[train] step 1", "[train] device 1,2,3,4,5,6,7"]


def test_gpus_that_are_hidden_are_left_alone(launch):
    _, told = launch(CUDA_VISIBLE_DEVICES="9,8,7,6,5,4,3,2", gpus=10)
    assert "on GPU 9" in told[0]
    assert told[-1] == "[train] device 8,7,6,5,4,3,2"


def test_a_server_on_another_machine_is_not_started_and_takes_no_gpu(launch):
    status, told = launch("vllm.host=10.0.0.9", "processes=8")
    assert (status, told[-1]) == (0, "[train] device 0,1,2,3,4,5,6,7")


def test_a_server_that_dies_while_it_loads_is_one_line_and_nothing_is_trained(launch, tmp_path):
    with pytest.raises(
        ModelError, match=r"ended before it was ready \(exit status 1: ValueError: Free memory"
    ) as caught:
        launch(STUB_NEVER_READY="1", accelerate=f"touch {tmp_path}/trained")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "trained").exists()


def test_a_server_that_is_not_ready_in_time_is_stopped(launch):
    with pytest.raises(ModelError, match=r"was not ready after 0 s .*: set vllm\.timeout_s"):
        launch("vllm.timeout_s=0.4", STUB_READY_AFTER_S="60")


def test_a_server_that_dies_in_the_training_ends_it_and_names_the_checkpoints(launch, tmp_path):
    """The training asks for two updates of weights, and would then wait for ever."""
    post = "python3 -c 'import sys,urllib.request as u; u.urlopen(sys.argv[1], b\"{}\")'"
    script = f"{post} $SERVER/update_weights; {post} $SERVER/update_weights; sleep 77.7"
    port = free_port()
    with pytest.raises(
        ModelError, match=r"ended during the training \(exit status 1: .*illegal memory access.*--resume"
    ):
        launch(f"vllm.port={port}", accelerate=script, SERVER=f"http://127.0.0.1:{port}", STUB_DIE_AT_UPDATE="2")
    assert subprocess.run(["pgrep", "-f", "sleep 77.7"], check=False).returncode == 1


def test_the_exit_status_of_a_training_that_fails_is_passed_on_and_the_server_is_stopped(launch):
    port = free_port()
    status, told = launch(f"vllm.port={port}", accelerate="echo error: no data; exit 7")
    assert status == 7
    assert told[-1] == "the training ended with exit status 7: error: no data"
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_that_is_in_use_is_named_before_anything_starts(launch, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(RecipeError, match=rf"cannot start: port {port}: in use: end what listens .* vllm\.port"):
            launch(f"vllm.port={port}", accelerate=f"touch {tmp_path}/trained")
    assert not (tmp_path / "trained").exists()


def test_everything_that_is_missing_is_named_at_once(tmp_path, monkeypatch):
    machine = StandInMachine(tmp_path, gpus=2, accelerate=None)
    machine.enter(monkeypatch)
    (machine.bin / "vllm").unlink()
    monkeypatch.setenv("PATH", str(machine.bin))
    flash = "trainer.model_init_kwargs={attn_implementation: flash_attention_3}"
    (machine.bin / "site" / "flash_attn-9.9.dist-info" / "METADATA").unlink()
    with pytest.raises(RecipeError) as caught:
        run_here(plan_of(flash, "trainer.save_total_limit=100000"), tmp_path, print)
    told = str(caught.value)
    assert "\n" not in told
    for part in (
        'program accelerate: missing: pip install "tarot-bench[train]"',
        'program vllm: missing: pip install "trl[vllm]"',
        "package flash-attn: missing: pip install flash-attn --no-build-isolation",
        "GPUs: 2 of 8",
        "disk: ",
    ):
        assert part in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_a_launcher_that_is_stopped_or_killed(number, tmp_path):
    """The workers have sessions of their own, as those of torchrun have."""
    machine = StandInMachine(tmp_path, accelerate=f"setsid sleep 88.{number} & echo training; sleep 99.{number}")
    script = f"""
import pytest
from pathlib import Path
from tests.training.launch import test_local as here
patch = pytest.MonkeyPatch()
machine = here.StandInMachine.__new__(here.StandInMachine)
machine.bin, machine.python = Path({str(machine.bin)!r}), Path({str(machine.python)!r})
machine.enter(patch)
here.run_here(here.plan_of(), Path({str(tmp_path)!r}), lambda line: print(line, flush=True))
"""
    launcher = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert any("training" in line for line in launcher.stdout)
    os.kill(launcher.pid, number)
    launcher.communicate()
    deadline = time.monotonic() + 60
    pattern = rf"sleep [89][89]\.{number:d}$|{machine.bin}|guard.py {launcher.pid}"
    while (left := subprocess.run(["pgrep", "-fa", pattern], capture_output=True, text=True, check=False).stdout) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert left == ""
