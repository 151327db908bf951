"""Compare the tiers that `select` chose with a benchmark's own tests, by the mutants of the golds that they reject.

Usage: python examples/select_quality.py RUN [MUTANTS]

RUN is a run of ``tarot-bench generate --recipe select-humaneval-plus`` (or ``select-mbpp-plus``); ``TAROT_DATA_DIR``
names the folder of the benchmark's file. Mutants that the selection saw are left out, and so are those that no test of
any column rejects, since they may be equivalent to the gold. MUTANTS bounds those of one problem.
"""

import random
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from tarot_bench.benchmarks import located, open_benchmark
from tarot_bench.dataset import Entry
from tarot_bench.generation.author.select.pools import Pools
from tarot_bench.generation.selection.wrong import pool_of
from tarot_bench.generation.source.stage import SourceSettings
from tarot_bench.grading import grade_code
from tarot_bench.mutation import mutants
from tarot_bench.pools import threads
from tarot_bench.problem import TIERS, Problem
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

OWN, WHOLE = "benchmark's own", "plus, whole"


def main(run: str, most: int = 8) -> None:
    """Print one row per group of tests: the share of the killable mutants that it rejects."""
    lines = (Path(run) / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [Entry.model_validate_json(line) for line in lines]
    name = entries[0].problem.origin.source
    benchmark = open_benchmark(name)
    whole = {problem.id: problem for problem in benchmark.load(located(benchmark, None), None, None)}
    with open_sandbox() as sandbox, threads(sandbox.workers, "quality") as workers:
        work = partial(rejecting, whole=whole, most=most, sandbox=sandbox)
        groups = [found for each in workers.map(work, entries) for found in each if found]
    rising = sum(is_rising(entry) for entry in entries)
    pools = Pools(SourceSettings(data=name))
    inputs = sum(len(pools.of(entry.problem.id).tests) for entry in entries) / len(entries)
    print(f"{len(entries)} problems with four tiers, {rising} with strictly rising steps")
    print(f"{len(groups)} killable mutants; {inputs:.0f} inputs per problem in the whole benchmark")
    rejected = Counter(name for found in groups for name in found)
    for name in (*TIERS, "four tiers", OWN, WHOLE):
        print(f"{name:16} {rejected[name] / max(1, len(groups)):.1%}")


def drawn(entry: Entry, most: int) -> list[str]:
    """Mutants of the gold that the selection did not see, at random by the problem's id."""
    seen = {program.source for program in pool_of(entry, seed=0)}
    sources = [mutant.source for mutant in mutants(entry.problem.solution or "") if mutant.source not in seen]
    return random.Random(f"quality {entry.problem.id}").sample(sources, min(most, len(sources)))


def rejecting(entry: Entry, whole: dict[str, Problem], most: int, sandbox: Sandbox) -> list[set[str]]:
    """For each mutant of an entry's gold the groups of tests that reject it."""
    hurried = {"limits": entry.problem.limits.model_copy(update={"cpu_s": 1.0})}
    problem, full = (each.model_copy(update=hurried) for each in (entry.problem, whole[entry.problem.id]))
    names = [str(test.tier) if test.tier else OWN for test in problem.all_tests]
    found = []
    for program in drawn(entry, most):
        results = grade_code(problem, program, sandbox).results
        failed = {name for name, result in zip(names, results, strict=True) if result.verdict is not Verdict.PASSED}
        if failed & set(TIERS):
            failed.add("four tiers")
        if not grade_code(full, program, sandbox).solved:
            failed.add(WHOLE)
        found.append(failed)
    return found


def is_rising(entry: Entry) -> bool:
    """Whether the executed lines rise from basic to complex."""
    found = [known.measurement.steps or 0 for known in entry.facts[:3]]
    return found[0] < found[1] < found[2]


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
