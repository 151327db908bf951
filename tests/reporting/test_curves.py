"""Curves of trainings: every figure has the logged numbers, and the page needs no other file."""

import re

import pytest

from tarot_bench.errors import UserError
from tarot_bench.problem import TIERS
from tarot_bench.reporting.curves import NAMES, TrainingCurves, figures_of, save_figures, write_page

NASTY = "<script>alert(1)</script>"


def step(number, **changes):
    rates = {f"tiers/{tier}/pass_rate": 0.1 * number for tier in TIERS}
    lengths = {f"completions/{name}_length": 10.0 * number for name in ("mean", "min", "max")}
    times = {"time/generate": 6.0, "time/grade": 1.0, "time/learn": 3.0, "time/tokens_per_second": 100.0}
    dead = {"reward/dead_groups": 0.5}
    return {"step": number, "reward": number / 10, **rates, **lengths, **times, **dead} | changes


HELD_OUT = [{"step": at, **{f"eval_tiers/{tier}/pass_rate": 0.5 for tier in TIERS}} for at in (0, 2)]
WHOLE = TrainingCurves("whole", "runs/whole", True, [step(n) for n in (1, 2, 3)], HELD_OUT)
OLD = TrainingCurves(NASTY, "runs/old", False, [{"step": 1, "reward": 0.5}, {"step": 2, "reward": None}], [])


def test_every_figure_shows_what_was_logged():
    figures = {figure.name: figure for figure in figures_of([WHOLE, OLD])}
    assert tuple(figures) == NAMES
    rewards = [(row["run"], row["step"], row["value"]) for row in figures["reward"].rows]
    assert rewards == [("whole", 1, 0.1), ("whole", 2, 0.2), ("whole", 3, 0.3), (NASTY, 1, 0.5)]
    assert {row["tier"] for row in figures["tier-pass-rate"].rows} == {tier.value for tier in TIERS}
    assert [row["value"] for row in figures["step-time"].rows if row["step"] == 2] == [6.0, 1.0, 3.0]
    assert [row["step"] for row in figures["held-out-pass-rate"].rows if row["tier"] == "edge"] == [0, 2]


def test_a_training_is_drawn_with_what_it_has():
    assert [figure.name for figure in figures_of([OLD])] == ["reward"]


def test_the_page_needs_no_other_file_and_keeps_markup_in_names_as_text(tmp_path):
    write_page([WHOLE, OLD], tmp_path / "curves.html")
    text = (tmp_path / "curves.html").read_text()
    assert text.count("<figure ") == len(NAMES)
    assert "<script>alert" not in text
    assert "0.100 → 0.300" in text
    assert "2, under way or stopped" in text
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", text)


def test_a_figure_is_saved_by_its_name(tmp_path):
    save_figures([WHOLE], [tmp_path / "step-time.svg"])
    assert "grade" in (tmp_path / "step-time.svg").read_text()
    with pytest.raises(UserError, match=r"no figure 'rewards'; the figures are reward, .*did you mean reward"):
        save_figures([WHOLE], [tmp_path / "rewards.svg"])
    with pytest.raises(UserError, match="no numbers for the figure step-time"):
        save_figures([OLD], [tmp_path / "step-time.svg"])
