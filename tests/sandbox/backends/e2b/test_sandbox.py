"""E2B's real SDK against a cloud on loopback whose machines really run what they are given."""

import gzip
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tarot_bench.errors import SandboxError, SandboxUnavailableError
from tarot_bench.grading import grade_code
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.sandbox.backends.e2b import bundle, machine, parcels
from tarot_bench.sandbox.backends.e2b.sandbox import E2BSandbox
from tarot_bench.sandbox.base import Job
from tarot_bench.sandbox.values import decode, encode
from tarot_bench.verdict import Execution, Verdict
from tests.servers.e2b import KEY, E2bServer

pytest.importorskip("e2b", reason="the extra `e2b` is not installed")

LIMITS = Limits(cpu_s=2, wall_s=6)
ECHO = Job("print(input()[::-1])", "stdin", (b"one\n", b"two\n"), LIMITS)


@pytest.fixture
def cloud(monkeypatch, local):  # `local`: without a sandbox of its own a machine has none either
    with E2bServer() as server:
        server.point_sdk_at_it(monkeypatch)
        yield server


@pytest.fixture
def opened(cloud):
    with E2BSandbox(1) as sandbox:
        yield sandbox


def facts(execution: Execution) -> tuple:
    said = execution.stderr.splitlines()[-1:]
    return execution.outcome, execution.exit_code, execution.signal, execution.stdout, said, execution.result


@pytest.mark.parametrize(
    "job",
    [
        Job("import sys\nprint(1/int(input()), file=sys.stdout)", "stdin", (b"1\n", b"0\n", b""), LIMITS),
        Job("print('\udce9é'.encode('utf-8', 'replace'))\nwhile 1: pass", "stdin", (b"",), Limits(cpu_s=0.2)),
        Job("def f(:", "stdin", (b"", b""), LIMITS),
        Job("print('x' * 10**7)", "stdin", (b"",), Limits(output_kib=64)),
        Job("def f(x): return (x, None)", "call", (encode([{1, 2}]), encode([b"\xff"])), LIMITS, "f"),
        Job("def f(x): return x + 1", "suite", (b"assert candidate(1) == 2", b"assert candidate(1) == 3"), LIMITS, "f"),
    ],
    ids=["stdin", "loop", "syntax", "flood", "call", "suite"],
)
def test_a_program_does_in_the_cloud_what_it_does_here(opened, local, job):
    assert [facts(execution) for execution in opened.run(job)] == [facts(execution) for execution in local.run(job)]


def test_a_run_can_tell_what_the_machines_were(opened, local):
    assert (opened.info.kind, opened.info.level, opened.workers) == ("e2b", local.info.level, 1)
    assert opened.info.details["template"] == "default"


def test_a_machine_is_kept_and_a_job_is_one_call(opened, cloud):
    for number in range(3):
        outputs = opened.run(replace(ECHO, inputs=tuple(f"{number}{test}\n".encode() for test in range(6))))
        assert [e.stdout for e in outputs] == [f"{test}{number}\n".encode() for test in range(6)]
    (machine,) = cloud.created
    assert len(machine.commands) == 1 + 3


def test_many_tests_are_divided_into_calls_and_keep_their_order(opened, cloud):
    inputs = tuple(str(number).encode() for number in range(35))
    outputs = opened.run(Job("print(input())", "stdin", inputs, LIMITS))
    assert [execution.stdout.strip() for execution in outputs] == list(inputs)
    assert len(cloud.created[0].commands) == 1 + 3


def test_machines_work_side_by_side(cloud):
    with E2BSandbox(2) as opened, ThreadPoolExecutor(2) as pool:
        assert len(cloud.machines) == 1
        nap = replace(ECHO, source="import time\ntime.sleep(0.5)")
        assert all(made[0].ok for made in pool.map(opened.run, [nap, nap]))
        assert len(cloud.machines) == 2
    assert cloud.machines == {}


def test_machines_have_no_internet_and_never_see_an_expected_output(opened, cloud):
    tests = (
        TestCase(tier=Tier.BASIC, input="5\n", output="SECRET-ANSWER-5"),
        TestCase(tier=Tier.EDGE, input="6\n", output="SECRET-ANSWER-6"),
    )
    problem = Problem(id="p", statement="", solution="SECRET-ANSWER-gold", tests=tests)
    made = grade_code(problem, "print('SECRET', 'ANSWER', input(), sep='-')", opened)
    assert made.solved
    assert not cloud.created[0].internet
    assert len(cloud.uploads) == 2
    for upload in cloud.uploads:
        assert b"SECRET-ANSWER" not in (gzip.decompress(upload) if upload[:2] == b"\x1f\x8b" else upload)


@pytest.mark.parametrize("mishap", ["lost", "cut", "fail"])
def test_a_job_whose_machine_fails_runs_again_on_a_new_one(opened, cloud, mishap):
    cloud.mishaps.append(mishap)
    assert opened.run(ECHO)[1].stdout == b"owt\n"
    first, second = cloud.created
    assert list(cloud.machines) == [second.id]
    assert len(first.commands) == 2


@pytest.mark.slow
def test_a_machine_that_does_not_answer_is_given_up(opened, cloud, monkeypatch):
    monkeypatch.setattr(machine, "_budget_s", lambda job: 5)
    cloud.mishaps.append("hang")
    assert opened.run(ECHO)[0].ok
    assert len(cloud.created) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff\n",
        b'{"sizes": [1]}\n',
        b'{"sizes": [], "executions": []}\n',
        b'{"sizes": [], "failure": "disk full"}\n',
        parcels.pack_executions([Execution("PASSED")] * 2),  # type: ignore[arg-type]
        parcels.pack_executions([Execution("exited")]),
    ],
)
def test_what_a_machine_says_is_checked(opened, cloud, answer):
    cloud.answers.append(answer)
    assert [execution.stdout for execution in opened.run(ECHO)] == [b"eno\n", b"owt\n"]
    assert len(cloud.created) == 2


def test_two_failures_leave_the_tests_ungraded_and_the_next_job_unharmed(opened, cloud):
    problem = Problem(id="p", statement="", tests=(TestCase(tier=Tier.BASIC, input="5\n", output="5"),))
    cloud.mishaps += ["lost", None, "lost"]  # the second is the new machine's installation
    made = grade_code(problem, "print(input())", opened)
    assert [result.verdict for result in made.results] == [Verdict.UNGRADED]
    assert made.rate(Tier.BASIC) is None
    assert grade_code(problem, "print(input())", opened).solved


def test_no_new_machine_to_be_had_is_an_error_of_the_sandbox(opened, cloud):
    cloud.mishaps.append("lost")
    cloud.refusals += [500]
    with pytest.raises(SandboxError, match="cannot start") as caught:
        opened.run(ECHO)
    assert KEY not in str(caught.value)
    assert opened.run(ECHO)[0].ok


def test_a_machine_lives_as_long_as_its_job_may_take(opened, cloud):
    assert cloud.created[0].lifetime == machine.LIFETIME_S
    opened.run(replace(ECHO, limits=Limits(wall_s=300)))
    assert cloud.created[0].lifetime > 2 * 2 * 300


def test_machines_without_isolation_of_their_own_serve_one_job_each(cloud, monkeypatch, caplog):
    files = list(bundle._files())
    unsealed = [
        (name, text.replace(b"return LocalSandbox(1)\n", b"raise SandboxUnavailableError\n")) for name, text in files
    ]
    assert unsealed != files
    monkeypatch.setattr(bundle, "_files", lambda: unsealed)
    bundle.pack.cache_clear()
    with E2BSandbox(1) as opened:
        assert opened.info.level == "none"
        assert [opened.run(ECHO)[0].stdout for _ in range(2)] == [b"eno\n"] * 2
        assert len(cloud.created) == 2
        assert cloud.machines == {}
    assert "one job only" in caplog.text
    bundle.pack.cache_clear()


@pytest.mark.slow
def test_closing_ends_every_machine_and_every_wait(cloud):
    opened = E2BSandbox(1)
    nap = replace(ECHO, source="import time\ntime.sleep(1)")
    with ThreadPoolExecutor(2) as pool:
        running, waiting = pool.submit(opened.run, nap), pool.submit(opened.run, nap)
        while len(cloud.created[0].commands) < 2:
            threading.Event().wait(0.02)
        opened.close()
        outcomes = [future.exception(30) for future in (running, waiting)]
    assert outcomes[0] is None
    assert isinstance(outcomes[1], SandboxError)
    opened.close()
    assert cloud.machines == {}
    with pytest.raises(SandboxError, match="closed"):
        opened.run(ECHO)


def test_a_wrong_key_is_one_line_that_does_not_show_it(cloud, monkeypatch):
    monkeypatch.setenv("E2B_API_KEY", "e2b_my_private_key")
    with pytest.raises(SandboxUnavailableError, match=r"E2B: a machine cannot start: .*401") as caught:
        E2BSandbox()
    assert "private" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_one_line_that_names_it(monkeypatch):
    monkeypatch.delenv("E2B_API_KEY", raising=False)
    with pytest.raises(SandboxUnavailableError, match="E2B_API_KEY is not set"):
        E2BSandbox()


def test_a_missing_package_is_one_line_with_the_pip_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "e2b", None)
    with pytest.raises(SandboxUnavailableError, match=r"pip install 'tarot-bench\[e2b\]'"):
        E2BSandbox()


def test_a_template_without_a_fit_python_is_one_line_that_says_so(cloud, monkeypatch):
    cloud.mishaps.append("fail")
    with pytest.raises(SandboxUnavailableError, match=r"cannot run programs \(they need Python 3.11\)"):
        E2BSandbox()
    assert cloud.machines == {}


def test_a_result_of_a_call_is_data_as_it_is_here(opened):
    (execution,) = opened.run(Job("def f(x): return {x}", "call", (encode([3]),), LIMITS, "f"))
    assert decode(execution.result) == {3}
