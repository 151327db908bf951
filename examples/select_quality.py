"""Compare the tiers that `select` chooses with a benchmark's own tests, by the mutants of the golds that they reject.

Usage: python examples/select_quality.py RUN [MUTANTS]

RUN is a run of ``tarot-bench generate --recipe select-humaneval-plus`` (or ``select-mbpp-plus``); ``TAROT_DATA_DIR``
names the folder of the benchmark's file. A selection that saw a mutant rejects it more likely than another one. So the
tests of each problem are chosen once more, with half of its mutants, and up to MUTANTS of the other half are run on
them. Mutants that no test of any column rejects are left out, since they may be equivalent to the gold.
"""

import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tarot_bench.benchmarks import located, open_benchmark
from tarot_bench.dataset import Entry
from tarot_bench.dataset.entry import WrongProgram
from tarot_bench.generation.author.drafting import Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.select.author import SelectAuthor
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
    pools = Pools(SourceSettings(data=name))
    with open_sandbox() as sandbox, threads(sandbox.workers, "quality") as workers:
        author = SelectAuthor(GeneratorSettings(model="select"), pools, sandbox, wrong=seen)
        chosen = [
            entry.problem.model_copy(update={"tests": tuple(test for test, _ in draft.tests)})
            for entry, draft in zip(entries, author.draft([Wanted(entry, TIERS) for entry in entries]), strict=True)
        ]
        found = workers.map(lambda problem: rejecting(problem, whole[problem.id], most, sandbox), chosen)
        groups = [each for several in found for each in several if each]
    rising = sum(is_rising(entry) for entry in entries)
    inputs = sum(len(pools.of(entry.problem.id).tests) for entry in entries) / len(entries)
    print(f"{len(entries)} problems with four tiers, {rising} with strictly rising steps")
    print(f"{len(groups)} killable mutants; {inputs:.0f} inputs per problem in the whole benchmark")
    rejected = Counter(name for names in groups for name in names)
    for name in (*TIERS, "four tiers", OWN, WHOLE):
        print(f"{name:16} {rejected[name] / max(1, len(groups)):.1%}")


def unseen(problem: Problem) -> list[str]:
    """The half of a gold's mutants that the selection does not see, in random order, by the problem's id."""
    sources = [mutant.source for mutant in mutants(problem.solution or "")]
    return random.Random(f"quality {problem.id}").sample(sources, len(sources) // 2)


def seen(entry: Entry) -> Sequence[WrongProgram]:
    """The wrong programs that the selection sees."""
    held_out = set(unseen(entry.problem))
    return [program for program in pool_of(entry, seed=0) if program.source not in held_out]


def rejecting(problem: Problem, whole: Problem, most: int, sandbox: Sandbox) -> list[set[str]]:
    """For each unseen mutant of a problem's gold the groups of tests that reject it."""
    hurried = {"limits": problem.limits.model_copy(update={"cpu_s": 1.0})}
    problem, whole = (each.model_copy(update=hurried) for each in (problem, whole))
    names = [str(test.tier) if test.tier else OWN for test in problem.all_tests]
    found = []
    for program in unseen(problem)[:most]:
        results = grade_code(problem, program, sandbox).results
        failed = {name for name, result in zip(names, results, strict=True) if result.verdict is not Verdict.PASSED}
        if failed & set(TIERS):
            failed.add("four tiers")
        if not grade_code(whole, program, sandbox).solved:
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
