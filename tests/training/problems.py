"""Small problems with one test per tier, and what a trainer hands to a reward."""

from tarot_bench.problem import TIERS, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox

_NUMBERS = dict(zip(TIERS, (3, 14, 5000, 1), strict=True))

COUNT = Problem(
    id="count",
    statement="Read n. Print the numbers from 1 to n + 1, one a line.",
    solution="for i in range(int(input()) + 1):\n    print(i + 1)",
    tests=tuple(
        TestCase(tier=tier, input=f"{n}\n", output="\n".join(str(i + 1) for i in range(n + 1)))
        for tier, n in _NUMBERS.items()
    ),
)
DOUBLE = Problem(
    id="double",
    statement="Return twice the number.",
    solution="def double(n):\n    return 2 * n",
    style="function",
    entry_point="double",
    tests=tuple(TestCase(tier=tier, kind="call", input=f"[{n}]", output=str(2 * n)) for tier, n in _NUMBERS.items()),
)
CHECKED = Problem(
    id="checked",
    statement="Return twice the number.",
    solution="def double(n):\n    return 2 * n",
    style="function",
    entry_point="double",
    tests=tuple(
        TestCase(
            tier=tier,
            kind="suite",
            input=f"def check(candidate):\n    for n in [{n}]:\n        assert candidate(n) == n * 2",
        )
        for tier, n in _NUMBERS.items()
    ),
)


def fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def passing(*tiers) -> str:
    """A program for `COUNT` that is right on these tiers alone."""
    numbers = {_NUMBERS[tier] for tier in tiers}
    return fenced(f"n = int(input())\nfor i in range(n + 1):\n    print(i + 1 if n in {numbers} else -1)")


class Watched:
    """A sandbox that counts the tests that it runs, and fails those with a mark in their program."""

    MARK = "the sandbox fails here"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.jobs = 0

    def __getattr__(self, name):
        return getattr(self._sandbox, name)

    def run(self, job):
        from tarot_bench.errors import SandboxError

        self.jobs += len(job.inputs)
        if self.MARK in job.source:
            raise SandboxError("the machine is gone")
        return self._sandbox.run(job)
