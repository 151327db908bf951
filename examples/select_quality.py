"""Compare the tiers that `select` chose with a benchmark's own tests, by the mutants of the golds that they reject.

Usage: python examples/select_quality.py RUN [MUTANTS]

RUN is a run of ``tarot-bench generate --recipe select-humaneval-plus``; ``TAROT_DATA_DIR`` names the folder of the
benchmark's file. Mutants that no test in any column rejects are left out: they may be equivalent to the gold.
"""

import random
import sys
from collections import Counter
from pathlib import Path

from tarot_bench.benchmarks import located, open_benchmark
from tarot_bench.dataset import Entry
from tarot_bench.grading import grade_code
from tarot_bench.mutation import mutants
from tarot_bench.problem import TIERS, Problem
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict


def main(run: str, most: int = 8) -> None:
    """Print one row per group of tests: the share of the killable mutants that it rejects."""
    lines = (Path(run) / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [Entry.model_validate_json(line) for line in lines]
    benchmark = open_benchmark("humaneval_plus")
    whole = {problem.id: problem for problem in benchmark.load(located(benchmark, None), None, None)}
    rejected: Counter[str] = Counter()
    killable = 0
    with open_sandbox() as sandbox:
        for entry in entries:
            for program in drawn(entry.problem, most):
                groups = rejecting(entry.problem, whole[entry.problem.id], program, sandbox)
                killable += bool(groups)
                rejected.update(groups)
    rising = sum(is_rising(entry) for entry in entries)
    print(f"{len(entries)} problems with four tiers, {rising} with strictly rising steps; {killable} killable mutants")
    for name, count in rejected.items():
        print(f"{name:15} {count / killable:.1%}")


def drawn(problem: Problem, most: int) -> list[str]:
    """Mutants of the gold, at random by the problem's id."""
    sources = [mutant.source for mutant in mutants(problem.solution or "")]
    return random.Random(f"quality {problem.id}").sample(sources, min(most, len(sources)))


def rejecting(problem: Problem, whole: Problem, program: str, sandbox: Sandbox) -> set[str]:
    """The groups of tests that reject a program."""
    hurried = {"limits": problem.limits.model_copy(update={"cpu_s": 1.0})}
    chosen = grade_code(problem.model_copy(update=hurried), program, sandbox).results
    names = [*(str(test.tier) for test in problem.tests), "HumanEval"]
    failed = {name for name, result in zip(names, chosen, strict=True) if result.verdict is not Verdict.PASSED}
    if failed & set(TIERS):
        failed.add("four tiers")
    if not grade_code(whole.model_copy(update=hurried), program, sandbox).solved:
        failed.add("HumanEval+")
    return failed


def is_rising(entry: Entry) -> bool:
    """Whether the executed lines rise from basic to complex."""
    found = [known.measurement.steps or 0 for known in entry.facts[:3]]
    return found[0] < found[1] < found[2]


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
