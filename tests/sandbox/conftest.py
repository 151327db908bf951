"""One pool for all of these tests; what a test breaks must mend itself."""

import os

import pytest

from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job, open_sandbox
from tarot_bench.sandbox.backends.local import interpreter, isolation, pool
from tarot_bench.sandbox.values import encode

LIMITS = Limits(cpu_s=2, wall_s=6, memory_mib=512, output_kib=1024)
LACKING = "bwrap is not on the PATH; install bubblewrap"


def _open(kind):
    try:
        return open_sandbox(kind, workers=2)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def local():
    with _open("local") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def cold():
    with _open("cold") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def unsafe():
    with open_sandbox("unsafe-subprocess", workers=2) as sandbox:
        yield sandbox


@pytest.fixture(params=["local", "cold", "unsafe"])
def sandbox(request):
    """Every kind in turn: what a program does must not depend on it."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def without_namespaces(monkeypatch):
    """A machine that has Landlock and nothing else."""
    if isolation.landlock_abi() < 3:
        pytest.skip("no Landlock here")
    monkeypatch.setattr(isolation, "lacking_for_full", lambda: LACKING)
    if os.geteuid() == 0 and interpreter.private_part():
        # Root drops to another uid, which this Python's home shuts out: stay, without capabilities.
        monkeypatch.setattr(pool.os, "geteuid", lambda: 12345)


class Runner:
    """Short ways to say what is run."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def stdin(self, source, text="", **limits):
        data = text if isinstance(text, bytes) else text.encode()
        return self.many(source, [data], **limits)[0]

    def many(self, source, inputs, **limits):
        job = Job(source, "stdin", tuple(inputs), LIMITS.model_copy(update=limits))
        return self.sandbox.run(job)

    def call(self, source, *arguments, entry="f", **limits):
        job = Job(source, "call", (encode(list(arguments)),), LIMITS.model_copy(update=limits), entry)
        return self.sandbox.run(job)[0]

    def suite(self, source, tester, entry="f", **limits):
        job = Job(source, "suite", (tester.encode(),), LIMITS.model_copy(update=limits), entry)
        return self.sandbox.run(job)[0]


@pytest.fixture
def run(sandbox):
    return Runner(sandbox)


@pytest.fixture(params=["local", "cold"])
def sealed(request):
    """A runner on each isolated kind; afterwards the sandbox must serve as before."""
    runner = Runner(request.getfixturevalue(request.param))
    yield runner
    results = runner.many("print(int(input()) + 1)", [b"1", b"2"])
    assert [result.stdout for result in results] == [b"2\n", b"3\n"]


@pytest.fixture
def warm(local):
    return Runner(local)
