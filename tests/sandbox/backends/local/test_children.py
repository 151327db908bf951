"""A harness that is started with SIGCHLD ignored can wait for its children all the same."""

import signal
import subprocess
import sys

import pytest

RUN = """
import threading
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job, open_sandbox

FORKS = '''import os
child = os.fork()
child or os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), input())'''

def go():
    with open_sandbox("KIND", workers=1) as sandbox:
        executions = sandbox.run(Job(FORKS, "stdin", (b"a", b"b"), Limits(cpu_s=5, wall_s=20)))
    print([execution.stdout.decode() for execution in executions])
"""
IN_A_THREAD = "thread = threading.Thread(target=go)\nthread.start()\nthread.join()"


def said_with_sigchld_ignored(script: str) -> str:
    said = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.mark.parametrize("call", ["go()", IN_A_THREAD])
@pytest.mark.parametrize("kind", ["local", "cold", "unsafe-subprocess"])
def test_programs_run_and_wait_for_their_children(kind, call):
    assert said_with_sigchld_ignored(RUN.replace("KIND", kind) + call) == "['7 a\\n', '7 b\\n']\n"


def test_the_probe_ends():
    script = "from tarot_bench.sandbox.backends.local import isolation\nprint(len(isolation.probe()))"
    assert said_with_sigchld_ignored(script) == "6\n"
