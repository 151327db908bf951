"""Jails die: a job runs again elsewhere, a program that ends two of them is judged, a fault of ours is no verdict."""

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job
from tarot_bench.sandbox.local import LocalSandbox
from tarot_bench.sandbox.slot import Slot

LIMITS = Limits(cpu_s=2, wall_s=5)
KILLER = "print('killer')"


@pytest.fixture
def sabotaged():
    """A slot whose real jails are killed from outside, as often as asked, when they get a program that fits."""
    pool = LocalSandbox(1)

    def make(times: int, victims=lambda source: True) -> Slot:
        left = [times]

        def open_worker(name: str):
            worker = pool._open_worker(name)
            start = worker.start

            def start_and_perhaps_die(packet, source, tests):
                if left[0] and victims(source):
                    left[0] -= 1
                    worker.wait_ready()
                    worker._kill()
                    worker._process.wait()
                start(packet, source, tests)

            worker.start = start_and_perhaps_die
            return worker

        slot = Slot(open_worker, classes=frozenset({"plain"}), cold=False, may_fork=True)
        slots.append(slot)
        return slot

    slots: list[Slot] = []
    yield make
    for slot in slots:
        slot.close()
    pool.close()


def run(slot: Slot, source: str, count: int = 1):
    return slot.run(Job(source, "stdin", (b"",) * count, LIMITS))


def test_a_job_whose_jail_dies_runs_again_elsewhere(sabotaged):
    executions = run(sabotaged(1), "print(7)", 3)
    assert [execution.stdout for execution in executions] == [b"7\n"] * 3


def test_a_program_that_ends_two_jails_is_its_own_verdict_and_the_pool_goes_on(sabotaged):
    slot = sabotaged(100, lambda source: source == KILLER.encode())
    (execution,) = run(slot, KILLER)
    assert (execution.outcome, execution.ok) == ("killed", False)
    (after,) = run(slot, "print(7)")
    assert after.stdout == b"7\n"


def test_jails_that_end_whatever_they_run_are_our_trouble_and_no_verdict(sabotaged):
    with pytest.raises(SandboxError, match="whatever runs"):
        run(sabotaged(100), "print(7)")


def test_a_suite_that_ends_two_jails_is_a_verdict_too(sabotaged):
    slot = sabotaged(100, lambda source: b"killer" in source)
    job = Job("def f():\n    return 'killer'", "suite", (b"assert candidate() == 'killer'",), LIMITS, "f")
    (execution,) = slot.run(job)
    assert execution.outcome == "killed"
