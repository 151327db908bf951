"""Where the wall limit ends a program, the execution tells whether it wanted a processor."""

import pytest

from tarot_bench.grading import grade_code, grade_many, near_time_limit
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.sandbox import open_sandbox
from tarot_bench.verdict import Verdict
from tests.sandbox.conftest import Runner

SLEEPS = "import time\ntime.sleep(100)"
WAITS = "import threading\nthreading.Event().wait()"
LOOPS = "while True: pass"
LOOPS_IN_A_THREAD = "import threading\ndef loop():\n    while True: pass\nthreading.Thread(target=loop).start()"
LIMITS = Limits(cpu_s=60, wall_s=1)


@pytest.mark.parametrize(
    ("program", "idle"), [(SLEEPS, True), (WAITS, True), (LOOPS, False), (LOOPS_IN_A_THREAD, False)]
)
def test_a_program_that_sleeps_or_waits_is_idle_and_one_that_computes_is_not(sealed, program, idle):
    execution = sealed.stdin(program, cpu_s=60, wall_s=1)
    assert (execution.outcome, execution.idle) == ("time", idle)


def asked(count: int) -> Problem:
    tests = [TestCase(tier=Tier.BASIC, input=f"{number}\n", output="1\n") for number in range(count)]
    return Problem(id="p", statement="s", solution="print(1)", tests=tests, limits=LIMITS)


class Counted:
    """A sandbox that counts the programs that it runs."""

    def __init__(self, inner):
        self.inner, self.jobs, self.workers = inner, 0, inner.workers

    def run(self, job):
        self.jobs += 1
        return self.inner.run(job)


@pytest.mark.parametrize(("program", "runs"), [(SLEEPS, 1), (LOOPS, 2)])
def test_only_a_program_that_wanted_a_processor_is_run_again(warm, program, runs):
    counted = Counted(warm.sandbox)
    ((_, made),) = grade_many([(asked(1), f"```python\n{program}\n```")], counted)
    assert made.results[0].verdict is Verdict.TIME_LIMIT
    assert counted.jobs == runs


def test_the_reason_says_that_a_program_slept_or_waited(warm):
    made = grade_code(asked(1), SLEEPS, warm.sandbox)
    assert made.results[0].detail.startswith("slept or waited: stopped after 1.")
    assert not near_time_limit(asked(1), made)


def test_at_the_level_without_namespaces_too(without_namespaces):
    with open_sandbox(workers=1) as opened:
        runner = Runner(opened)
        assert runner.stdin(SLEEPS, cpu_s=60, wall_s=1).idle
        assert not runner.stdin(LOOPS, cpu_s=60, wall_s=1).idle
