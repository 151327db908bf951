"""A jail starts whatever number its end of the channel happens to have."""

import os

import pytest

from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job
from tarot_bench.sandbox.backends.local.pool import LocalSandbox
from tarot_bench.sandbox.inside.zygote import _CHANNEL


@pytest.mark.parametrize("number", [_CHANNEL - 1, _CHANNEL, _CHANNEL + 1])
def test_a_jail_starts_with_its_channel_at_any_number(number, monkeypatch):
    import tarot_bench.sandbox.backends.local.worker as worker

    honest = worker.socket.socketpair

    def placed(*given):
        ours, theirs = honest(*given)
        fd = os.dup(theirs.fileno())
        os.dup2(fd, number, inheritable=True)
        os.close(fd)
        theirs.close()
        return ours, worker.socket.socket(fileno=number)

    try:
        os.fstat(number)
    except OSError:
        monkeypatch.setattr(worker.socket, "socketpair", placed)
    else:
        pytest.skip(f"descriptor {number} is in use in this process")
    with LocalSandbox(1) as sandbox:
        (execution,) = sandbox.run(Job("print(7)", "stdin", (b"",), Limits()))
    assert execution.stdout == b"7\n"
