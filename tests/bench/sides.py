"""The sides of the comparison. Each opens as a context and yields ``check(problem)``: what is wrong with its
solution, or nothing, as it should be.

Our side and the published TAROT way differ only in what executes; one grader judges both. evalplus and the process
per candidate judge for themselves, inside the process of the candidate, as they are made to.
"""

import ast
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from tarot_bench.problem import Problem
from tarot_bench.sandbox.base import Job
from tarot_bench.sandbox.values import decode, encode
from tarot_bench.verdict import Execution

Check = Callable[[Problem], str]
_TIMEOUT_S = 5
_GROUP = 8


@contextmanager
def warm(workers: int = 1, *, hardened: bool = True) -> Iterator[Check]:
    """Our sandbox as `evaluate` uses it; without `hardened`, its jails leave out Landlock, seccomp and the uid drop."""
    from tarot_bench.sandbox import open_sandbox

    if not hardened:
        _leave_out_hardening()
    with open_sandbox("local", workers=workers) as sandbox:
        yield _graded_by(sandbox)


@contextmanager
def cached(store: str | None = None) -> Iterator[Check]:
    """Our sandbox behind the verdict cache; without a store, behind a new and empty one."""
    from tarot_bench.sandbox import open_sandbox
    from tarot_bench.sandbox.cache.cached import CachedSandbox

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(store or scratch) / "verdicts.sqlite"
        with CachedSandbox(open_sandbox("local", workers=1), path) as sandbox:
            yield _graded_by(sandbox)


@contextmanager
def subprocess_per_test(python: str) -> Iterator[Check]:
    """A new interpreter for every test, as the published TAROT code does it."""
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)  # `python -c` looks for modules here
        yield _graded_by(SubprocessPerTest(python))


@contextmanager
def rewarded(distinct: int, python: str | None = None) -> Iterator[Check]:
    """The reward as a trainer calls it, on groups of 8 completions of which so many are distinct programs.

    Programs run in our sandbox, or with `python` in a new interpreter for every test; all else is the same.
    """
    from tarot_bench.sandbox import open_sandbox
    from tarot_bench.training.reward.tier_reward import TierReward

    with tempfile.TemporaryDirectory() as empty, open_sandbox("local", workers=1) as sandbox:
        os.chdir(empty)
        reward = TierReward("static", "fraction", SubprocessPerTest(python) if python else sandbox)

        def check(problem: Problem) -> str:
            texts = [f"```python\n{problem.solution}\n# {number % distinct}\n```" for number in range(_GROUP)]
            rewards = reward(texts, problem=[problem.model_dump_json()] * _GROUP, log_metric=lambda name, value: None)
            return "" if rewards == [1.0] * _GROUP else f"rewards {rewards}"

        yield check


@contextmanager
def evalplus() -> Iterator[Check]:
    """evalplus's `untrusted_check`: one fork per candidate, all its calls in there."""
    from evalplus.eval import untrusted_check

    def check(problem: Problem) -> str:
        inputs, expected = _calls(problem)
        times = [0.0] * len(inputs)
        status, details = untrusted_check(
            "humaneval", problem.solution, inputs, problem.entry_point, expected, 0, times, fast_check=True
        )
        return "" if status == "pass" and len(details) == len(inputs) else status

    yield check


@contextmanager
def process_per_candidate() -> Iterator[Check]:
    """The style of Hugging Face's `code_eval`: for every candidate a manager and a process that runs its asserts."""
    import multiprocessing

    context = multiprocessing.get_context("fork")

    def check(problem: Problem) -> str:
        with context.Manager() as manager:
            said = manager.list()
            process = context.Process(target=_run_candidate, args=(_with_asserts(problem), said))
            process.start()
            process.join(_TIMEOUT_S + 1)
            if process.is_alive():
                process.kill()
            return "" if list(said) == ["passed"] else " ".join(said) or "nothing said"

    yield check


SIDES = {side.__name__: side for side in (warm, cached, subprocess_per_test, rewarded, evalplus, process_per_candidate)}


class SubprocessPerTest:
    """As much of `base.Sandbox` as grading needs."""

    workers = 1

    def __init__(self, python: str) -> None:
        self._python = python

    def run(self, job: Job) -> tuple[Execution, ...]:
        """One interpreter per input."""
        one = self._call if job.mode == "call" else self._run
        return tuple(one(job, content) for content in job.inputs)

    def _run(self, job: Job, content: bytes) -> Execution:
        return self._python_c(job.source, content.decode())

    def _call(self, job: Job, content: bytes) -> Execution:
        owner, _, method = (job.entry_point or "").rpartition(".")
        function = f"{owner}().{method}" if owner else method
        ended = self._python_c(f"{job.source}\nprint(repr({function}(*{decode(content)!r})))", "")
        result = encode(ast.literal_eval(ended.stdout.decode())) if ended.ok else None
        return Execution(ended.outcome, exit_code=ended.exit_code, stderr=ended.stderr, result=result)

    def _python_c(self, code: str, text: str) -> Execution:
        command = [self._python, "-c", code]
        try:
            done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return Execution("time")
        return Execution("exited", exit_code=done.returncode, stdout=done.stdout.encode(), stderr=done.stderr.encode())


def _graded_by(sandbox) -> Check:
    from tarot_bench.grading import grade_code

    def check(problem: Problem) -> str:
        results = grade_code(problem, problem.solution or "", sandbox).results
        return next((f"{result.verdict}: {result.detail}" for result in results if result.verdict != "PASSED"), "")

    return check


def _leave_out_hardening() -> None:
    from tarot_bench.sandbox.backends.local import jail

    hardened = jail.command

    def command(*arguments):
        words = [word.replace('"isolate": true', '"isolate": false') for word in hardened(*arguments)]
        if words == hardened(*arguments):
            raise LookupError("the jail's command line has no switch for its hardening any more")
        return words

    jail.command = command


def _calls(problem: Problem) -> tuple[list, list]:
    tests = problem.original_tests
    return [decode(test.input) for test in tests], [decode(test.output) for test in tests]


def _with_asserts(problem: Problem) -> str:
    lines = [
        f"assert {problem.entry_point}(*{arguments!r}) == {expected!r}"
        for arguments, expected in zip(*_calls(problem), strict=True)
    ]
    return "\n".join([problem.solution or "", *lines])


def _run_candidate(program: str, said) -> None:
    def stop(number, frame):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _TIMEOUT_S)
    with tempfile.TemporaryDirectory() as scratch, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        os.chdir(scratch)
        try:
            exec(program, {})
            said.append("passed")
        except BaseException as error:
            said.append(f"failed: {error!r}")
        signal.setitimer(signal.ITIMER_REAL, 0)
