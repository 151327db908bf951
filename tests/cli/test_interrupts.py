"""Ctrl-C and SIGTERM end a verb in order: the jails die, the run is named, and the command that goes on works."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.problem import Limits
from tests.cli.command import tarot

ASLEEP = "```python\nimport time\nprint(0)\ntime.sleep(300)\n```"
PATIENCE_S = 15
"""Far above what leaving takes, far below what a sleeping program takes."""


@pytest.fixture
def folder(tmp_path) -> Path:
    """Eight problems: recorded golds for the first two, and programs that sleep for all others."""
    problems = load_problems("embedded").problems[:8]
    slow = Limits(cpu_s=1, wall_s=300)
    write_jsonl((problem.model_copy(update={"limits": slow}) for problem in problems), tmp_path / "data.jsonl")
    texts = [f"```python\n{problem.solution}\n```" for problem in problems[:2]] + [ASLEEP] * 6
    rows = [{"problem_id": problem.id, "text": text} for problem, text in zip(problems, texts, strict=True)]
    (tmp_path / "recorded.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


EVALUATE = ("evaluate", "-m", "replay:recorded.jsonl", "-d", "data.jsonl")
GENERATE = ("generate", "-r", "keep", "-d", "asleep.jsonl", "-o", "run")


def started(folder: Path, *arguments: str, wait_for, before=None) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tarot_bench", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        preexec_fn=before,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not wait_for() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def two_graded(folder: Path):
    """Whether the golds are graded, so that only sleepers are left."""
    return lambda: sum(map(lines, folder.glob("**/tarot/grades.jsonl"))) >= 2


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        _, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    return process.returncode, said


def children_of(pid: int) -> set[int]:
    found, todo = set(), [pid]
    while todo:
        parent = todo.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            new = {int(word) for word in task.read_text().split()} - found
            found |= new
            todo += new
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}/stat").exists()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.slow
def test_a_signal_ends_the_run_while_programs_sleep_and_says_how_to_go_on(folder, number):
    process = started(folder, *EVALUATE, wait_for=two_graded(folder))
    jails = children_of(process.pid)
    assert jails
    process.send_signal(number)
    status, said = ended(process)
    assert status == 128 + number
    (run,) = (folder / "runs").iterdir()
    assert f"kept in runs/{run.name}: 8 completions, 2 grades" in said, said
    assert "Traceback" not in said
    deadline = time.monotonic() + PATIENCE_S
    while alive(jails) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(jails)
    (command,) = re.findall(r"resume with: tarot-bench (.*)", said)
    recorded = (folder / "recorded.jsonl").read_text().replace("time.sleep(300)", "")
    awake = [json.loads(line) for line in (run / "tarot/completions.jsonl").read_text().splitlines()]
    (folder / "recorded.jsonl").write_text(recorded)
    rows = [row | {"text": row["text"].replace("time.sleep(300)", "")} for row in awake]
    (run / "tarot/completions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    again = tarot(*shlex.split(command), cwd=folder)
    assert again.returncode == 0, again.stderr
    graded = {(made["problem_id"], made["index"]) for made in map(json.loads, (run / "tarot/grades.jsonl").open())}
    assert len(graded) == 8


def test_regrade_is_interrupted_and_goes_on_with_the_same_command(folder):
    run = folder / "run"
    (folder / "awake.jsonl").write_text((folder / "recorded.jsonl").read_text().replace("time.sleep(300)", ""))
    said = tarot("evaluate", "-m", "replay:awake.jsonl", "-d", "data.jsonl", "-o", "run", cwd=folder)
    assert said.returncode == 0, said.stderr
    journal = run / "tarot/completions.jsonl"
    journal.write_text(journal.read_text().replace("print(0)\\n", "print(0)\\ntime.sleep(300)\\n"))
    process = started(
        folder, "regrade", "run", "--no-cache", wait_for=lambda: sum(map(lines, run.glob("tarot/regrade-*"))) >= 2
    )
    process.send_signal(signal.SIGINT)
    status, said = ended(process)
    assert status == 130
    assert "resume with: tarot-bench regrade run --no-cache\n" in said


@pytest.mark.parametrize(
    ("verb", "said"), [("generate", "resume with: tarot-bench generate --resume"), ("validate", "nothing was written")]
)
def test_the_factory_is_interrupted_in_the_same_way(folder, verb, said):
    write_asleep(folder)
    heard = interrupted_while_running(folder, *(GENERATE if verb == "generate" else ("validate", "asleep.jsonl")))
    assert "tarot-bench: interrupted; " in heard
    assert said in heard


def test_the_command_that_resumes_does_not_start_from_a_stage_again_and_runs_only_the_stages_of_the_first(folder):
    write_asleep(folder)
    assert tarot(*GENERATE, "--only", "source", cwd=folder).returncode == 0
    heard = interrupted_while_running(folder, *GENERATE, "--from", "validate", "--only=validate")
    assert f"resume with: tarot-bench generate --resume {shlex.join(GENERATE[1:])} --only=validate\n" in heard


def write_asleep(folder: Path) -> None:
    """Write `asleep.jsonl`: problems whose golds sleep."""
    problems = [
        problem.model_copy(update={"solution": "import time\ntime.sleep(300)"})
        for problem in load_problems(str(folder / "data.jsonl")).problems
    ]
    write_jsonl(problems, folder / "asleep.jsonl")


def interrupted_while_running(folder: Path, *arguments: str) -> str:
    """What a command says that got Ctrl-C while it was waiting for programs."""
    begun = time.monotonic()

    def running() -> bool:
        return time.monotonic() > begun + 1 and process_has_jails(folder)

    process = started(folder, *arguments, wait_for=running)
    process.send_signal(signal.SIGINT)
    status, heard = ended(process)
    assert status == 130, heard
    return heard


def process_has_jails(folder: Path) -> bool:
    """Whether a process that works in this folder has been waiting for programs."""
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            mine = path.readlink() == folder
        except OSError:
            continue
        if mine and len(children_of(int(path.parent.name))) > 4:
            return True
    return False


def running_script(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_second_ctrl_c_leaves_at_once_even_if_the_main_thread_does_not(folder):
    script = """
import time
from tarot_bench.cli import interrupts
interrupts.install()
while True:
    try:
        print("ready", flush=True)
        time.sleep(100)
    except KeyboardInterrupt:
        print("deaf", flush=True)
"""
    process = running_script(script)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "deaf\n"
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    status, said = ended(process)
    assert (status, said) == (130, "")


def test_a_main_thread_that_does_not_leave_is_left(folder):
    script = """
import time
from tarot_bench.cli import interrupts
interrupts.install()
while True:
    try:
        print("ready", flush=True)
        time.sleep(100)
    except KeyboardInterrupt:
        pass
"""
    process = running_script(script)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, "tarot-bench: interrupted; nothing was written\n")


def _ignore_sigint() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_a_run_that_was_started_with_sigint_ignored_can_be_interrupted(folder):
    process = started(folder, *EVALUATE, wait_for=two_graded(folder), before=_ignore_sigint)
    process.send_signal(signal.SIGINT)
    assert ended(process)[0] == 130


def test_a_forked_process_does_not_tell_its_parent_of_its_signals():
    script = """
import os, signal, time
from tarot_bench.cli import interrupts
interrupts.install()
child = os.fork()
if not child:
    time.sleep(100)
time.sleep(0.2)
os.kill(child, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), interrupts.happened(), flush=True)
time.sleep(0.2)
print(interrupts.happened())
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said == "-15 False\nFalse\n"


def test_every_failure_names_the_run(folder):
    (folder / "recorded.jsonl").write_text((folder / "recorded.jsonl").read_text().partition("\n")[0] + "\n")
    said = tarot(*EVALUATE, "-o", "here", cwd=folder)
    assert said.returncode == 2
    assert said.stderr.endswith("; the run is here\n")
    assert os.path.exists(folder / "here/run.json")
