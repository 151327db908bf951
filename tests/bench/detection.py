"""How well the tests of the factory tell right programs from wrong ones: ``python -m tests.bench.detection``.

The rehearsal of a private set: tests are made of statement, example and gold by a loopback author that errs as models
err, in four ways. The wrong programs are kept from the factory, and graded afterwards; so are right programs that are
written differently.

``--benchmark embedded``: the near misses of the embedded problems. ``--benchmark humaneval_plus``: mutants of the golds
of HumanEval+ (its file in ``TAROT_DATA_DIR``) that its own tests reject, up to 8 of each; of right programs there are
only the golds. The loop sees these mutants, the selection does not.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

from tarot_bench.benchmarks import located, open_benchmark
from tarot_bench.dataset import Entry, load_entries, load_rows
from tarot_bench.dataset.embedded import near_misses
from tarot_bench.generation.factory import generate
from tarot_bench.generation.gold import observe
from tarot_bench.generation.recipe import GenerationRecipe
from tarot_bench.generation.selection.assessing import assess
from tarot_bench.generation.selection.stage import selected
from tarot_bench.generation.selection.wrong import pool_of
from tarot_bench.generation.source.unusable import UnusableError
from tarot_bench.grading import grade_code
from tarot_bench.grading.generated import with_inputs
from tarot_bench.metrics.intervals import mean_difference
from tarot_bench.metrics.quality import Judged, detection
from tarot_bench.mutation import mutants
from tarot_bench.pools import threads
from tarot_bench.problem import TIERS, Problem, Tier
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict
from tests.materials.right import right_programs
from tests.servers.benchmark_experts import expert_of
from tests.servers.experts import Expert, Experts, embedded
from tests.servers.reasoning import Habits, ReasoningAuthor

_DRAWS = 20
_MOST_MUTANTS = 8
_RECIPE: dict[str, Any] = {
    "author": {
        "literal": 1, "generators": 1, "seeds": 4, "validators": 3, "illegal": 12, "brute_force": True, "checkers": 1,
    },
    "validate": {"times": 2},
    "dedup": None,
    "decontaminate": None,
    "measure": None,
}  # fmt: skip
_HABITS = Habits(hanging=0.05)
"""Each hanging program costs 5 or 10 CPU seconds and is found in any case."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Problems, and programs to grade with the tests that are made for them.

    Attributes:
        known: the problems as the factory gets them, with who knows them.
        right: right programs, by problem.
        wrong: wrong ones.
    """

    known: Sequence[tuple[Problem, Expert]]
    right: Mapping[str, Sequence[str]]
    wrong: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Graded:
    """One problem with its tests, and which of them each program fails.

    Attributes:
        problem: as it was made.
        judged: the failures of right and wrong programs, over all tests.
        chosen: the tiers and numbers of the tests that selection chooses, for each number of tests per tier.
    """

    problem: Problem
    judged: Judged
    chosen: Mapping[int, Sequence[tuple[Tier | None, int]]]

    def only(self, tests: Sequence[int]) -> Judged:
        """The same with these tests."""
        return Judged(frozenset(tests), self.judged.correct, self.judged.wrong)

    def tests(self, arm: str, budget: int | None, rng: random.Random, top: int) -> list[int]:
        """The numbers of the tests that an arm would publish in the tiers up to rank `top`."""
        if arm.startswith("selection"):
            return [number for tier, number in self.chosen[budget or 1] if tier and tier.rank <= top]
        numbered = [(number, test) for number, test in enumerate(self.problem.tests) if test.tier in TIERS[: top + 1]]
        if arm == "literal":
            return [number for number, test in numbered if test.generated is None]
        found: list[int] = []
        for tier in TIERS:
            of_tier = [number for number, test in numbered if test.tier is tier]
            found += of_tier if budget is None else rng.sample(of_tier, min(budget, len(of_tier)))
        return found


_BUDGETS = (1, 2, 3)
_SELECTED = (
    ("literal", 1),
    *((arm, budget) for budget in _BUDGETS for arm in ("programs", "selection")),
    ("all", None),
)
"""The ways to make tests, and the tests per tier; ``programs`` draws them at random among all that were accepted."""

_IMPROVED = tuple(("selection with the loop", budget) for budget in _BUDGETS)


def main(words: list[str] | None = None) -> None:
    """Make the tests, grade, and print the table."""
    options = _options(words)
    options.output.mkdir(parents=True, exist_ok=True)
    source = options.output / "problems.jsonl"
    rows: list[dict[str, Any]] = []
    with open_sandbox("local") as sandbox:
        subjects = SUBJECTS[options.benchmark](options.every, sandbox)
        source.write_text("".join(problem.model_dump_json() + "\n" for problem, _ in subjects.known))
        experts = Experts(subjects.known)
        entries = _made("made", source, options.output / "made", experts, None)
        rows += _table(entries, subjects, sandbox, _SELECTED)
        if options.loop:
            improved = _made("loop", source, options.output / "loop", experts, {"improve": options.loop})
            rows += _table(improved, subjects, sandbox, _IMPROVED)
    (options.output / "detection.json").write_text(json.dumps(rows, indent=1) + "\n")


def _embedded(every: int, sandbox: Sandbox) -> Subjects:
    del sandbox
    known = embedded()[::every]
    right = {problem.id: list(right_programs(problem).values()) for problem, _ in known}
    wrong = {
        problem.id: [miss.program for miss in near_misses() if miss.problem_id == problem.id] for problem, _ in known
    }
    return Subjects(known, right, wrong)


def _humaneval_plus(every: int, sandbox: Sandbox) -> Subjects:
    benchmark = open_benchmark("humaneval_plus")
    file = located(benchmark, None)
    whole = {problem.id: problem for problem in benchmark.load(file, None, None)}
    known = [found for row in list(load_rows(file))[::every] if (found := _known(row, sandbox))]
    with threads(sandbox.workers, "mutants") as pool:
        rejected = pool.map(lambda pair: _rejected_mutants(whole[pair[0].id], pair[0], sandbox), known)
        wrong = {problem.id: found for (problem, _), found in zip(known, rejected, strict=True)}
    return Subjects(known, {problem.id: [problem.solution or ""] for problem, _ in known}, wrong)


def _known(row: Mapping[str, Any], sandbox: Sandbox) -> tuple[Problem, Expert] | None:
    try:
        return expert_of(row, sandbox)
    except UnusableError:
        return None


def _rejected_mutants(whole: Problem, problem: Problem, sandbox: Sandbox) -> list[str]:
    """Mutants of a gold that the benchmark's own tests reject, at random by the problem's id."""
    hurried = whole.model_copy(update={"limits": whole.limits.model_copy(update={"cpu_s": 1.0})})
    sources = [mutant.source for mutant in mutants(problem.solution or "")]
    drawn = random.Random(f"detection {problem.id}").sample(sources, min(2 * _MOST_MUTANTS, len(sources)))
    killed = (source for source in drawn if not grade_code(hurried, source, sandbox).solved)
    return list(islice(killed, _MOST_MUTANTS))


SUBJECTS = {"embedded": _embedded, "humaneval_plus": _humaneval_plus}


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.detection", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("runs/detection"))
    parser.add_argument("--benchmark", choices=SUBJECTS, default="embedded")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th problem")
    parser.add_argument("--loop", type=int, default=0, metavar="N", help="also make tests with N rounds of the loop")
    return parser.parse_args(words)


def _made(name: str, source: Path, output: Path, experts: Experts, selection: Mapping[str, Any] | None) -> list[Entry]:
    data = {"data": str(source), "keep_tiers": False}
    published = dict.fromkeys(TIERS, max(_BUDGETS))
    recipe = {"name": name, "source": data, "selection": selection, "tests": published, **_RECIPE}
    section = GenerationRecipe.model_validate(recipe).author
    with ReasoningAuthor(experts, section, _HABITS) as server:
        model = {"model": "openai/reasoner", "base_url": f"{server.url}/v1", "max_tokens": 32_000}
        counts = generate(GenerationRecipe.model_validate({**recipe, "generators": [model]}), output, resume=True)
    for count in counts:
        print(name, count.stage, count.kept, dict(count.dropped), dict(count.flags), flush=True)
    return list(load_entries(str(output / "entries.jsonl")))


def _table(
    entries: Sequence[Entry], subjects: Subjects, sandbox: Sandbox, arms: Sequence[tuple[str, int | None]]
) -> list[dict[str, Any]]:
    graded, asked = [], len(subjects.known)
    for entry in entries:
        graded.append(_graded(entry, subjects, sandbox))
        print(f"{len(graded)} of {len(entries)} graded", file=sys.stderr, flush=True)
    rows = [row for arm, budget in arms for row in _rows(arm, budget, graded, asked)]
    if arms is _SELECTED:
        rows += [_gained(budget, graded) for budget in _BUDGETS]
    for row in rows:
        print(json.dumps(row), flush=True)
    return rows


def _graded(entry: Entry, subjects: Subjects, sandbox: Sandbox) -> Graded:
    problem = with_inputs(entry.problem, sandbox).model_copy(update={"original_tests": ()})
    correct, wrong = subjects.right[problem.id], subjects.wrong[problem.id]
    failures = [_failures(problem, program, sandbox) for program in (*correct, *wrong)]
    every = frozenset(range(len(problem.tests)))
    judged = Judged(every, tuple(failures[: len(correct)]), tuple(failures[len(correct) :]))
    pool = [program for program in pool_of(entry, seed=0) if program.source not in wrong]
    assessment = assess(entry, pool, sandbox)
    places = {(test.input, test.generated): number for number, test in enumerate(entry.problem.tests)}
    chosen: dict[int, list[tuple[Tier | None, int]]] = {}
    for count in _BUDGETS:
        tests = selected(assessment, dict.fromkeys(TIERS, count)).problem.tests
        chosen[count] = [(test.tier, places[test.input, test.generated]) for test in tests]
    return Graded(problem, judged, chosen)


def _failures(problem: Problem, program: str, sandbox: Sandbox) -> frozenset[int]:
    seen = observe(problem, program, sandbox, times=1)
    return frozenset(number for number, each in enumerate(seen) if each.verdict is not Verdict.PASSED)


def _rows(arm: str, budget: int | None, graded: Sequence[Graded], asked: int) -> Iterator[dict[str, Any]]:
    """One row per highest tier."""
    for top, tier in enumerate(TIERS):
        draws = [_measured(arm, budget, graded, top, draw) for draw in range(_DRAWS if arm == "programs" else 1)]
        kept = {"kept": len(graded), "of": asked, "per_tier": budget or "all"}
        figures = {key: round(mean(draw[key] for draw in draws), 2) for key in draws[0]}
        yield {"arm": arm, "up_to": str(tier), **kept, **figures}


def _gained(budget: int, graded: Sequence[Graded]) -> dict[str, Any]:
    """The selection's TNR minus that of random tests, in points: the mean over problems and its 95 % interval."""
    differences = []
    for each in graded:
        rng = random.Random(each.problem.id)
        shares = [_rejected(each, "programs", budget, rng) for _ in range(_DRAWS)]
        differences.append(_rejected(each, "selection", budget, rng) - mean(shares))
    found = mean_difference(differences, sum(len(each.judged.wrong) for each in graded))
    points = [round(100 * value, 2) for value in (found.value, found.low, found.high)] if found else None
    return {"arm": "selection minus programs", "per_tier": budget, "tnr_difference": points}


def _rejected(graded: Graded, arm: str, budget: int, rng: random.Random) -> float:
    judged = graded.only(graded.tests(arm, budget, rng, len(TIERS) - 1))
    return judged.rejected / max(1, len(judged.wrong))


def _measured(arm: str, budget: int | None, graded: Sequence[Graded], top: int, draw: int) -> dict[str, float]:
    drawing = [random.Random(f"{draw} {each.problem.id}") for each in graded]
    chosen = [(each, each.tests(arm, budget, rng, top)) for each, rng in zip(graded, drawing, strict=True)]
    found = detection([each.only(tests) for each, tests in chosen])
    shares = {key: getattr(found, key) for key in ("tpr", "tnr", "dr", "vacc")}
    return {"tests": mean(len(tests) for _, tests in chosen)} | {
        key: 100 * estimate.value for key, estimate in shares.items() if estimate
    }


if __name__ == "__main__":
    main()
