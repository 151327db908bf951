"""Checkers that are programs: what fails on one output only is that output's fault."""

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.grading import checker_program, grade_code
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.verdict import Execution, Verdict

READ = "import json, sys\nq = json.load(sys.stdin)\n"
FAILS_ON = {
    "is slow": "while 'bad' in q['output']: pass",
    "exits 3": "if 'bad' in q['output']: sys.exit(3)",
    "raises": "if 'bad' in q['output']: 1 / 0\nsys.exit(0)",
    "runs out of memory": "if 'bad' in q['output']: x = bytearray(2 << 30)\nsys.exit(0)",
    "is killed": "import os\nif 'bad' in q['output']: os.kill(os.getpid(), 9)",
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    checker_program._controls.clear()
    monkeypatch.setattr(checker_program, "LIMITS", Limits(cpu_s=1, wall_s=20, memory_mib=512))


def verdict(sandbox, program, output, expected="good"):
    problem = Problem(
        id="p",
        statement="",
        original_tests=(TestCase(tier=None, input="", output=expected),),
        checker=Checker(kind="program", program=READ + program),
    )
    (result,) = grade_code(problem, f"print({output!r})", sandbox).results
    return result


@pytest.mark.parametrize("how", FAILS_ON)
def test_an_output_that_makes_the_checker_fail_is_wrong_if_the_expected_output_does_not(sandbox, how):
    result = verdict(sandbox, FAILS_ON[how], "bad")
    assert result.verdict is Verdict.WRONG_ANSWER
    assert verdict(sandbox, FAILS_ON[how], "good").verdict is Verdict.PASSED
    if how == "is slow":
        assert result.detail.startswith("the checker accepts the expected output, and fails on this one: stopped after")


@pytest.mark.parametrize(
    "program",
    ["while True: pass", "sys.exit(3)", "def (", "1 / 0", "sys.exit(1 if q['output'] == 'good' else 3)"],
)
def test_a_checker_that_fails_on_the_expected_output_too_leaves_the_test_ungraded(sandbox, program):
    result = verdict(sandbox, program, "bad")
    if program == "def (":
        assert "SyntaxError" in result.detail
    assert result.verdict is Verdict.UNGRADED
    assert "on the expected output too" in result.detail


class Counting:
    """A sandbox that counts what it runs, and fails where it is told to."""

    def __init__(self, sandbox, *answers):
        self._sandbox, self.answers, self.jobs = sandbox, list(answers), 0

    def run(self, job):
        if "sys.exit(3)" not in job.source:
            return self._sandbox.run(job)
        self.jobs += 1
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return (answer,) if answer else self._sandbox.run(job)


def test_the_expected_output_is_tried_once_for_all_samples(sandbox):
    counting = Counting(sandbox)
    for _ in range(3):
        assert verdict(counting, FAILS_ON["exits 3"], "bad").verdict is Verdict.WRONG_ANSWER
    assert counting.jobs == 4


WAITED = Execution("time", signal=9, cpu_s=0.1, wall_s=20)


@pytest.mark.parametrize("answers", [[SandboxError("gone")], [Execution("exited", 3), SandboxError("gone")], [WAITED]])
def test_what_the_machine_did_is_blamed_on_no_output(sandbox, answers):
    program = FAILS_ON["exits 3"]
    assert verdict(Counting(sandbox, *answers), program, "bad").verdict is Verdict.UNGRADED
    assert verdict(Counting(sandbox, Execution("exited", 3), WAITED), program, "bad").verdict is Verdict.UNGRADED
    assert verdict(sandbox, program, "bad").verdict is Verdict.WRONG_ANSWER


def test_a_checker_that_sleeps_on_an_output_fails_on_it_as_one_that_computes_too_long(sandbox):
    slept = Execution("time", signal=9, cpu_s=0.1, wall_s=20, idle=True)
    counting = Counting(sandbox, slept)
    assert verdict(counting, FAILS_ON["exits 3"], "bad").verdict is Verdict.WRONG_ANSWER
