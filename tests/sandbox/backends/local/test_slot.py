"""Jails die: a job runs again elsewhere, a program that ends two of them is judged, a fault of ours is no verdict."""

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job
from tarot_bench.sandbox.backends.local.files import Test
from tarot_bench.sandbox.backends.local.packages import installed
from tarot_bench.sandbox.backends.local.pool import LocalSandbox
from tarot_bench.sandbox.backends.local.slot import Slot
from tarot_bench.sandbox.backends.local.worker import JailLostError
from tarot_bench.sandbox.inside import wire
from tarot_bench.sandbox.inside.wire import BATCH, Given, WireMode

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

            def start_and_perhaps_die(packet, given, tests, batch=BATCH):
                if left[0] and victims(given.source):
                    left[0] -= 1
                    worker.wait_ready()
                    worker._kill()
                    worker._process.wait()
                start(packet, given, tests, batch)

            worker.start = start_and_perhaps_die
            return worker

        slot = Slot(open_worker, installed([]), cold=False, may_fork=True)
        slots.append(slot)
        return slot

    slots: list[Slot] = []
    yield make
    for slot in slots:
        slot.close()
    pool.close()


def run(slot: Slot, source: str, count: int = 1, *, alone: bool = False):
    return slot.run(Job(source, "stdin", (b"",) * count, LIMITS), alone=alone)


def test_a_job_whose_jail_dies_runs_again_elsewhere(sabotaged):
    executions = run(sabotaged(1), "print(7)", 3)
    assert [execution.stdout for execution in executions] == [b"7\n"] * 3


def test_a_program_whose_jail_dies_twice_is_not_judged_while_others_run(sabotaged):
    slot = sabotaged(2)
    assert run(slot, "print(7)") == ()
    assert run(slot, "print(7)", alone=True)[0].stdout == b"7\n"


def test_a_program_that_ends_two_jails_alone_is_its_own_verdict_and_the_pool_goes_on(sabotaged):
    slot = sabotaged(100, lambda source: source == KILLER.encode())
    (execution,) = run(slot, KILLER, alone=True)
    assert (execution.outcome, execution.ok, execution.doubtful) == ("killed", False, True)
    (after,) = run(slot, "print(7)")
    assert after.stdout == b"7\n"


def test_jails_that_end_whatever_they_run_are_an_infrastructure_error_and_no_verdict(sabotaged):
    with pytest.raises(SandboxError, match="whatever program they run"):
        run(sabotaged(100), "print(7)", alone=True)


def test_a_suite_that_ends_two_jails_is_a_verdict_too(sabotaged):
    slot = sabotaged(100, lambda source: b"killer" in source)
    job = Job("def f():\n    return 'killer'", "suite", (b"assert candidate() == 'killer'",), LIMITS, "f")
    assert slot.run(job) == ()
    (execution,) = slot.run(job, alone=True)
    assert execution.outcome == "killed"


def test_the_jail_s_own_failure_before_the_program_starts_is_no_ending_of_the_program_s(sabotaged, monkeypatch):
    """A test process that cannot be sealed says so to the host, whatever its exit status looks like."""
    slot = sabotaged(0)
    worker = slot.worker("plain")
    received = []
    monkeypatch.setattr(worker, "_receive", lambda timeout: received.append(timeout) or wire.FAILED + b"OSError: full")
    worker.start(
        slot._packet(Job("print(7)", "stdin", (b"",), LIMITS), WireMode.STDIN, 1), Given(b"", ""), iter([Test.make()])
    )
    with pytest.raises(JailLostError, match="OSError: full"):
        list(worker.results())


def test_an_interrupt_in_the_middle_of_a_job_leaves_nothing_to_the_next(sabotaged, monkeypatch):
    slot = sabotaged(0)
    worker = slot.worker("plain")

    def interrupted(timeout):
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "_receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(slot, "print(7)", 3)
    assert [execution.stdout for execution in run(slot, "print(8)")] == [b"8\n"]
