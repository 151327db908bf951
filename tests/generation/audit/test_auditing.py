"""A whole audit: its files, and that a kill changes none of its numbers."""

import json
import signal
import subprocess
import sys
import time

import pytest

import tarot_bench as tb
from tarot_bench.dataset import write_jsonl
from tarot_bench.dataset.errata import read_errata
from tarot_bench.errors import DataError, RunError
from tarot_bench.generation.audit.auditing import ERRATA, JOURNAL, audit, read_report
from tarot_bench.generation.audit.measuring import Effort
from tarot_bench.problem import GeneratedInput, GeneratorProgram
from tarot_bench.runs.audits import COLUMNS, REPORT
from tests.generation.making import GOLD, case_of, entry_of

WRONG = "input()\nprint(max(map(int, input().split())))\n"
QUICK = Effort(times=1, most_mutants=2)


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "problems.jsonl"
    broken = entry_of("broken", tests=(case_of("edge", "1 2", "4\n"),)).problem
    write_jsonl([*(entry_of(f"sum {number}").problem for number in range(9)), broken], path)
    return str(path)


def test_a_run_holds_the_report_a_row_per_test_and_proposed_errata(data, tmp_path):
    programs = tmp_path / "programs.jsonl"
    programs.write_text(json.dumps({"problem_id": "sum 0", "program": WRONG, "correct": False}) + "\n")
    report = tb.audit(data, tmp_path / "run", programs=str(programs), effort=QUICK)
    assert read_report(tmp_path / "run") == report
    assert (report.problems, report.tests, report.programs) == (10, 47, {"given": 1, "gold": 10})
    rows = [json.loads(line) for line in (tmp_path / "run" / COLUMNS).read_text().splitlines()]
    assert len(rows) == 47
    assert {row["tnr"] for row in rows if row["problem_id"] == "sum 0"} == {0.0, 1.0}
    errata = read_errata(tmp_path / "run" / ERRATA)
    assert [(erratum.problem, erratum.reason) for erratum in errata.errata] == [("broken", "gold-fails")]
    assert errata.data.revision == report.revision == tb.load_problems(data).revision


def files_of(run):
    columns = [json.loads(line) | {"gold_cpu_s": None} for line in (run / COLUMNS).read_text().splitlines()]
    report = json.loads((run / REPORT).read_text())
    return columns, report, (run / ERRATA).read_bytes()


def test_an_audit_that_was_killed_ends_with_the_same_numbers(data, tmp_path):
    command = [sys.executable, "-m", "tarot_bench", "audit", data, "--times", "1", "--mutants", "2", "-o"]
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    subprocess.run([*command, straight], check=True, capture_output=True)
    process = subprocess.Popen([*command, killed], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    journal = killed / JOURNAL
    while not journal.is_file() or journal.read_bytes().count(b"\n") < 2:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (killed / REPORT).exists()
    with journal.open("ab") as file:
        file.write(b'{"id": "sum 8", "tests')  # torn
    before = journal.read_bytes().splitlines()[:2]
    subprocess.run([*command, killed, "--resume"], check=True, capture_output=True)
    assert journal.read_bytes().splitlines()[:2] == before
    assert files_of(killed) == files_of(straight)


def test_an_input_that_cannot_be_made_is_a_finding_about_its_test_and_all_others_are_measured(data, tmp_path):
    recipe = GeneratedInput(program="g", seed=1, digest="0" * 64, size=9)
    unmade = case_of("edge", "3").model_copy(update={"generated": recipe, "input": ""})
    programs = (GeneratorProgram(name="g", source="raise SystemExit(3)"),)
    tests = (case_of("basic", "1 2"), unmade)
    write_jsonl([entry_of("unmade", tests=tests, generator_programs=programs).problem, entry_of("b").problem], data)
    report = audit(data, tmp_path / "run", effort=QUICK)
    (finding,) = report.findings
    assert (finding.problem, finding.part, finding.reason) == ("unmade", "edge", "malformed")
    assert finding.detail == "the generator program 'g' of problem 'unmade', seed 1 failed: exit code 3"
    assert (report.problems, report.malformed, report.parts["all"].tests) == (2, 1, 7)
    mended = tb.load_problems(data, errata=tmp_path / "run" / ERRATA)
    assert mended["unmade"].tests == (tests[0],)


def test_a_record_that_is_malformed_is_located(data, tmp_path):
    audit(data, tmp_path / "run", limit=1, effort=QUICK)
    journal = tmp_path / "run" / JOURNAL
    journal.write_text("{}\n" + journal.read_text())
    with pytest.raises(RunError, match=r"problems\.jsonl:1 is not a ProblemRecord"):
        audit(data, tmp_path / "run", limit=1, effort=QUICK, resume=True)


def test_other_settings_data_or_programs_are_refused_on_resume(data, tmp_path):
    run, programs = tmp_path / "run", tmp_path / "programs.jsonl"
    programs.write_text(json.dumps({"problem_id": "sum 0", "program": WRONG, "correct": False}) + "\n")
    audit(data, run, limit=1, effort=QUICK, programs=str(programs))
    with pytest.raises(RunError, match="add --resume"):
        audit(data, run, limit=1, effort=QUICK, programs=str(programs))
    with pytest.raises(RunError, match="limit: 1 -> 2"):
        audit(data, run, limit=2, effort=QUICK, programs=str(programs), resume=True)
    programs.write_text(json.dumps({"problem_id": "sum 0", "program": GOLD, "correct": True}) + "\n")
    with pytest.raises(RunError, match="programs_digest"):
        audit(data, run, limit=1, effort=QUICK, programs=str(programs), resume=True)


def test_a_mistake_leaves_no_directory_and_a_run_that_is_no_audit_is_refused(data, tmp_path):
    with pytest.raises(DataError, match="no such file"):
        audit(data, tmp_path / "run", pool="absent.jsonl")
    assert not (tmp_path / "run").exists()
    with pytest.raises(RunError, match=r"run\.json"):
        read_report(tmp_path / "run")
