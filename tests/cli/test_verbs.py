"""The verbs as a user types them."""

import json
from xml.etree import ElementTree as ET

from tests.cli.test_mistakes import tarot


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
    assert "bubblewrap" in said.stdout
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
