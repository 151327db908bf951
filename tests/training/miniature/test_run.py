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
    "initialisations=2",
    "primary={first: static, second: hard_first, low: weak, high: weak}",
    "held_out=4",
    "curricula=[static, hard_first]",
    "seeds=[0]",
    "samples=2",
    "evaluate_every=1",
    "trainer.max_steps=1",
    "trainer.per_device_train_batch_size=8",
    "trainer.per_device_eval_batch_size=8",
)


class KilledError(Exception):
    """Stands for a kill between two cells."""


def test_the_experiment_goes_on_after_a_kill_and_ends_in_a_page_a_picture_and_recordings(tmp_path):
    from tarot_bench.training.miniature.run import run_and_report

    recipe = load_yaml(MiniatureRecipe, find("miniature", "training_baselines/recipes"), TINY)
    run, told = tmp_path / "run", []

    def killing(line):
        if line.startswith("weak-i0-hard_first-s0: basic"):
            raise KilledError

    with pytest.raises(KilledError):
        run_and_report(recipe, run, resume=False, tell=killing)
    done = (run / "cells.jsonl").read_text()
    with pytest.raises(RunError, match="--resume"):
        run_and_report(recipe, run, resume=False, tell=told.append)
    page = run_and_report(recipe, run, resume=True, tell=told.append)
    assert (run / "cells.jsonl").read_text().startswith(done)
    names = [f"{cell['initialisation']}-{cell['curriculum']}" for cell in cells(run)]
    assert names == ["0-None", "1-None", "0-static", "0-hard_first", "1-static", "1-hard_first"]
    assert not [line for line in told if "supervised" in line or "i0-static" in line]
    assert "### weak" in page.read_text()
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")
    for recording in ("weak-before", "weak-static"):
        model = open_model(f"replay:{run / 'recordings' / f'miniature-{recording}.jsonl'}")
        assert model.name


def cells(run):
    return [json.loads(line) for line in (run / "cells.jsonl").read_text().splitlines()]


def test_two_processes_find_what_one_finds(tmp_path):
    from tarot_bench.training.miniature.run import run_and_report

    recipe = load_yaml(MiniatureRecipe, find("miniature", "training_baselines/recipes"), TINY)
    for jobs in (1, 2):
        run_and_report(recipe, tmp_path / str(jobs), resume=False, jobs=jobs, tell=lambda line: None)
    one, two = ({cell_of(cell): cell["rates"] for cell in cells(tmp_path / str(jobs))} for jobs in (1, 2))
    assert one == two


def cell_of(cell):
    return cell["level"], cell["initialisation"], cell["curriculum"], cell["seed"]
