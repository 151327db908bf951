"""The whole miniature, made very small: taught, trained, killed, resumed, reported, recorded."""

import json

import pytest

from tarot_bench.config import load_yaml
from tarot_bench.errors import RunError
from tarot_bench.models import open_model
from tarot_bench.recipes import find
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe

pytestmark = pytest.mark.slow

TINY = (
    "model={hidden_size: 32, intermediate_size: 64, layers: 1, heads: 2, vocabulary: 400}",
    "levels=[{name: weak, skill: {operator: 0.5, reader: 0.1, guard: 0.1}, steps: 3, learning_rate: 0.01}]",
    "held_out=4",
    "curricula=[static, hard_first]",
    "seeds=[0, 1]",
    "samples=2",
    "evaluate_every=1",
    "trainer.max_steps=1",
    "trainer.per_device_train_batch_size=8",
    "trainer.per_device_eval_batch_size=8",
)


class KilledError(Exception):
    """Stands for a kill between two cells."""


def test_the_experiment_goes_on_after_a_kill_and_ends_in_a_page_a_picture_and_recordings(tmp_path, sandbox):
    from tarot_bench.training.miniature.run import run_and_report

    recipe = load_yaml(MiniatureRecipe, find("miniature", "training_baselines/recipes"), TINY)
    run, told = tmp_path / "run", []

    def killing(line):
        if line.startswith("weak-hard_first-s0: basic"):
            raise KilledError

    with pytest.raises(KilledError):
        run_and_report(recipe, run, sandbox, resume=False, tell=killing)
    done = (run / "cells.jsonl").read_text()
    with pytest.raises(RunError, match="--resume"):
        run_and_report(recipe, run, sandbox, resume=False, tell=told.append)
    page = run_and_report(recipe, run, sandbox, resume=True, tell=told.append)
    assert (run / "cells.jsonl").read_text().startswith(done)
    names = [f"{cell['level']}-{cell['curriculum']}-{cell['seed']}" for cell in cells(run)]
    assert names == ["weak-None-0", "weak-static-0", "weak-hard_first-0", "weak-static-1", "weak-hard_first-1"]
    assert not [line for line in told if "supervised" in line or "static-s0" in line]
    assert "## weak" in page.read_text()
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")
    for recording in ("weak-before-s0", "weak-static-s0"):
        model = open_model(f"replay:{run / 'recordings' / f'miniature-{recording}.jsonl'}")
        assert model.name


def cells(run):
    return [json.loads(line) for line in (run / "cells.jsonl").read_text().splitlines()]
