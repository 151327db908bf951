"""A sweep runs what is pending, and its table has an interval only where there are several seeds."""

import csv
import json

import pytest

from tarot_bench.metrics.comparison import compare_verdicts
from tarot_bench.runs import RunDirectory
from tarot_bench.training.results import BaseComparison, TrainingSummary, write_summary
from tarot_bench.training.sweep.results import table_of
from tarot_bench.training.sweep.sweep import plan_sweep
from tarot_bench.training.sweep.write import explanation, write_table
from tarot_bench.verdict import VerdictMatrix
from tests.cli.command import expect_one_line, tarot
from tests.training.made import one_each

GRID = ["curriculum=static,hard_first", "seed=0,1"]


def finish(cell, rate=0.5):
    """What a training of this cell leaves."""
    RunDirectory.start(cell.run, "train", cell.training.identity, {}, resume=False)
    points = ({"step": 0, "basic": 0.0}, {"step": 2, "basic": rate, "edge": rate / 2})
    write_summary(cell.run, TrainingSummary(steps=2, curriculum="c", held_out=points))


def compared(cell, suite, patterns):
    """What `--then evaluate` leaves."""
    base, trained = ([VerdictMatrix.of([one_each(pattern)])] for pattern in patterns)
    made = BaseComparison(
        suite=suite, base="b", trained="t", trained_on={}, comparisons={"tarot": compare_verdicts(base, trained)}
    )
    folder = cell.run / "evaluation" / f"{suite}-x"
    folder.mkdir(parents=True)
    (folder / "comparison.json").write_text(made.model_dump_json())


def test_the_table_has_a_mean_and_an_interval_over_seeds_only(tmp_path):
    plan = plan_sweep("smoke", GRID, tmp_path)
    for cell, rate in zip(plan.cells, (0.4, 0.6, 0.5), strict=False):
        finish(cell, rate)
    assert plan.pending == [plan.cells[3]]
    made = table_of(plan.cells, None, {plan.cells[3].label: "exit status 1: out of memory"})
    static, hard_first = made.rows
    assert (static.axes, static.seeds) == ({"curriculum": "static"}, 2)
    assert static.measures["basic"].value == pytest.approx(0.5)
    assert static.measures["basic"].low < 0.4 < 0.6 < static.measures["basic"].high
    assert hard_first.seeds == 1
    assert explanation(made).startswith("Measured: held-out pass rates at the last step. Means over seeds")
    plan.folder.mkdir(parents=True)
    write_table(made, plan.folder, "Sweep")
    first, second = csv.DictReader((plan.folder / "table.csv").open())
    assert (first["curriculum"], first["seeds"], float(first["edge"])) == ("static", "2", pytest.approx(0.25))
    assert first["basic low"]
    assert (second["basic"], second["basic low"]) == ("0.5", "")
    told = json.loads((plan.folder / "table.json").read_text())
    assert [cell["state"] for cell in told["cells"]] == ["done", "done", "done", "failed"]
    page = (plan.folder / "table.html").read_text()
    assert "<td>hard_first</td><td>1</td><td>0.500</td><td>0.250</td>" in page
    assert "failed: curriculum=hard_first seed=1. exit status 1: out of memory" in page


def test_with_an_evaluation_the_table_shows_the_trained_rate_and_the_gain(tmp_path):
    plan = plan_sweep("smoke", ["seed=0,1"], tmp_path, suite="small")
    for cell in plan.cells:
        finish(cell)
    assert plan.pending == list(plan.cells)
    compared(plan.cells[0], "small", ("1000", "1111"))
    compared(plan.cells[1], "other", ("1111", "0000"))
    assert plan.pending == [plan.cells[1]]
    (row,) = table_of(plan.cells, "small", {}).rows
    assert (row.axes, row.seeds) == ({}, 1)
    assert {name: row.measures[name].value for name in ("tarot strict", "tarot strict gain", "tarot basic gain")} == {
        "tarot strict": 1,
        "tarot strict gain": 1,
        "tarot basic gain": 0,
    }


def test_a_dry_run_prints_what_is_done_and_the_commands_of_the_rest(tmp_path):
    plan = plan_sweep("smoke", GRID, tmp_path / "runs/train")
    finish(plan.cells[0])
    said = tarot("sweep", "-r", "smoke", *GRID, "--launch", "single", "--dry-run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[0] == f"# done: curriculum=static seed=0: runs/train/{plan.cells[0].training.run_name}"
    assert lines[1] == "tarot-bench train --recipe smoke --resume curriculum=static seed=1 --launch single"
    assert len(lines) == 4
    assert not (tmp_path / "runs/train/sweeps").exists()
    expect_one_line(tarot("sweep", "-r", "smoke", "seed=1", cwd=tmp_path), "several values")


@pytest.mark.slow
def test_a_sweep_trains_names_what_failed_and_skips_what_is_done(tmp_path):
    grid = ["seed=0,1", "trainer.num_generations=2,3", "data.limit=6"]
    said = tarot("sweep", "-r", "smoke", *grid, "-o", "out", "--jobs", "2", cwd=tmp_path)
    assert said.returncode == 1, said.stderr
    assert "seed=0 trainer.num_generations=2: step 2/2: reward" in said.stderr
    assert "failed: seed=1 trainer.num_generations=3: exit status 2: a generation batch of 4 completions" in said.stdout
    (folder,) = (tmp_path / "out/sweeps").iterdir()
    rows = list(csv.DictReader((folder / "table.csv").open()))
    assert [(row["trainer.num_generations"], row["seeds"], row["basic"]) for row in rows] == [
        ("2", "2", "0.0"),
        ("3", "0", ""),
    ]
    again = tarot("sweep", "-r", "smoke", *grid, "-o", "out", cwd=tmp_path)
    assert "4 trainings, 2 done" in again.stderr
    assert "num_generations=2: step" not in again.stderr
