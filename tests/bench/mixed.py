"""``python -m tests.bench.mixed N``: N jobs through one sandbox, one in twenty an attack, and what the others notice.

Every honest job is graded twice: in a run without attacks, and among them. The verdicts must be the same, and when
the sandbox is closed nothing may be left: no process, zombie, descriptor, folder or memory. Started by root it runs as
an ordinary user, whose jails share one account and its quotas. Prints JSON; the status is 1 if anything is not as it
should be.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tarot_bench.grading import grade_code
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.sandbox import Sandbox
from tests.bench.machine import load
from tests.bench.soak import resident_mib
from tests.sandbox.attacks import traces
from tests.sandbox.attacks.arena import open_at
from tests.sandbox.attacks.corpus import KINDS, LEVELS, corpus
from tests.sandbox.attacks.users import ordinary_account

_UID = 65532
"""Where we are root: not nobody's, whose quotas a test of the attack corpus may be using up."""
_SHARE = 0.05
_KINDS = ("quota", "resource", "process", "persist")
_HOLD = Limits(cpu_s=1.5, wall_s=4, memory_mib=256, output_kib=1024, processes=16)
_HONEST = Limits(cpu_s=5, wall_s=20)
_PIPE = "import os, sys\nout, into = os.pipe()\nos.write(into, bytes(40_000))\n"  # stops where pipes have become short
_STDIN, _FUNCTION = _PIPE + "for line in sys.stdin: print({})\n", "def solve(n):\n    return {}\n"
_TESTS = (4, 1, 2, 2)
_GROWTH_MIB = 32.0


def main(words: list[str] | None = None) -> int:
    """Run, as an ordinary user."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mixed", description=__doc__)
    parser.add_argument("jobs", type=int, help="how many, attacks included; 20000 takes about a quarter of an hour")
    parser.add_argument("--level", choices=LEVELS, default="full")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=_SHARE, help="of attacks among the jobs")
    parser.add_argument("--kind", nargs="+", choices=list(KINDS), default=list(_KINDS))
    parser.add_argument("--here", action="store_true", help="run as whoever we are")
    options = parser.parse_args(words)
    if options.here:
        said = measure(options)
        print(json.dumps(said, indent=1))
        return int(bool(said["wrong"]))
    with ordinary_account(_UID) as account, tempfile.TemporaryDirectory(prefix="mixed-") as scratch:
        if account is None:
            raise SystemExit("no Python of this version that an ordinary user can read")
        subprocess.run(["chmod", "1777", scratch], check=True)
        again = ["-m", "tests.bench.mixed", *(sys.argv[1:] if words is None else words), "--here"]
        with account.start(*again, scratch=scratch) as running:
            return running.wait()


def measure(options: argparse.Namespace) -> dict:
    """Grade everything twice, once without the attacks; under ``wrong`` is what should not have been seen."""
    chosen, level, count = random.Random(options.seed), options.level, options.jobs
    attacks = [[a.source for a in corpus().values() if a.kind == kind and _is_meant(a, level)] for kind in options.kind]
    jobs = [
        chosen.choice(chosen.choice(attacks)) if chosen.random() < options.share else number for number in range(count)
    ]
    honest = [number for number in jobs if isinstance(number, int)]
    traces.mark()
    open_at(level, 1).close()
    empty = traces.census()
    clean, _ = _run(honest, level)
    start, began = resident_mib(), time.monotonic()
    mixed, growth = _run(jobs, level)
    wall_s, left = time.monotonic() - began, traces.settled(empty)
    changed = {number: (clean[number], mixed[number]) for number in honest if clean[number] != mixed[number]}
    rewarded = [verdicts for place, verdicts in mixed.items() if place < 0 and "PASSED" in verdicts]
    wrong = {
        "changed": dict(list(changed.items())[:20]),
        "not as expected": [number for number in honest if clean[number] != _expected(number)][:20],
        "attacks passed": rewarded,
        "left": left,
        "growth_mib": growth if growth > _GROWTH_MIB else 0,
    }
    verdicts = Counter(verdict for place, said in mixed.items() if place < 0 for verdict in said)
    return {
        "level": level,
        "jobs": count,
        "attacks": count - len(honest),
        "attack_verdicts": verdicts,
        "honest_changed": len(changed),
        "wall_s": round(wall_s, 1),
        "start_mib": round(start, 1),
        "growth_mib": round(growth, 1),
        "load": load(),
        "wrong": {name: what for name, what in wrong.items() if what},
    }


def _is_meant(attack, level: str) -> bool:
    return "stdin" in attack.routes and level in attack.levels and len(attack.source) < 100_000


def _run(jobs: list[int | str], level: str) -> tuple[dict[int, list[str]], float]:
    """The verdicts, by number and for attacks by -1 - place; and how much memory grew over the last nine tenths."""
    with open_at(level) as sandbox, ThreadPoolExecutor(sandbox.workers) as pool:
        tenth = len(jobs) // 10
        done = dict(pool.map(lambda job: _grade(*job, sandbox), enumerate(jobs[:tenth])))
        before = resident_mib()
        done |= dict(pool.map(lambda job: _grade(*job, sandbox), enumerate(jobs[tenth:], tenth)))
        return done, resident_mib() - before


def _grade(place: int, job: int | str, sandbox: Sandbox) -> tuple[int, list[str]]:
    number = job if isinstance(job, int) else -1 - place
    problem, code = _honest(number) if isinstance(job, int) else (_attacked(), job)
    try:
        return number, [result.verdict.value for result in grade_code(problem, code, sandbox).results]
    except Exception as error:
        return number, [f"raised {type(error).__name__}"]


def _attacked() -> Problem:
    secret = hashlib.sha256(random.randbytes(16)).hexdigest()
    return Problem(
        id="attacked", statement="", tests=(TestCase(tier=Tier.BASIC, input="1\n", output=secret),), limits=_HOLD
    )


def _honest(number: int) -> tuple[Problem, str]:
    """A problem of one of four shapes, and a program that is right or wrong in a known way."""
    right, (shape, way) = number * 2, divmod(number % 16, 4)
    expression = ("{} * 2", "{} * 2", "{} * 2 + 1", "{} // 0")[way]
    tiers = tuple(Tier)[: _TESTS[shape]]
    if shape < 2:
        tests = tuple(TestCase(tier=tier, input=f"{number}\n", output=f"{right}\n") for tier in tiers)
        code = _STDIN.format(expression.format("int(line)"))
        return Problem(id=f"p{number}", statement="", tests=tests, limits=_HONEST), code
    text = f"def check(candidate):\n    for n in [{number}]: assert candidate(n) == {right}\n"
    asked = (
        {"kind": "call", "input": f"[{number}]", "output": str(right)}
        if shape == 2
        else {"kind": "suite", "input": text}
    )
    tests = tuple(TestCase(tier=tier, **asked) for tier in tiers)
    problem = Problem(id=f"p{number}", statement="", style="function", entry_point="solve", tests=tests, limits=_HONEST)
    return problem, _FUNCTION.format(expression.format("n"))


def _expected(number: int) -> list[str]:
    shape, way = divmod(number % 16, 4)
    return [("PASSED", "PASSED", "WRONG_ANSWER", "RUNTIME_ERROR")[way]] * _TESTS[shape]


if __name__ == "__main__":
    sys.exit(main())
