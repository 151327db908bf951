"""A run grows: more samples or problems on resume, without paying for what is there; and has one writer at a time."""

import json
import subprocess
import sys

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import RunError
from tarot_bench.evaluation import evaluate, explain, regrade, resolve
from tarot_bench.runs import writing
from tarot_bench.training.probe.samples import saved_grades
from tests.servers.llm import LlmServer

CODE = "```python\nprint(1)\n```"


@pytest.fixture
def server():
    with LlmServer(lambda prompt: CODE) as server:
        yield server


def wanted(server, **given):
    options = {"base_url": server.url, "concurrency": 4}
    return resolve("openai/any", "tarot", options=options, **({"limit": 3} | given))


def asked(server):
    return {(call.prompt, call.seed) for call in server.requests}


def test_more_samples_are_asked_for_and_those_there_are_kept(server, tmp_path):
    evaluate(wanted(server, samples=2), tmp_path / "run")
    (summary,) = evaluate(wanted(server, samples=5, k=[1, 5]), tmp_path / "run", resume=True)
    assert len(server.requests) == 3 * 5 == len(asked(server))
    assert summary.setting["samples"] == 5
    assert summary.metrics.counts.samples == 15
    assert 5 in summary.metrics.strict


def test_more_problems_are_asked_for_and_those_there_are_kept(server, tmp_path):
    evaluate(wanted(server, limit=3), tmp_path / "run")
    (summary,) = evaluate(wanted(server, limit=7), tmp_path / "run", resume=True)
    assert len(server.requests) == 7 == len(asked(server))
    (whole,) = evaluate(wanted(server, limit=None), tmp_path / "run", resume=True)
    assert len(server.requests) == len(load_problems("embedded")) == whole.metrics.counts.problems
    assert summary.metrics.counts.problems == 7


def test_both_may_grow_at_once_and_the_grown_run_equals_one_that_was_made_whole(server, tmp_path):
    evaluate(wanted(server, limit=2, samples=1), tmp_path / "run")
    (grown,) = evaluate(wanted(server, limit=4, samples=3), tmp_path / "run", resume=True)
    assert len(server.requests) == 12
    (whole,) = evaluate(wanted(server, limit=4, samples=3), tmp_path / "whole")
    assert grown.metrics == whole.metrics
    assert {k: v for k, v in grown.setting.items() if k not in ("created", "command")} == {
        k: v for k, v in whole.setting.items() if k not in ("created", "command")
    }
    limits = [
        json.loads((tmp_path / name / "tarot/limits.json").read_text())["gold_cpu_s"] for name in ("run", "whole")
    ]
    assert limits[0].keys() == limits[1].keys()


def test_a_grown_run_is_regraded_explained_and_resumed_as_a_whole(server, tmp_path):
    evaluate(wanted(server, limit=2), tmp_path / "run")
    (grown,) = evaluate(wanted(server, limit=4, samples=2), tmp_path / "run", resume=True)
    (again,) = regrade(tmp_path / "run")
    assert again.metrics == grown.metrics
    assert explain(tmp_path / "run", load_problems("embedded").problems[3].id, 1).grade.index == 1
    (resumed,) = evaluate(wanted(server, limit=4, samples=2), tmp_path / "run", resume=True)
    assert resumed.metrics == grown.metrics
    assert len(server.requests) == 8


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"samples": 1}, "samples: 2 -> 1"),
        ({"limit": 2}, "limit: 3 -> 2"),
        ({"samples": 3, "overrides": ("sampling.temperature=0.5",)}, r"sampling\.temperature"),
        ({"limit": 9, "tiers": ["basic"]}, "tiers"),
        ({"limit": 9, "overrides": ("options.reasoning=true",)}, r"options\.reasoning"),
    ],
)
def test_a_run_does_not_shrink_and_other_settings_stay_fixed(given, named, server, tmp_path):
    evaluate(wanted(server, samples=2), tmp_path / "run")
    before = (tmp_path / "run/run.json").read_text()
    with pytest.raises(RunError, match=named):
        evaluate(wanted(server, **({"samples": 2} | given)), tmp_path / "run", resume=True)
    assert (tmp_path / "run/run.json").read_text() == before
    assert len(server.requests) == 6


def test_a_file_whose_first_problems_changed_is_not_taken_for_a_longer_one(server, tmp_path):
    first, second, third = load_problems("embedded").problems[:3]
    data = tmp_path / "data.jsonl"
    write_jsonl([first, second, third], data)
    evaluate(wanted(server, limit=1, data=(str(data),)), tmp_path / "run")
    write_jsonl([second, first, third], data)
    with pytest.raises(RunError, match="digest"):
        evaluate(wanted(server, limit=2, data=(str(data),)), tmp_path / "run", resume=True)


def test_a_run_that_is_being_written_is_left_alone_by_other_writers(server, tmp_path):
    evaluate(wanted(server), tmp_path / "run")
    before = {file: file.read_bytes() for file in (tmp_path / "run").rglob("*") if file.is_file()}
    with writing(tmp_path / "run"):
        with pytest.raises(RunError, match="another process is writing"):
            evaluate(wanted(server, limit=9), tmp_path / "run", resume=True)
        with pytest.raises(RunError, match="another process is writing"):
            regrade(tmp_path / "run")
        assert explain(tmp_path / "run", load_problems("embedded").problems[0].id)
    assert {file: file.read_bytes() for file in (tmp_path / "run").rglob("*") if file.is_file()} == before
    assert len(server.requests) == 3


def test_regrading_twice_at_once_ends_with_one_line_for_the_second(server, tmp_path):
    evaluate(wanted(server, limit=20, samples=2), tmp_path / "run")
    command = [sys.executable, "-m", "tarot_bench", "regrade", "--no-cache", str(tmp_path / "run")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [(process.communicate()[1], process.returncode) for process in both]
    assert sorted(code for _, code in said) in ([0, 2], [0, 0]), said
    for error, code in said:
        assert "Traceback" not in error
        assert ("another process is writing" in error) == (code == 2)
    assert not list((tmp_path / "run").rglob("regrade-*"))


def test_reading_commands_write_nothing(server, tmp_path):
    run = tmp_path / "run"
    evaluate(wanted(server), run)
    (run / "tarot/fidelity.json").unlink(missing_ok=True)
    with (run / "tarot/grades.jsonl").open("a") as grades:
        grades.write('{"problem_id": "torn')

    def state():
        return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in run.rglob("*") if file.is_file()}

    before = state()
    explain(run, load_problems("embedded").problems[0].id)
    saved_grades(run)
    assert state() == before
    (run / "tarot/grades.jsonl").unlink()
    with pytest.raises(RunError, match="not graded yet"):
        explain(run, load_problems("embedded").problems[0].id)
    assert not (run / "tarot/grades.jsonl").exists()
