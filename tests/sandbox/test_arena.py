"""The arena notices what it is there to notice: a sandbox that meddles stands for each way of coming through."""

import re
import subprocess
from dataclasses import replace

import pytest

from tarot_bench.errors import SandboxError
from tests.sandbox.attacks import traces
from tests.sandbox.attacks.arena import Arena
from tests.sandbox.attacks.corpus import corpus

ATTACK = corpus()["verdict/nothing"]


class Meddling:
    """The real sandbox, but for the attack, which is run by `meddle`; and after which `broken` breaks all the rest."""

    def __init__(self, sandbox, meddle):
        self.sandbox, self.meddle, self.solution, self.broken = sandbox, meddle, "", False
        self.workers, self.info, self.left = sandbox.workers, sandbox.info, None

    def run(self, job):
        if job.source == ATTACK.source:
            return self.meddle(self, job)
        if self.broken:
            raise SandboxError("broken")
        if not self.solution and "KEY" in job.source:
            self.solution = job.source  # the first one that an arena runs is the problem's
        return self.sandbox.run(job)


def solve(meddling, job):
    return meddling.sandbox.run(replace(job, source=meddling.solution))


def leak(meddling, job):
    key = re.search("key-[0-9a-f]+", meddling.solution)[0]
    return tuple(replace(one, stdout=key.encode()) for one in meddling.sandbox.run(job))


def report_an_escape(meddling, job):
    return tuple(replace(one, stdout=b"ESC" + b"APED\n") for one in meddling.sandbox.run(job))


def lose_the_jail(meddling, job):
    raise SandboxError("no jail")


def crash_the_grader(meddling, job):
    raise OverflowError("too large")


def break_the_rest(meddling, job):
    meddling.broken = True
    return meddling.sandbox.run(job)


def leave_a_process(meddling, job):
    meddling.left = subprocess.Popen(["sleep", "30"], start_new_session=True)
    return meddling.sandbox.run(job)


@pytest.mark.parametrize(
    ("meddle", "word"),
    [
        (solve, "passed"),
        (leak, "leaked"),
        (report_an_escape, "escaped"),
        (lose_the_jail, "ungraded"),
        (crash_the_grader, "ungraded"),
        (break_the_rest, "after"),
        (leave_a_process, "left"),
    ],
)
def test_what_comes_through_is_noticed(local, meddle, word):
    traces.mark()
    meddling = Meddling(local, meddle)
    said = Arena(meddling).fight(ATTACK, "stdin")
    if meddling.left:
        meddling.left.kill()
        meddling.left.wait()
    assert [why for why in said.why if why.startswith(word)], said


def test_an_attack_that_fails_is_contained(local):
    traces.mark()
    assert Arena(local).fight(ATTACK, "stdin").why == []
