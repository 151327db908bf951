"""``train --launch`` end to end on a CPU: a server that behaves like vLLM, and two processes that train (gloo).

Everything is real but the server, which draws answers by the weights that it was sent, and the way of the weights: TRL
sends them over NCCL, from a GPU only, and here they go over HTTP.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.training.launch.machine import PACKAGE
from tests.training.launch.two_ranks import prepare_files

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def launch(tmp_path_factory):
    """Runs the recipe into a directory; returns the exit status and what was printed."""
    folder = tmp_path_factory.mktemp("two-ranks")
    recipe = prepare_files(folder)
    (folder / "vllm").write_text(f'#!/bin/sh\nexec {sys.executable} -I {ROOT}/tests/servers/vllm.py "$@"\n')
    (folder / "vllm").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT}:{PACKAGE}",
        "STUB_ANSWERS": str(folder / "answers.json"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }

    def launched(name, *arguments, **variables):
        command = [sys.executable, "-m", "tarot_bench", "train", "-r", str(recipe), "--launch", "cpu", "-o", name]
        said = subprocess.run(
            [*command, *arguments],
            cwd=folder,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return folder / name, said

    return launched


@pytest.mark.timeout(1200)
def test_a_server_that_dies_at_step_3_is_one_line_and_the_resumed_curve_is_the_undisturbed_one(launch):
    from tarot_bench.training.trainer.callbacks import STATE

    run, said = launch("died", STUB_DIE_AT_UPDATE="4")
    assert said.returncode == 2
    last = said.stderr.strip().splitlines()[-1]
    assert last.startswith(
        "tarot-bench: the vLLM server ended during the training (exit status 1: RuntimeError: CUDA error"
    )
    assert "--resume" in last
    kept = {path.parent.name for path in run.glob(f"checkpoints/*/{STATE}")}
    assert kept == {"checkpoint-2", "checkpoint-3"}
    assert not (run / "model").exists()

    _, said = launch("died", "--resume")
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-3000:]
    whole, said = launch("whole")
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-3000:]
    assert "[train] step 4/4: held out" in said.stdout
    curve = curve_of(whole)
    assert curve_of(run) == curve
    rewards = [entry["reward"] for entry in curve if "reward" in entry]
    assert len(set(rewards)) > 1  # the server answers by weights, and they moved


@pytest.mark.timeout(600)
def test_requests_that_the_server_refuses_for_their_length_are_one_line_with_its_words(launch):
    run, said = launch("long", "trainer.generation_kwargs={max_tokens: 200}")
    assert said.returncode == 1  # torchrun's, which is passed on
    last = said.stdout.strip().splitlines()[-1]
    assert last.startswith("the training ended with exit status 1: the vLLM server refused a request: 400, ")
    assert "maximum context length is 144 tokens" in last
    assert not (run / "model").exists()


def curve_of(run):
    return [json.loads(line) for line in (run / "curve.jsonl").read_text().splitlines()]
