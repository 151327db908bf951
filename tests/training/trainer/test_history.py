"""The log of a training is read back, finished or under way."""

import json

import pytest

from tarot_bench.errors import RunError
from tarot_bench.runs import RunDirectory
from tarot_bench.training.trainer.curve import curve_of, time_shares, times_of
from tarot_bench.training.trainer.history import history_of

STEP = {
    "loss": 0.5,
    "reward": 0.25,
    "train_runtime": 3.0,
    "time/generate": 6.0,
    "time/grade": 1.0,
    "time/learn": 3.0,
    "time/tokens_per_second": 1234.5,
}
LOG = [
    {"eval_reward": 0.1, "eval_tiers/basic/pass_rate": 0.2, "step": 0},
    {"step": 1, **STEP},
    {"step": 2, **STEP, "loss": 0.25},
]


@pytest.fixture
def run(tmp_path):
    """A run as the callbacks leave it while it is under way."""
    path = tmp_path / "run"
    path.mkdir()
    RunDirectory.start(path, "train", {}, {}, resume=False)
    for name, entries in (("curve.jsonl", curve_of(LOG)), ("times.jsonl", times_of(LOG))):
        (path / name).write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def test_times_are_kept_out_of_the_curve_and_joined_again_when_it_is_read(run):
    assert not [key for entry in curve_of(LOG) for key in entry if "time" in key]
    history = history_of(run)
    assert [(entry["step"], entry["loss"], entry["time/generate"]) for entry in history.steps] == [
        (1, 0.5, 6.0),
        (2, 0.25, 6.0),
    ]
    assert [entry["step"] for entry in history.held_out] == [0]
    assert not history.finished
    (run / "summary.json").write_text("{}")
    assert history_of(run).finished


def test_a_run_without_times_is_read_without_them(run):
    (run / "times.jsonl").unlink()
    assert [entry.get("time/generate") for entry in history_of(run).steps] == [None, None]


def test_what_cannot_be_drawn_is_one_line(run, tmp_path):
    (run / "curve.jsonl").write_text('{"loss": 1')
    with pytest.raises(RunError, match=r"cannot read .*curve\.jsonl"):
        history_of(run)
    (run / "curve.jsonl").unlink()
    with pytest.raises(RunError, match="has no step yet"):
        history_of(run)
    with pytest.raises(RunError, match="not a run directory"):
        history_of(tmp_path / "nowhere")
    cells = tmp_path / "miniature" / "cells" / "weak-static-s0"
    RunDirectory.start(tmp_path / "miniature", "miniature", {}, {}, resume=False)
    cells.mkdir(parents=True)
    (cells / "curve.jsonl").write_text("")
    with pytest.raises(RunError, match=r"a run of `miniature`, not of `train`; its trainings are .*weak-static-s0"):
        history_of(tmp_path / "miniature")


def test_the_bar_shows_tokens_per_second_and_the_shares_of_a_step():
    assert time_shares(LOG[1]) == "1,234 tokens/s, generate 60%, grade 10%, learn 30%"
    assert time_shares(LOG[0]) is None
