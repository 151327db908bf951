"""The table's rows, one function each."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.bench import work
from tests.bench.machine import ENVIRONMENT
from tests.bench.timing import (
    Bench,
    Measured,
    RefusedError,
    Side,
    SkippedError,
    take_turns,
    times_faster,
    times_faster_by_program,
)

_OURS, _THEIRS = "warm sandbox", "opponent"
_LOST_BY_EVALPLUS = "find_zero"
"""evalplus 0.3.1 has an oracle of its own for this one, after which it never counts the call as passed."""


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        name: what ``--only`` takes.
        work: what is run, and against what.
        measure: runs it.
        must, aim: in `unit`.
        unit: ``x`` is a ratio that must be reached; ``%`` and ``MiB`` are costs that must not be exceeded.
    """

    name: str
    work: str
    measure: Callable[[Bench], Measured]
    must: float | None
    aim: float | None
    unit: Literal["x", "%", "MiB"] = "x"


def trivial(bench: Bench) -> Measured:
    """Trivial programs, against an interpreter per test."""
    return times_faster(take_turns(bench, _against_subprocess(bench, work.trivial())), _OURS, _THEIRS)


def embedded(bench: Bench) -> Measured:
    """Embedded golds, against an interpreter per test; the median program counts."""
    return times_faster_by_program(
        take_turns(bench, _against_subprocess(bench, work.embedded()[:: bench.every])), _OURS, _THEIRS
    )


def humaneval_evalplus(bench: Bench) -> Measured:
    """HumanEval golds as `evaluate` grades them, against evalplus."""
    return _humaneval(bench, work.as_suite, "evalplus")


def humaneval_process(bench: Bench) -> Measured:
    """HumanEval golds as `evaluate` grades them, against a process per candidate."""
    return _humaneval(bench, work.as_suite, "process_per_candidate")


def humaneval_calls_evalplus(bench: Bench) -> Measured:
    """HumanEval golds with every recorded call isolated from the others, against evalplus, which isolates none."""
    return _humaneval(bench, work.recorded, "evalplus")


def humaneval_calls_process(bench: Bench) -> Measured:
    """HumanEval golds with every recorded call isolated from the others, against a process per candidate."""
    return _humaneval(bench, work.recorded, "process_per_candidate")


def numpy(bench: Bench) -> Measured:
    """Programs that import numpy, against a cold start of the interpreter and of numpy."""
    if not bench.python.has_numpy:
        raise SkippedError("numpy is not installed")
    return times_faster(take_turns(bench, _against_subprocess(bench, work.numpy_programs())), _OURS, _THEIRS)


def hardening(bench: Bench) -> Measured:
    """What Landlock and seccomp add to a test, in percent."""
    problems = work.trivial()
    bare = Side("without Landlock and seccomp", "warm", problems, {"hardened": False})
    measured = times_faster(take_turns(bench, [Side(_OURS, "warm", problems), bare]), bare.label, _OURS)
    values, cpu_values = ([100 * (ratio - 1) for ratio in ratios] for ratios in (measured.values, measured.cpu_values))
    return Measured(values, cpu_values, measured.raw)


def cores(bench: Bench) -> Measured:
    """Two workers on two cores, against one worker on one."""
    if len(os.sched_getaffinity(0)) < 2:
        raise SkippedError("this machine has one core")
    problems = work.trivial() * 2
    sides = [Side(f"{n} workers", "warm", problems, {"workers": n}, cores=n) for n in (1, 2)]
    measured = times_faster(take_turns(bench, sides), "2 workers", "1 workers")
    return Measured(measured.values, [], measured.raw)


def jobs(bench: Bench) -> Measured:
    """Many jobs through one sandbox: growth of the parent's memory in MiB, at each tenth of the way."""
    said = subprocess.run(
        bench.command("soak", str(bench.jobs)),
        env=ENVIRONMENT,
        cwd=bench.scratch,
        stdout=subprocess.PIPE,
        text=True,
    )
    if said.returncode != 0:
        raise RefusedError(f"the run of {bench.jobs} jobs failed")
    raw = json.loads(said.stdout)
    if raw["wrong"]:
        raise RefusedError(f"{raw['wrong']} of {bench.jobs} jobs were answered wrong")
    left = {what: raw["after"][what] - raw["before"][what] for what in raw["before"]}
    if any(left.values()):
        raise RefusedError(f"left behind: {left}")
    return Measured(raw["growth_mib"], [], raw)


def cache(bench: Bench) -> Measured:
    """A graded run of the embedded golds that was made before, against the first time; opening and closing count."""
    problems = work.embedded()[:: bench.every]
    store = bench.scratch / "store"
    store.mkdir(exist_ok=True)
    sides = [
        Side("every verdict known", "cached", problems, {"store": str(store)}, reopen=True),
        Side("empty cache", "cached", problems, reopen=True),
    ]
    return times_faster(take_turns(bench, sides), sides[0].label, sides[1].label)


def reward(bench: Bench) -> Measured:
    """A training step's 512 completions x 4 tiers through the reward, against an interpreter per test."""
    problems = work.groups()[:: bench.every]
    opponent = Side(_THEIRS, "rewarded", problems, {"distinct": 8, "python": bench.python.executable})
    rounds = take_turns(bench, [Side(_OURS, "rewarded", problems, {"distinct": 8}), opponent])
    return times_faster(rounds, _OURS, _THEIRS)


def reward_memo(bench: Bench) -> Measured:
    """The same completions where half of a group are repetitions, against all of them being distinct."""
    problems = work.groups()[:: bench.every]
    sides = [Side(f"{n} of 8 distinct", "rewarded", problems, {"distinct": n}) for n in (4, 8)]
    return times_faster(take_turns(bench, sides), sides[0].label, sides[1].label)


ROWS = (
    Row("trivial", "trivial programs x 5 tests, against subprocess.run per test", trivial, 6, 8),
    Row("embedded", "embedded golds, median per program, same opponent", embedded, 5, 7.5),
    Row("humaneval-evalplus", "HumanEval golds, against evalplus untrusted_check", humaneval_evalplus, 1.9, 2.5),
    Row("humaneval-process", "HumanEval golds, against one process per candidate", humaneval_process, 4, 5),
    Row("calls-evalplus", "… with a process per call, against evalplus", humaneval_calls_evalplus, None, None),
    Row("calls-process", "… with a process per call, against one per candidate", humaneval_calls_process, None, None),
    Row("numpy", "`import numpy` programs, against a cold start", numpy, 30, 35),
    Row("hardening", "cost of Landlock and seccomp", hardening, 10, 6, "%"),
    Row("cores", "both cores busy, against one", cores, 1.8, 1.9),
    Row("jobs", "10,000 jobs: growth of the parent, nothing left behind", jobs, 20, None, "MiB"),
    Row("reward", "512 completions x 4 tiers through the reward, subprocess.run", reward, None, 8),
    Row("reward-memo", "… with half of a group repeated, against all distinct", reward_memo, None, None),
    Row("cache", "repeat of a graded run with the verdict cache", cache, 20, 50),
)


def _against_subprocess(bench: Bench, problems: list) -> list[Side]:
    opponent = Side(_THEIRS, "subprocess_per_test", problems, {"python": bench.python.executable})
    return [Side(_OURS, "warm", problems), opponent]


def _humaneval(bench: Bench, shape: Callable, opponent: str) -> Measured:
    try:
        rows = work.humaneval()[:: bench.every]
    except FileNotFoundError as error:
        raise SkippedError(str(error)) from None
    if opponent == "evalplus":
        rows = [row for row in rows if row["entry_point"] != _LOST_BY_EVALPLUS]
    calls = [work.recorded(row) for row in rows]
    ours = Side(_OURS, "warm", calls if shape is work.recorded else [shape(row) for row in rows])
    return times_faster(take_turns(bench, [ours, Side(_THEIRS, opponent, calls)]), _OURS, _THEIRS)
