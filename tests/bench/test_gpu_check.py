"""`make gpu-check`, made small enough for a CPU."""

import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SMALL = (
    "model={hidden_size: 64, intermediate_size: 128, layers: 2, heads: 4, vocabulary: 448}",
    "batch=32",
    "levels=[{name: strong, skill: {operator: 1, reader: 0.6, guard: 0.6}, steps: 150, learning_rate: 0.01}]",
    "primary={first: static, second: static, low: strong, high: strong}",
    "curricula=[static]",
    "held_out=4",
    "samples=1",
    "trainer.max_steps=3",
    "trainer.per_device_train_batch_size=32",
    "trainer.per_device_eval_batch_size=8",
)


def check(*arguments):
    command = [sys.executable, "-m", "tests.bench.gpu_check", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_check_tells_what_it_found(tmp_path):
    from tests.bench.gpu_check import moved_share

    run = tmp_path / "run"
    said = check("--cpu", "--jobs", "1", "--output", str(run), *SMALL)
    lines = said.stdout.splitlines()
    found = {line.split()[1].rstrip(":"): line for line in lines if line.startswith(("passed  ", "FAILED  "))}
    assert list(found) == ["whole", "moved", "rose", "ran", "resumed"], said.stderr
    for name in ("whole", "moved", "ran", "resumed"):  # rewards of three steps may rise or fall
        assert found[name].startswith("passed"), found[name]
    assert any(line.startswith("a step takes ") and "generate" in line for line in lines)
    assert said.returncode == (1 if found["rose"].startswith("FAILED") else 0)
    start, end = run / "levels/strong-i0", run / "cells/strong-i0-static-s0/model"
    assert (moved_share(start, start), moved_share(end, end)) == (0, 0)
    assert moved_share(start, end) > 0.9


@pytest.mark.skipif(shutil.which("nvidia-smi") is not None, reason="this machine may have a GPU")
def test_without_a_gpu_it_is_one_line():
    said = check()
    assert said.returncode == 2
    assert len(said.stderr.splitlines()) == 1
    assert "no CUDA GPU" in said.stderr
