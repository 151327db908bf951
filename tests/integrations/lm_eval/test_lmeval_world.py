"""Two processes that share the documents report what one process reports, and send equally many requests."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.problem import Tier
from tests.integrations.lm_eval.recorded import (
    NO_CODE,
    ONLY_SMALL,
    RIGHT,
    answers_for,
    data_file,
    problems,
    recorded,
    run,
)

ROOT = Path(__file__).parents[3]

ONE_RANK = "tests.integrations.lm_eval.one_rank"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run_on_two(data: str, tasks: str, folder: Path) -> list[dict]:
    port = free_port()
    ranks = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.integrations.lm_eval.one_rank",
                *(rank, "2", port, data, tasks, str(folder / "out")),
            ],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in ("0", "1")
    ]
    said = [process.communicate(timeout=200)[1] for process in ranks]
    assert [process.returncode for process in ranks] == [0, 0], "\n".join(text[-2000:] for text in said)
    return [json.loads((folder / f"out.{rank}").read_text()) for rank in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("tasks", ["tarot", "tarot_all"])
def test_two_processes_report_what_one_does(tasks, tmp_path):
    made = problems(5)
    data = data_file(tmp_path, made)
    first, second = run_on_two(data, tasks, tmp_path)
    assert first["sent"] == second["sent"] == 3 * 3, "three of five problems, and two with one spare request"
    alone = run(recorded(answers_for(made, [RIGHT, ONLY_SMALL, NO_CODE]), made), [tasks], {"data": data, "repeats": 3})
    assert first["results"] == json.loads(json.dumps(alone["results"], default=float))
    assert second["results"] is None


@pytest.mark.slow
def test_a_process_without_a_problem_of_some_tier_does_not_end_the_run(tmp_path):
    """lm-eval gathers every metric that the first process has from all of them."""
    one, two = problems(1), problems(2, tiers=(Tier.BASIC,))[1:]
    first, _ = run_on_two(data_file(tmp_path, one + two), "tarot_all", tmp_path)
    assert first["results"]["tarot_all"]["basic,graded"] == pytest.approx(2 / 3)
