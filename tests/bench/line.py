"""Memory of the generation line: ``python -m tests.bench.line {core,whole} [ENTRIES] [--kill N]``.

``core`` makes entries with statements of 30 random words and passes them through `complete` and `dedup`: no sandbox, so
that millions are affordable. ``whole`` runs `generate` on ``synthetic:ENTRIES``: source, validate, complete, ambiguity,
dedup, decontaminate (HumanEval and MBPP from ``TAROT_DATA_DIR``, where it is set) and measure. Most CPU time goes
to the validators of these problems, each of which runs on about 30 inputs. With ``--kill N`` the run is killed N times
at random moments and resumed, and its files are compared with those of an undisturbed one.

Memory is sampled every half second: the resident set of the process, and the proportional set size of it and all its
children together.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tarot_bench.generation.complete import CompleteStage
from tarot_bench.generation.dedup.stage import DedupSettings, DedupStage
from tarot_bench.generation.factory import generate
from tarot_bench.generation.pipeline import run_stages
from tarot_bench.generation.recipe import GenerationRecipe
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import TIERS
from tarot_bench.progress import Silent
from tarot_bench.runs import RunDirectory, writing
from tests.generation.making import entry_of
from tests.sandbox.doubles import ScriptedSandbox

WORDS = [f"word{number}" for number in range(5000)]
RECIPE = {"name": "line", "validate": {"times": 1, "record_cpu": False}}


class Source:
    """Makes entries with different statements."""

    name = "source"
    whole = True

    def __init__(self, count):
        self._count = count

    def run(self, entries):
        base = entry_of()
        for number in range(self._count):
            said = " ".join(random.Random(number).choices(WORDS, k=30))
            changes = {"id": f"p{number:07d}", "statement": said}
            yield StageOutcome.keep(base.model_copy(update={"problem": base.problem.model_copy(update=changes)}))


def make(kind, count, folder):
    """Run one of the lines; continues what is there."""
    if kind == "core":
        stages = [Source(count), CompleteStage(TIERS), DedupStage(DedupSettings(), ScriptedSandbox())]
        with writing(folder):
            run_stages(RunDirectory.start(folder, "generate", {}, {}, resume=True), stages, Silent())
        return
    data = os.environ.get("TAROT_DATA_DIR")
    settings = {
        "source": {"data": f"synthetic:{count}"},
        "decontaminate": {"benchmarks": {"humaneval": None, "mbpp": None}} if data else None,
        "measure": {"share": 0.01, "steps": False, "most_mutants": 5},
    }
    generate(GenerationRecipe.model_validate({**RECIPE, **settings}), folder, resume=True)


def descendants(process):
    """The ids of a process and of all below it."""
    found, left = [], [process]
    while left:
        one = left.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            left += map(int, task.read_text().split())
    return found


def mib(process, file, field):
    """A figure of one process in MiB; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/{file}").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)


def run(kind, count, folder, seconds=None):
    """Run a line in a process of its own, for so long; its samples as (seconds, stage, MiB, MiB of all)."""
    begun = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "tests.bench.line", kind, str(count), "--in", str(folder)])
    samples = []
    while child.poll() is None:
        passed = time.monotonic() - begun
        if seconds is not None and passed > seconds:
            child.send_signal(signal.SIGKILL)
            break
        stages = sorted(folder.glob("stages/*"), key=lambda path: int(path.name.partition("-")[0]))
        try:
            own = mib(child.pid, "status", "VmRSS:")
            whole = sum(mib(one, "smaps_rollup", "Pss:") for one in descendants(child.pid))
        except OSError:
            continue
        samples.append((round(passed, 1), stages[-1].name if stages else "", round(own), round(whole)))
        time.sleep(0.5 if seconds is None else 0.05)
    child.wait()
    return child.returncode, samples


def digests(folder):
    """The checksum of every result."""
    files = sorted([*folder.glob("stages/*/*"), folder / "entries.jsonl", folder / "funnel.json"])
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def report(samples, count):
    """Print the largest memory in each stage."""
    stages = list(dict.fromkeys(stage for _, stage, *_ in samples))
    for stage in stages:
        mine = [sample for sample in samples if sample[1] == stage]
        own, whole = (max(sample[place] for sample in mine) for place in (2, 3))
        print(f"  {stage or 'start':16} until {mine[-1][0]:7.1f} s: {own:6} MiB, with all children {whole:6} MiB")
    print(f"{count} entries: at most {max(s[2] for s in samples)} MiB, all {max(s[3] for s in samples)} MiB")


def main():
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("core", "whole"))
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--in", dest="folder", type=Path)
    options = parser.parse_args()
    if options.folder:
        make(options.kind, options.count, options.folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        straight = Path(scratch) / "straight"
        begun = os.times()
        status, samples = run(options.kind, options.count, straight)
        ended = os.times()
        assert status == 0, status
        report(samples, options.count)
        print(f"CPU seconds: {ended[2] + ended[3] - begun[2] - begun[3]:.0f}")
        print(f"entries.jsonl: {(straight / 'entries.jsonl').stat().st_size / 2**20:.0f} MiB")
        for stage in json.loads((straight / "funnel.json").read_text())["stages"]:
            print(f"  {stage['stage']}: {stage['entered']} entered, {stage['kept']} kept, {stage['dropped']}")
        whole_s, rng = samples[-1][0], random.Random(1)
        for _ in range(options.kill):
            status, _ = run(options.kind, options.count, Path(scratch) / "killed", rng.uniform(0.1, 0.5) * whole_s)
            print("killed" if status == -signal.SIGKILL else f"ended with {status}")
        if options.kill:
            assert run(options.kind, options.count, Path(scratch) / "killed")[0] == 0
            print("identical" if digests(straight) == digests(Path(scratch) / "killed") else "DIFFERENT")


if __name__ == "__main__":
    main()
