"""Commands that only read, on a run that another process is writing: they read what is whole and change nothing."""

import re
import subprocess
import sys
import time

import pytest

from tarot_bench.evaluation import evaluate, explain, failures, resolve, without_verdict
from tarot_bench.evaluation.summary import outcomes
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.training.probe.samples import saved_grades
from tests.cli.command import tarot

WRITER = """
import os, sys
from pathlib import Path
from tarot_bench.runs import writing
from tarot_bench.runs.evaluation import EvaluationRun
path, endless = Path(sys.argv[1]), sys.argv[2] == "endless"
files = EvaluationRun.open(path).benchmark("tarot")
with writing(path), files.write_completions() as completions, files.write_grades() as grades:
    last, verdicts = list(completions)[-1], list(grades)[-1]
    print("writing", flush=True)
    while endless:
        completions.append(last)
        grades.append(verdicts)
    for journal, record in ((completions, last), (grades, verdicts)):
        line = record.model_dump_json().encode()
        os.write(os.open(journal.path, os.O_WRONLY | os.O_APPEND), line[: len(line) // 2])
    print("torn", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path):
    evaluate(resolve("mutant:0.5", "tarot", limit=3, samples=2), tmp_path / "run")
    return tmp_path / "run"


def writer(run, kind):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(run), kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "writing\n"
    return process


def content(run):
    return {path.relative_to(run): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_readers_leave_a_run_with_torn_lines_as_it_is(run):
    first = next(iter(EvaluationRun.open(run).benchmark("tarot").completions)).problem_id
    process = writer(run, "torn")
    assert process.stdout.readline() == "torn\n"
    before = content(run)
    assert b"\n" not in before[next(path for path in before if path.name == "grades.jsonl")][-5:]
    assert explain(run, first).completion.problem_id == first
    assert len(failures(run)) <= 3
    assert without_verdict(run) == (0, 6)
    assert len(saved_grades(run).grades) == 6
    assert outcomes(EvaluationRun.open(run).benchmark("tarot").completions, 6) == {"ANSWERED": 6}
    for command in (("explain", str(run)), ("explain", str(run), first), ("choose", "--run", str(run))):
        said = tarot(*command, cwd=run.parent)
        assert said.returncode == 0, said.stderr
    said = tarot("probe", "--run", str(run), cwd=run.parent)
    assert said.returncode == 0, said.stderr
    assert "not saved, as another process is writing to it" in said.stdout
    assert content(run) == before
    process.communicate()


def test_readers_answer_from_a_directory_that_cannot_be_written(run):
    code = "import sys; from tarot_bench.cli.main import main; sys.exit(main())"
    jail = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(run), str(run), "--", sys.executable, "-c", code]
    before = content(run)
    for verb, status, said in (
        (["explain"], 0, "Failed problems"),
        (["choose", "--run"], 0, "rule: "),
        (["probe", "--run"], 0, "probe: not saved, as .* is read-only"),
        (["regrade"], 2, "^tarot-bench: cannot write to .*: Read-only file system"),
    ):
        done = subprocess.run([*jail, *verb, str(run)], capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        assert re.search(said, " ".join((done.stderr or done.stdout).split())), verb
    assert content(run) == before


@pytest.mark.slow
def test_readers_meet_whole_records_only_while_records_are_appended(run):
    process = writer(run, "endless")
    files, sizes = EvaluationRun.open(run).benchmark("tarot"), []
    until = time.monotonic() + 2
    while time.monotonic() < until:
        assert without_verdict(run) == (0, 6)
        sizes.append(sum(1 for _ in files.completions))
    process.kill()
    process.communicate()
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_a_probe_is_saved_in_a_run_that_nobody_writes(run):
    said = tarot("probe", "--run", str(run), cwd=run.parent)
    assert f"probe: {run}/probe.json" in said.stdout.replace("\n", "")
    assert (run / "difficulties.json").is_file()
