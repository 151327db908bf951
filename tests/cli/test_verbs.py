"""The verbs as a user types them."""

import json
import socket
import subprocess
import sys
from xml.etree import ElementTree as ET

from tests.cli.command import tarot


def test_a_bug_is_a_traceback_with_a_status_of_its_own():
    code = "from tarot_bench.cli import main; main.app = lambda: 1 / 0; main.main()"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert said.returncode == 70
    assert said.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_evaluate_prints_a_tier_table_and_writes_a_run(tmp_path):
    said = tarot("evaluate", "-m", "gold", "--limit", "3", "-n", "2", "--k", "2", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    for tier in ("basic", "intermediate", "complex", "edge"):
        assert tier in said.stdout
    (run,) = (tmp_path / "runs").iterdir()
    assert str(run.name) in said.stdout
    summary = json.loads((run / "summary.json").read_text())["summaries"][0]
    assert set(summary["metrics"]["strict"]) == {"1", "2"}


def test_a_missed_threshold_is_exit_status_one_and_a_junit_report_is_written(tmp_path):
    arguments = ("evaluate", "-m", "mutant:1", "--limit", "6", "-o", "run", "--junit", "out/junit.xml")
    said = tarot(*arguments, "--fail-under", "strict=1.0", cwd=tmp_path)
    assert said.returncode == 1
    assert "strict is" in said.stderr
    report = ET.parse(tmp_path / "out/junit.xml").getroot()
    assert len(report.findall(".//testcase")) == 6 * 4
    assert report.findall(".//failure")
    again = tarot(*arguments, "--fail-under", "strict=0", "--resume", cwd=tmp_path)
    assert again.returncode == 0


def test_regrade_and_explain_work_on_the_run_that_evaluate_left(tmp_path):
    tarot("evaluate", "-m", "mutant:1", "--limit", "4", "-o", "run", cwd=tmp_path)
    before = json.loads((tmp_path / "run/summary.json").read_text())["summaries"][0]["metrics"]
    assert tarot("regrade", "run", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "run/summary.json").read_text())["summaries"][0]["metrics"] == before
    grades = [json.loads(line) for line in (tmp_path / "run/tarot/grades.jsonl").read_text().splitlines()]
    failed = next(made for made in grades if any(r["verdict"] == "WRONG_ANSWER" for r in made["results"]))
    said = tarot("explain", "run", failed["problem_id"], cwd=tmp_path)
    assert said.returncode == 0
    for part in ("WRONG_ANSWER", "tests", "input", "expected"):
        assert part in said.stdout


def test_the_unsafe_way_out_is_loud(tmp_path):
    said = tarot("evaluate", "-m", "gold", "--limit", "1", "-o", "run", "--sandbox", "unsafe-subprocess", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "WARNING" in said.stderr
    assert json.loads((tmp_path / "run/run.json").read_text())["environment"]["sandbox"]["level"] == "none"


def test_doctor_reports_and_never_shows_a_key(tmp_path):
    said = tarot("doctor", cwd=tmp_path, OPENAI_API_KEY="sk-very-secret")
    assert said.returncode == 0, said.stdout
    for checked in ("bubblewrap", "program accelerate", "package deepspeed", "GPUs", "port 8000", "disk"):
        assert checked in said.stdout
    assert "OPENAI_API_KEY" in said.stdout
    assert "very-secret" not in said.stdout + said.stderr


def test_selftest_is_all_gold_and_says_what_it_skipped(tmp_path):
    said = tarot("selftest", cwd=tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "ok       tarot (embedded)" in said.stdout
    assert "skipped  humaneval" in said.stdout


def test_recipes_are_listed_shown_and_copied(tmp_path):
    listed = tarot("recipes", "list", cwd=tmp_path).stdout.splitlines()
    assert "eval/suites/smoke.yaml" in listed
    shown = tarot("recipes", "show", "eval/suites/smoke.yaml", cwd=tmp_path).stdout
    assert "name: smoke" in shown
    assert tarot("recipes", "copy", "eval/suites/smoke.yaml", "mine.yaml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mine.yaml").read_text() == shown
    assert tarot("recipes", "copy", "eval/suites/smoke.yaml", "mine.yaml", cwd=tmp_path).returncode == 2
    said = tarot("evaluate", "-m", "gold", "-s", "mine.yaml", "--limit", "1", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr


def test_the_version_is_printed(tmp_path):
    from tarot_bench import __version__

    assert tarot("--version", cwd=tmp_path).stdout == f"tarot-bench {__version__}\n"


def test_benchmarks_are_evaluated_by_name(tmp_path):
    row = {
        "task_id": "HumanEval/0",
        "prompt": "def double(x):\n",
        "canonical_solution": "    return 2 * x\n",
        "test": "def check(candidate):\n    assert candidate(2) == 4\n",
        "entry_point": "double",
    }
    (tmp_path / "HumanEval.jsonl").write_text(json.dumps(row) + "\n")
    named = ("-b", "tarot,humaneval", "-d", "humaneval=HumanEval.jsonl")
    said = tarot("evaluate", "-m", "gold", *named, "--limit", "1", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    summaries = json.loads((tmp_path / "run/summary.json").read_text())["summaries"]
    assert [summary["benchmark"] for summary in summaries] == ["tarot", "humaneval"]
    again = tarot("evaluate", "-m", "gold", "-b", "humaneval", "-d", "HumanEval.jsonl", "-b", "tarot", cwd=tmp_path)
    assert "name one of humaneval, tarot" in again.stderr


def test_the_table_is_headed_by_what_was_run_and_names_no_other_tier(tmp_path):
    said = tarot("evaluate", "-m", "gold", "--tiers", "edge", "--limit", "2", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    first, data, how, *_ = said.stdout.splitlines()
    assert first == "gold on tarot"
    assert data.startswith("data embedded, revision ")
    assert data.endswith("; first 2 problems; tiers edge")
    assert how.startswith("n=1 per problem, temperature 0, max_tokens 4096, seed 0, sandbox ")
    for word in ("all tiers", "strict", "basic", "gap", "model options"):
        assert word not in said.stdout


def test_failed_problems_are_listed_after_a_run_and_by_explain(tmp_path):
    said = tarot("evaluate", "-m", "mutant:1", "--limit", "6", "-o", "run", "--show-failures", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    grades = [json.loads(line) for line in (tmp_path / "run/tarot/grades.jsonl").read_text().splitlines()]
    failed = [g for g in grades if any(r["verdict"] != "PASSED" for r in g["results"])]
    assert f"Failed problems: {len(failed)}\n" in said.stdout
    listed = tarot("explain", "run", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    first, *lines = listed.stdout.splitlines()
    assert first == f"Failed problems: {len(failed)}"
    assert listed.stdout in said.stdout
    by_id = {line.split()[0]: line for line in lines}
    assert sorted(by_id) == sorted(grade["problem_id"] for grade in failed)
    for grade in failed:
        result = next(r for r in grade["results"] if r["verdict"] != "PASSED")
        assert f"passed by 0 of 1; sample 0, {result['tier']}: {result['verdict']}" in by_id[grade["problem_id"]]


def test_a_run_without_failures_says_so(tmp_path):
    said = tarot("evaluate", "-m", "gold", "--limit", "2", "-o", "run", "--show-failures", cwd=tmp_path)
    assert "No problem failed." in said.stdout
    assert "Failed" not in tarot("evaluate", "-m", "gold", "--limit", "2", cwd=tmp_path).stdout


def test_a_run_without_any_verdict_is_not_called_a_run_without_failures(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        said = tarot("evaluate", "-m", "openai/any", "--base-url", url, "--limit", "2", "-o", "run", cwd=tmp_path)
    assert said.returncode == 2
    assert "is the server running? ([Errno" in said.stderr
    listed = tarot("explain", "run", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout == "2 of 2 samples have no verdict: pending, or refused by the service\n"


def test_explaining_an_answer_without_code_shows_the_answer_and_no_tests(tmp_path):
    words = [f"I would sort them, step {n}." for n in range(60)]
    row = {"problem_id": "embedded/badge-initials", "text": "\n".join(words), "finish_reason": "stop"}
    (tmp_path / "answers.jsonl").write_text(json.dumps(row) + "\n")
    ids = ("--ids", "embedded/badge-initials")
    said = tarot("evaluate", "-m", "replay:answers.jsonl", *ids, "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    said = tarot("explain", "run", "badge-initials", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "NO_CODE: " in said.stdout
    assert all(line in said.stdout for line in words)
    for absent in ("expected", "input", "used", "basic"):
        assert absent not in said.stdout


def test_evaluate_writes_a_report_where_it_is_told(tmp_path):
    said = tarot("evaluate", "-m", "mutant:1", "--limit", "2", "-o", "run", "--report", "report.html", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert said.stdout.endswith("report: report.html\n")
    assert "mutant:1 on tarot" in (tmp_path / "report.html").read_text()
