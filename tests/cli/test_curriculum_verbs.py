"""``probe``, ``choose`` and ``reward-replay`` as a user types them."""

import json

import pytest

from tests.cli.command import tarot
from tests.training.made import one_each
from tests.training.probe.test_probe import write_run

PATTERNS = ("1110", "1000", "0000", "1100")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    grades = [one_each(pattern, f"p{p}", n) for p in range(6) for n, pattern in enumerate(PATTERNS[p % 2 :])]
    return write_run(tmp_path_factory.mktemp("saved") / "run", grades)


def test_a_model_is_probed_and_a_curriculum_chosen_from_what_it_left(tmp_path):
    said = tarot("probe", "-m", "mutant:0.5", "--limit", "3", "-n", "2", "--group-size", "2", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    for word in ("basic", "edge", "Informative", "hard_first", "tarot-bench choose --run run"):
        assert word in said.stdout
    found = json.loads((tmp_path / "run/probe.json").read_text())
    assert (found["problems"], found["samples"], found["group"]) == (3, 6, 2)
    assert set(found["tiers"]) == {"basic", "intermediate", "complex", "edge"}
    assert len(json.loads((tmp_path / "run/difficulties.json").read_text())) == 3
    chosen = tarot("choose", "--run", "run", "--by", "signal", "--json", cwd=tmp_path)
    assert json.loads(chosen.stdout)["curriculum"] in found["curricula"]


def test_samples_are_drawn_as_training_would_draw_them_and_greedy_ones_are_told(tmp_path):
    probed = tarot("probe", "-m", "mutant:0.5", "--limit", "1", "-o", "run", cwd=tmp_path)
    assert probed.returncode == 0, probed.stderr
    settings = json.loads((tmp_path / "run/run.json").read_text())["settings"]
    assert (settings["samples"], settings["sampling"]["temperature"]) == (8, 1.0)
    assert "temperature 0" not in probed.stdout
    greedy = tarot(
        "probe", "-m", "mutant:0.5", "--limit", "1", "-n", "2", "sampling.temperature=0", "-o", "greedy", cwd=tmp_path
    )
    assert "!! sampled at temperature 0" in greedy.stdout


def test_a_saved_run_is_probed_without_asking_anybody(run, tmp_path):
    said = tarot("probe", "--run", str(run), "--group-size", "8", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "lower bounds" in said.stdout
    assert "percent, with 95 % intervals clustered by problem" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "first", "reason"),
    [
        (
            ("--by", "rule"),
            "hard_first",
            "70.0 % or more: capable models gain more from hard first; the interval crosses",
        ),
        (("--size", "3"), "easy_weighted", "3 B is below 6 B"),
        (("--size", "9"), "static", "undetermined: 9 B is between 6 B and 13 B"),
    ],
)
def test_the_choice_is_on_the_first_line_and_its_reason_on_the_second(run, tmp_path, arguments, first, reason):
    where = () if "--size" in arguments else ("--run", str(run))
    said = tarot("choose", *where, *arguments, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[0].startswith(first)
    assert reason in lines[1]


def test_reward_replay_shows_every_stage(run, tmp_path):
    said = tarot("reward-replay", str(run), "-c", "var_asce_rev", "--mode", "weighted_sum", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    for word in ("hard_first", "weighted_sum", "0 to 0.2", "0.6 to 1", "intermediate", "groups of 3"):
        assert word in said.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("probe",), "--model MODEL"),
        (("probe", "-m", "gold", "--mode", "best"), "unknown reward mode 'best'"),
        (("probe", "--run", "nowhere"), "not a run directory"),
        (("choose", "--size", "3", "--by", "signal"), "give a run with --run"),
        (("choose", "--size", "3", "--portfolio", "mine"), "shipped: default"),
        (("reward-replay", "nowhere", "-c", "fastest"), "is neither a file nor a curriculum"),
    ],
)
def test_mistakes_are_one_line(tmp_path, arguments, complaint):
    said = tarot(*arguments, cwd=tmp_path)
    assert said.returncode == 2
    assert said.stderr.startswith("tarot-bench: ")
    assert complaint in said.stderr
    assert len(said.stderr.splitlines()) == 1
