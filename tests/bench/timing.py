"""The timing core: lanes that take turns, and what is made of their rounds."""

import json
import math
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tarot_bench.problem import Problem
from tests.bench.machine import BASE, ENVIRONMENT, ROOT, CleanPython

_START = "import sys; sys.path[:0] = sys.argv.pop(1).split(':'); from tests.bench.{module} import main; main()"
_PATIENCE_S = 900
_MOST_PASSES = 50


class RefusedError(Exception):
    """A row that must not be shown as a number: a side was wrong, or failed."""


class SkippedError(Exception):
    """A row that cannot be measured on this machine."""


@dataclass(frozen=True)
class Bench:
    """How thoroughly to measure, and with what.

    Attributes:
        repeats: interleaved rounds per side.
        round_s: seconds that a round of the quickest side should take at least.
        jobs: how many the long run of jobs has.
        every: of long lists of problems, take every how manieth.
        python: the clean interpreter that cold sides start.
        packages: directories of installed packages, for the sides' own processes.
        scratch: a directory for this run.
    """

    repeats: int
    round_s: float
    jobs: int
    every: int
    python: CleanPython
    packages: tuple[str, ...]
    scratch: Path

    def command(self, module: str, *arguments: str) -> list[str]:
        """A process of the benchmark's own: isolated from the environment, no `site`, hence no ``.pth`` files."""
        path = ":".join([str(ROOT), *self.packages])
        return [BASE, "-I", "-S", "-c", _START.format(module=module), path, *arguments]


@dataclass(frozen=True)
class Side:
    """What one lane runs: a name in `sides.SIDES`, its options, its work, and on how many cores and threads."""

    label: str
    side: str
    problems: list[Problem]
    options: dict = field(default_factory=dict)
    cores: int = 1
    reopen: bool = False


@dataclass(frozen=True)
class Measured:
    """One row's outcome.

    Attributes:
        values: the ratio (or whatever the row's unit is) of each repeat, by wall time.
        cpu_values: the same by CPU time; empty where that means nothing.
        raw: everything that was measured.
    """

    values: list[float]
    cpu_values: list[float]
    raw: dict


class Lane:
    """The driver's end of a process that runs one side."""

    def __init__(self, bench: Bench, side: Side, number: int) -> None:
        work = bench.scratch / f"{number}.jsonl"
        work.write_text("".join(f"{problem.model_dump_json()}\n" for problem in side.problems))
        spec = {"side": side.side, "options": side.options, "problems": str(work), "reopen": side.reopen}
        spec |= {"cores": side.cores, "threads": side.cores}
        self.label = side.label
        self._process = subprocess.Popen(
            bench.command("lane", json.dumps(spec)),
            env=ENVIRONMENT,
            cwd=bench.scratch,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # our jails have sessions of their own; Linux divides busy cores by session
        )

    def round(self, passes: int) -> dict:
        """Have the work run; see `lane.Lane.round`.

        Raises:
            RefusedError: the side failed, was too slow, or judged a right program wrong.
        """
        watchdog = threading.Timer(_PATIENCE_S, self._process.kill)
        watchdog.start()
        try:
            with suppress(BrokenPipeError):  # it has left, and said why
                print(passes, file=self._process.stdin, flush=True)
            reply = json.loads(self._process.stdout.readline() or '{"error": "ended without a word"}')
        finally:
            watchdog.cancel()
        if "error" in reply:
            raise RefusedError(f"{self.label}: {reply['error']}")
        if reply["wrong"]:
            name, why = next(iter(reply["wrong"].items()))
            raise RefusedError(f"{self.label}: {len(reply['wrong'])} right programs judged wrong, as {name}: {why}")
        return reply

    def close(self) -> None:
        """Let the process leave."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def take_turns(bench: Bench, sides: list[Side]) -> dict[str, list[dict]]:
    """Run every side once unmeasured, then `repeats` times A B C A B C …; rounds by the sides' labels.

    Raises:
        RefusedError: a side failed, or judged a right program wrong.
    """
    rounds: dict[str, list[dict]] = {side.label: [] for side in sides}
    with ExitStack() as stack:
        lanes = []
        for number, side in enumerate(sides):
            lanes.append(Lane(bench, side, number))
            stack.callback(lanes[-1].close)
        first = [(lane.round(1), lane.round(1))[1]["wall_s"] for lane in lanes]
        passes = [min(_MOST_PASSES, math.ceil(bench.round_s / wall_s)) for wall_s in first]
        for _ in range(bench.repeats):
            for lane, count in zip(lanes, passes, strict=True):
                rounds[lane.label].append(lane.round(count))
    return rounds


def times_faster(rounds: dict[str, list[dict]], ours: str, theirs: str) -> Measured:
    """How many times as long one side takes as the other, repeat by repeat, over the whole work."""
    return Measured(
        values=_each(rounds, ours, theirs, lambda us, them: _per_pass(them, "wall_s") / _per_pass(us, "wall_s")),
        cpu_values=_each(rounds, ours, theirs, lambda us, them: _per_pass(them, "cpu_s") / _per_pass(us, "cpu_s")),
        raw=rounds,
    )


def times_faster_by_program(rounds: dict[str, list[dict]], ours: str, theirs: str) -> Measured:
    """The same for each program apart; a repeat's value is the median over programs."""

    def ratio(us: dict, them: dict) -> float:
        pairs = zip(_by_program(us), _by_program(them), strict=True)
        return median(slow / fast for fast, slow in pairs)

    return Measured(values=_each(rounds, ours, theirs, ratio), cpu_values=[], raw=rounds)


def _each(rounds, ours: str, theirs: str, ratio: Callable[[dict, dict], float]) -> list[float]:
    return [ratio(us, them) for us, them in zip(rounds[ours], rounds[theirs], strict=True)]


def _per_pass(one: dict, clock: str) -> float:
    return max(one[clock], 1e-6) / one["passes"]


def _by_program(one: dict) -> list[float]:
    return [median(seconds) for seconds in zip(*one["seconds"], strict=True)]
