"""Every embedded gold, near miss and a choice of mutants gets the same verdicts warm and in a fresh interpreter."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tarot_bench.dataset import load_embedded, near_misses
from tarot_bench.grading import grade_code
from tarot_bench.mutation import mutants
from tarot_bench.problem import TIERS
from tarot_bench.sandbox import open_sandbox

PROBLEMS = {problem.id: problem for problem in load_embedded()}
MUTANTS_PER_GOLD = 4


@pytest.fixture(scope="module")
def cold():
    with open_sandbox("cold") as opened:
        yield opened


def shortened(problem, tests=1, cpu_s=0.6):
    """A tight limit and a few tests per tier: runaways cost little, and no gold comes near it.

    There is more memory than a program can fill in that time, so that it does not run into two limits at once.
    """
    kept = tuple(test for tier in TIERS for test in problem.at(tier)[:tests])
    limits = problem.limits.model_copy(update={"cpu_s": cpu_s, "memory_mib": 4096})
    return problem.model_copy(update={"tests": kept, "limits": limits})


def disagreements(programs, warm, cold):
    """Those of (name, problem, code) whose verdicts differ, after a second look at those that ran near a limit."""

    def verdicts(problem, code, sandbox):
        return [result.verdict for result in grade_code(problem, code, sandbox).results]

    def differs(program):
        _, problem, code = program
        return verdicts(problem, code, warm) != verdicts(problem, code, cold)

    with ThreadPoolExecutor(min(warm.workers, cold.workers)) as pool:
        suspects = [program for program, differ in zip(programs, pool.map(differs, programs), strict=True) if differ]
    return [program[0] for program in suspects if differs(program)]


@pytest.mark.slow
def test_golds(sandbox, cold):
    golds = [(name, problem, problem.solution) for name, problem in PROBLEMS.items()]
    assert disagreements(golds, sandbox, cold) == []


@pytest.mark.slow
def test_near_misses(sandbox, cold):
    programs = [
        (f"{miss.problem_id} {miss.name}", shortened(PROBLEMS[miss.problem_id], tests=3), miss.program)
        for miss in near_misses()
    ]
    assert disagreements(programs, sandbox, cold) == []


@pytest.mark.slow
def test_mutants(sandbox, cold):
    programs = []
    for name, problem in PROBLEMS.items():
        found = list(mutants(problem.solution))
        chosen = random.Random(name).sample(found, min(MUTANTS_PER_GOLD, len(found)))
        programs += [(f"{name} {each.operator} {each.line}", shortened(problem), each.source) for each in chosen]
    assert len(programs) > 150
    assert disagreements(programs, sandbox, cold) == []
