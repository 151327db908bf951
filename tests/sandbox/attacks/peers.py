"""What other graders do with the same programs, each in a throw-away jail of its own.

Three styles: ``livecodebench``, one forked process per sample in which all tests run with standard streams replaced
and an alarm for each; ``evalplus``, the installed package's own `untrusted_check`; ``subprocess``, a new interpreter
for every test, and for functions the assertions appended to the program. Limits are shorter than theirs.

``python -m tests.sandbox.attacks.peers PEER ROUTE PROGRAM`` runs one bout and prints it; only `bout` may start that,
inside a jail.
"""

import faulthandler
import io
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time

from tarot_bench.problem import Problem
from tests.sandbox.attacks.corpus import LIMITS, corpus
from tests.sandbox.attacks.problems import make
from tests.sandbox.attacks.users import Account

PEERS = {"livecodebench": ("stdin", "call"), "evalplus": ("call",), "subprocess": ("stdin", "call")}
PEERS_UID = 65533
"""Whose quotas the attacks on peers use up, where we are root: not those of the harnesses that are tested beside."""
_MODULE = "tests.sandbox.attacks.peers"
_TEST_S = 2
_BOUT_S = 30.0
_TMPFS = 64 << 20
_LIMITS = (
    (resource.RLIMIT_AS, 5 << 30),
    (resource.RLIMIT_CPU, 25),
    (resource.RLIMIT_NPROC, 300),
    (resource.RLIMIT_FSIZE, 256 << 20),
    (resource.RLIMIT_CORE, 0),
)


def bout(account: Account, peer: str, route: str, program: str) -> str:
    """Have a peer grade a program, then an honest one, in a jail.

    Returns:
        ``contained``; or ``passed`` without an answer; ``dead``, ``hung`` or ``raised`` for what became of the
        grader; ``harmed`` if an honest program failed afterwards; ``left`` if processes stayed.
    """
    jailed = Account("bwrap", account.path, account.uid)
    folder = account.path.partition(":")[0]
    words = [
        *("--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev"),
        *("--proc", "/proc", "--size", str(_TMPFS), "--tmpfs", "/tmp", "--ro-bind", folder, folder, "--chdir", "/tmp"),
        *("--setenv", "EVALPLUS_MAX_MEMORY_BYTES", str(2 << 30), "--setenv", "OPENBLAS_NUM_THREADS", "1"),
        *("--", account.python, "-m", _MODULE, peer, route, program),
    ]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with jailed.start(*words, preexec_fn=_limit, start_new_session=True, **pipes) as jail:
        try:
            said = jail.communicate(timeout=_BOUT_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(jail.pid, signal.SIGKILL)
            return "hung"
    try:
        return json.loads(said.splitlines()[-1])["outcome"]
    except (ValueError, IndexError, TypeError, KeyError):
        return "dead"


def _limit() -> None:
    for kind, value in _LIMITS:
        resource.setrlimit(kind, (value, value))


def grade_here(peer: str, route: str, program: str) -> str:
    """The bout itself."""
    grader = {"livecodebench": livecodebench, "evalplus": evalplus, "subprocess": subprocesses}[peer]
    problem = make(route, LIMITS).problem
    if not grader(problem, problem.solution or ""):
        return "broken: the solution does not pass"
    before = _processes()
    try:
        if grader(problem, corpus()[program].source):
            return "passed"
    except BaseException as error:
        return f"raised {type(error).__name__}"
    try:
        if not grader(problem, problem.solution or ""):
            return "harmed"
    except BaseException:
        return "harmed"
    time.sleep(0.2)
    return "left" if _processes() > before else "contained"


def livecodebench(problem: Problem, code: str) -> bool:
    """All tests in one forked process, whose verdicts come through a manager."""
    tests = [(test.input, test.output) for test in problem.tests]
    with multiprocessing.Manager() as manager:
        verdicts = manager.list()
        child = multiprocessing.Process(target=_run_all, args=(code, problem.entry_point, tests, verdicts))
        child.start()
        child.join((_TEST_S + 1) * len(tests) + 1)
        if child.is_alive():
            child.kill()
        said = list(verdicts)
    return bool(said) and all(said[0])


def _run_all(code: str, entry_point: str | None, tests: list[tuple[str, str]], verdicts: list) -> None:
    def alarm(number, frame):
        raise TimeoutError

    faulthandler.disable()
    signal.signal(signal.SIGALRM, alarm)
    for name in ("kill", "killpg", "fork", "system", "remove", "rmdir", "fchdir", "setuid", "chmod", "chown", "unlink"):
        setattr(os, name, None)
    results: list[bool] = []
    for given, expected in tests:
        signal.alarm(_TEST_S)
        try:
            one = _call_one(code, entry_point, given, expected) if entry_point else _print_one(code, given, expected)
            results.append(one)
        except Exception:
            results.append(False)
        signal.alarm(0)
    verdicts.append(results)


def _print_one(code: str, given: str, expected: str) -> bool:
    out, keep = io.StringIO(), (sys.stdin, sys.stdout)
    sys.stdin, sys.stdout = io.StringIO(given), out
    try:
        exec(code, {"__name__": "__main__"})
    except SystemExit:
        pass
    finally:
        sys.stdin, sys.stdout = keep
    return [line.strip() for line in out.getvalue().strip().split("\n")] == expected.strip().split("\n")


def _call_one(code: str, entry_point: str, given: str, expected: str) -> bool:
    space = {"__name__": "solution"}
    exec(code, space)
    return space[entry_point](*json.loads(given)) == json.loads(expected)


def evalplus(problem: Problem, code: str) -> bool:
    """evalplus's own check; what is expected travels into the candidate's process."""
    from evalplus.eval import untrusted_check

    inputs = [json.loads(test.input) for test in problem.tests]
    expected = [json.loads(test.output) for test in problem.tests]
    times = [0.1] * len(inputs)
    status, details = untrusted_check(
        "humaneval", code, inputs, problem.entry_point, expected, 0, times, fast_check=True, min_time_limit=_TEST_S
    )
    return status == "pass"


def subprocesses(problem: Problem, code: str) -> bool:
    """A new interpreter for each test; a function's assertions are appended to it, and its exit status believed."""
    if problem.entry_point:
        return all(_by_status(code, problem.entry_point, test.input, test.output) for test in problem.tests)
    return all(_by_output(code, test.input, test.output) for test in problem.tests)


def _by_output(code: str, given: str, expected: str) -> bool:
    done = _python(code, given)
    return done is not None and done.returncode == 0 and done.stdout.split() == expected.split()


def _by_status(code: str, entry_point: str, given: str, expected: str) -> bool:
    arguments, answer = json.loads(given), json.loads(expected)
    done = _python(f"{code}\nassert {entry_point}(*{arguments!r}) == {answer!r}\n", "")
    return done is not None and done.returncode == 0


def _python(code: str, given: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            [sys.executable, "-c", code], input=given, capture_output=True, text=True, timeout=_TEST_S, check=False
        )
    except (subprocess.TimeoutExpired, ValueError):
        return None


def _processes() -> int:
    return sum(name.isdigit() for name in os.listdir("/proc"))


if __name__ == "__main__":
    print(json.dumps({"outcome": grade_here(*sys.argv[1:])}), flush=True)
    os._exit(0)
