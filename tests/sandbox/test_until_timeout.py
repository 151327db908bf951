"""A batch that ends programs at their first time-out, and shares tests among idle workers."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.errors import SandboxError
from tarot_bench.sandbox import Job
from tarot_bench.sandbox.until_timeout import UntilTimeout
from tarot_bench.verdict import Execution
from tests.sandbox.conftest import LIMITS
from tests.sandbox.doubles import ScriptedSandbox, echo


def job(*inputs: bytes) -> Job:
    return Job("print(1)", "stdin", inputs, LIMITS)


def loops(_: Job, content: bytes) -> Execution:
    return Execution("time", cpu_s=2.4) if content == b"loop" else echo(_, content)


@given(
    inputs=st.lists(st.sampled_from([b"loop", b"end"]), max_size=6),
    workers=st.integers(1, 4),
)
def test_what_follows_the_first_time_out_is_skipped_however_many_workers_there_are(inputs, workers):
    inner = ScriptedSandbox(loops)
    inner.workers = workers
    done = UntilTimeout(inner).run(job(*inputs))
    last = inputs.index(b"loop") if b"loop" in inputs else len(inputs)
    outcomes = ["exited"] * last + ["time"] * (last < len(inputs)) + ["skipped"] * (len(inputs) - last - 1)
    assert [execution.outcome for execution in done] == outcomes
    if workers == 1:
        assert inner.asked == inputs[: last + 1]


def test_idle_workers_run_further_tests_of_the_same_program():
    together = threading.Barrier(3)

    def meet(_: Job, content: bytes) -> Execution:
        together.wait(20)  # passes only while three tests run at the same time
        return echo(_, content)

    inner = ScriptedSandbox(meet)
    inner.workers = 3
    done = UntilTimeout(inner).run(job(b"a", b"b", b"c"))
    assert [execution.stdout for execution in done] == [b"print(1)a", b"print(1)b", b"print(1)c"]


def test_the_error_of_one_test_is_the_programs_whoever_ran_it():
    def fail(_: Job, content: bytes) -> Execution:
        if content == b"bad":
            raise SandboxError("the machine is gone")
        return echo(_, content)

    inner = ScriptedSandbox(fail)
    with pytest.raises(SandboxError, match="the machine is gone"):
        UntilTimeout(inner).run(job(b"a", b"bad", b"c"))


def test_after_the_time_of_the_batch_nothing_more_is_run():
    inner = ScriptedSandbox()
    with pytest.raises(SandboxError, match=r"the time for this batch is used up \(1e-09 s\)"):
        UntilTimeout(inner, wall_s=1e-9).run(job(b"a"))
    assert inner.asked == []


def test_a_real_loop_costs_one_time_limit_and_other_programs_none(local):
    wrapped = UntilTimeout(local)
    source = "n = int(input())\nwhile n == 2:\n    pass\nprint(n)"
    limits = LIMITS.model_copy(update={"cpu_s": 0.3})
    done = wrapped.run(Job(source, "stdin", (b"1", b"2", b"3", b"2"), limits))
    assert [execution.outcome for execution in done] == ["exited", "time", "skipped", "skipped"]
    assert sum(execution.cpu_s for execution in done) < 2 * limits.cpu_s
    assert [execution.ok for execution in wrapped.run(job(b"", b""))] == [True, True]
