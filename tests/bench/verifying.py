"""``python -m tests.bench.verifying speed|levels|tamperings``: the verification of bundles, measured.

- ``speed [ROUNDS [PROBLEMS]]``: samples per second and CPU seconds of `verify` on the golds of HumanEval+, beside
  evalplus 0.3.1 on the same samples, in turns. HumanEval+ is read from the folder that ``TAROT_DATA_DIR`` names.
- ``levels``: whether the verdicts of embedded golds, mutants and near misses are equal at the levels ``full`` and
  ``landlock``.
- ``tamperings``: every way to tamper with a bundle of `tests.leaderboard.tampering`, and the check that refuses it.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from unittest.mock import patch

import tarot_bench as tb
from tarot_bench.api.leaderboard import submit
from tarot_bench.api.verifying import verify
from tarot_bench.benchmarks import open_benchmark
from tarot_bench.dataset.embedded import near_misses
from tarot_bench.problem import Problem
from tarot_bench.sandbox.backends.local import interpreter, isolation, pool
from tests.conftest import ROOT
from tests.leaderboard.tampering import TAMPERINGS, Edited, fenced

_WORKERS = len(os.sched_getaffinity(0))


def main() -> None:
    """Measure what the first word names."""
    kind, *more = sys.argv[1:] or ["tamperings"]
    with tempfile.TemporaryDirectory(prefix="tarot-bench-verifying-") as scratch:
        {"speed": _speed, "levels": _levels, "tamperings": _tamperings}[kind](Path(scratch), *more)


def _speed(folder: Path, rounds: str = "3", count: str = "164") -> None:
    data = folder / "HumanEvalPlus.jsonl"
    with gzip.open(Path(os.environ["TAROT_DATA_DIR"]) / "HumanEvalPlus-v0.1.10.jsonl.gz", "rt") as lines:
        data.write_text("".join(islice(lines, int(count))))
    tb.evaluate("gold", folder / "run", benchmarks=("humaneval_plus",), data=str(data), cache=False)
    bundle = submit(folder / "run", folder)
    problems = open_benchmark("humaneval_plus").load(str(data), None, None)
    samples = folder / "samples.jsonl"
    samples.write_text("".join(json.dumps({"task_id": p.id, "solution": p.solution}) + "\n" for p in problems))
    ours = [sys.executable, "-m", "tarot_bench", "verify", str(bundle), "--data", f"humaneval_plus={data}"]
    theirs = [sys.executable, "-m", "evalplus.evaluate", "--dataset", "humaneval", "--samples", str(samples)]
    known = {"HUMANEVAL_OVERRIDE_PATH": str(data), "XDG_CACHE_HOME": str(folder), "HOME": str(folder)}
    commands: Mapping[str, tuple[list[str], dict[str, str]]] = {
        "verify": (ours, {}),
        "evalplus": ([*theirs, "--parallel", str(_WORKERS)], known),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(int(rounds) + 1):  # the first one fills evalplus's cache of expected outputs
        for name, (command, environment) in commands.items():
            (folder / "samples_eval_results.json").unlink(missing_ok=True)
            measured = _timed(command, environment, folder)
            if turn:
                took[name].append(measured)
    for name, rows in took.items():
        walls, cpus = [wall for wall, _ in rows], [cpu for _, cpu in rows]
        print(
            f"{name}: {len(problems) / median(walls):.1f} samples/s (median of {len(rows)}; wall {min(walls):.1f} to "
            f"{max(walls):.1f} s), {median(cpus):.1f} CPU s ({min(cpus):.1f} to {max(cpus):.1f})"
        )


def _timed(command: list[str], environment: dict[str, str], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a command and everything that it started."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    known = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    said = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True)
    if said.returncode:
        raise SystemExit(f"{command[2]} ended with status {said.returncode}: {said.stderr[-500:]}{said.stdout[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def _levels(folder: Path) -> None:
    bundles = {}
    for model in ("gold", "mutant:0.5", "mutant:1.0"):
        tb.evaluate(model, folder / model, samples=1 if model == "gold" else 2)
        bundles[model] = submit(folder / model, folder)
    bundles["near misses"] = _of_near_misses(folder)
    for name, bundle in bundles.items():
        made = {level: _verdicts(bundle, level) for level in ("full", "landlock")}
        one, other = made.values()
        unequal = [key for key in one if one[key] != other[key]]
        print(
            f"{name}: {len(one)} samples, {sum(map(len, one.values()))} verdicts; unequal: {unequal or 0}", flush=True
        )


def _of_near_misses(folder: Path) -> Path:
    """A bundle whose samples are the embedded wrong programs; a problem's gold fills up the number."""
    problems = tb.load_problems()
    programs: dict[str, list[str]] = {problem.id: [] for problem in problems}
    for miss in near_misses():
        programs[miss.problem_id].append(miss.program)
    most = max(map(len, programs.values()))
    lines = [line for problem in problems for line in _answers(problem, programs[problem.id], most)]
    (folder / "said.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    tb.evaluate(f"replay:{folder / 'said.jsonl'}", folder / "near", samples=most)
    return submit(folder / "near", folder)


def _answers(problem: Problem, programs: list[str], count: int) -> Iterator[dict[str, object]]:
    filled = [*programs, *[problem.solution or ""] * (count - len(programs))]
    for index, code in enumerate(filled):
        yield {"problem_id": problem.id, "index": index, "text": fenced(code)}


def _verdicts(bundle: Path, level: str) -> dict[tuple[str, int], str]:
    """The verdicts of a verification at a level of isolation, by sample."""
    with _at(level):
        found = verify(bundle)
    if not found.verified or found.sandbox is None or found.sandbox["level"] != level:
        raise SystemExit(f"{bundle.name} at {level}: {found.sandbox}, {[str(each) for each in found.findings]}")
    verdicts = found.benchmarks["tarot"].verdicts
    return {(name, at): row for name, each in verdicts.items() for at, row in enumerate(each.samples)}


@contextmanager
def _at(level: str) -> Iterator[None]:
    """The machine as it is, or as if it had Landlock and nothing else."""
    if level == "full":
        yield
        return
    shut_out = os.geteuid() == 0 and interpreter.private_part()
    with patch.object(isolation, "lacking_for_full", lambda: "left out"):
        if shut_out:  # root drops to another uid, which cannot read this Python: it stays, without capabilities
            with patch.object(pool.os, "geteuid", lambda: 12345):
                yield
        else:
            yield


def _tamperings(folder: Path) -> None:
    tb.evaluate("mutant:0.5", folder / "run", limit=3, samples=2)
    bundle = submit(folder / "run", folder)
    caught = 0
    for tampering in TAMPERINGS:
        edited = Edited(bundle, folder / "edited")
        tampering.change(edited)
        if tampering.recompute:
            edited.recompute()
        found = verify(edited.sealed(tampering.checksums))
        named = dict.fromkeys(finding.check.value for finding in found.findings)
        caught += tampering.check in named
        print(f"| {tampering.name} | {', '.join(named) or 'nothing'} |")
    print(f"{caught} of {len(TAMPERINGS)} refused by the check that is meant to; honest: {verify(bundle).verified}")


if __name__ == "__main__":
    main()
