"""Run directories: settings are compared, and nothing foreign is touched."""

import json

import pytest

from tarot_bench.errors import RunError
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion
from tests.runs.made import completion, start


def test_a_run_stores_its_settings_and_can_be_opened_again(tmp_path):
    made = start(tmp_path / "run", seed=1)
    opened = RunDirectory.open(tmp_path / "run")
    assert opened.manifest == made.manifest
    assert opened.manifest.settings == {"seed": 1}
    assert opened.manifest.environment["sandbox"] == "local"


def test_resuming_with_the_same_settings_goes_on(tmp_path):
    first = start(tmp_path / "run", seed=1)
    assert start(tmp_path / "run", resume=True, seed=1).manifest == first.manifest


def test_resuming_with_other_settings_is_refused_and_names_the_keys(tmp_path):
    start(tmp_path / "run", seed=1, model="gold")
    with pytest.raises(RunError, match="seed: 1 -> 2"):
        start(tmp_path / "run", resume=True, seed=2, model="gold")


def test_a_directory_with_a_run_is_not_overwritten_without_being_asked(tmp_path):
    start(tmp_path / "run", seed=1)
    with pytest.raises(RunError, match="--resume"):
        start(tmp_path / "run", seed=1)


def test_a_directory_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("do not lose me")
    with pytest.raises(RunError, match="holds files but no run"):
        start(tmp_path, seed=1)
    with pytest.raises(RunError, match=r"no run\.json"):
        RunDirectory.open(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_run_of_another_verb_is_refused(tmp_path):
    start(tmp_path / "run", kind="generate")
    with pytest.raises(RunError, match="generate"):
        start(tmp_path / "run", resume=True)


@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"format": "other", "version": 1}'])
def test_a_manifest_that_is_not_ours_is_refused_on_one_line(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError) as caught:
        RunDirectory.open(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_manifest_of_a_newer_format_asks_for_an_upgrade(tmp_path):
    start(tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 99}))
    with pytest.raises(RunError, match="upgrade"):
        RunDirectory.open(tmp_path / "run")


def test_readers_create_repair_and_change_nothing(tmp_path):
    with writing(tmp_path):
        run = start(tmp_path)
        with run.journal("tarot/completions.jsonl", Completion) as journal:
            journal.append(completion(0))
    with (tmp_path / "tarot/completions.jsonl").open("ab") as file:
        file.write(b'{"problem_id": "torn')
    tmp_path.joinpath("tarot").chmod(0o555)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    opened = RunDirectory.open(tmp_path)
    assert list(opened.records("tarot/completions.jsonl", Completion)) == [completion(0)]
    assert list(opened.records("tarot/grades.jsonl", Completion)) == []
    assert list(opened.records("absent/grades.jsonl", Completion)) == []
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    tmp_path.joinpath("tarot").chmod(0o755)


def smaller(stored):
    """What a run of ten would store if it were one of as many as `stored`."""
    return {"samples": min(10, stored["samples"]), "seed": 1}


def test_a_run_that_is_extended_has_no_summary_until_it_is_finished_again(tmp_path):
    started = EvaluationRun.start(tmp_path, "evaluate", {"samples": 5}, {}, False)
    for label in ("", "evalplus"):
        started.write_summary({"summaries": []}, label)
    EvaluationRun.start(tmp_path, "evaluate", {"samples": 5}, {}, True)
    assert started.read_summary("evalplus") == {"summaries": []}
    larger = EvaluationRun.start(tmp_path, "evaluate", {"samples": 10}, {}, True, lambda stored: stored)
    assert (larger.read_summary(), larger.read_summary("evalplus")) == (None, None)


def test_a_run_may_be_extended_and_nothing_else(tmp_path):
    start(tmp_path, seed=1, samples=3)
    with pytest.raises(RunError, match="samples: 3 -> 10"):
        start(tmp_path, resume=True, seed=1, samples=10)
    extended = RunDirectory.start(tmp_path, "evaluate", {"samples": 10, "seed": 1}, {}, True, smaller)
    assert RunDirectory.open(tmp_path).manifest == extended.manifest
    assert extended.manifest.settings["samples"] == 10
    assert extended.manifest.environment["sandbox"] == "local"
    start(tmp_path, resume=True, seed=1, samples=10)
    with pytest.raises(RunError, match="seed: 1 -> 2"):
        RunDirectory.start(
            tmp_path, "evaluate", {"samples": 20, "seed": 2}, {}, True, lambda stored: {"samples": 10, "seed": 2}
        )
