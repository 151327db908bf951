"""The materials are right: their inputs are valid, golds and brute forces agree on them, illegal inputs are refused."""

import ast
import json
import subprocess
import sys

import pytest

from tarot_bench.dataset.embedded import load_embedded
from tarot_bench.grading import grade_code
from tarot_bench.problem import TIERS
from tests.materials import materials_of, runnable

PROBLEMS = {problem.id.partition("/")[2]: problem for problem in load_embedded()}
KNOWN = materials_of("embedded")
SEVERAL_ANSWERS = {"market-scale", "jumbled-shelves", "relay-odds"}
TYPED = 2500


def ran(program, text):
    return subprocess.run([sys.executable, "-I", "-c", program], input=text, capture_output=True, text=True, timeout=60)


def given(known, text):
    """A printed input as the line hands it on: the arguments of a function as JSON."""
    return json.dumps(ast.literal_eval(text)) if known.style == "function" else text


@pytest.mark.parametrize("name", ["bakery-queue", "critical-cables", "market-scale", "page-ranges"])
def test_inputs_are_valid_and_illegal_ones_are_refused(name):
    check(name, seeds=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_all_materials_are_right(name):
    check(name, seeds=4)


def test_every_embedded_problem_has_materials():
    assert {name: known.style for name, known in KNOWN.items()} == {
        name: problem.style for name, problem in PROBLEMS.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_independent_solutions_pass_all_tiers(name, sandbox):
    assert grade_code(PROBLEMS[name], KNOWN[name].solution, sandbox).solved


def check(name, seeds):
    known, problem = KNOWN[name], PROBLEMS[name]
    made = [ran(known.program(tier), f"{seed}\n") for tier in TIERS for seed in range(seeds)]
    assert all(run.returncode == 0 for run in made)
    assert all(ran(known.validating, given(known, run.stdout)).returncode == 0 for run in made)
    assert all(ran(known.validating, text).returncode == 1 for text in known.illegal)
    assert all(len(ran(known.program(tier, typed=True), "1\n").stdout) < TYPED for tier in TIERS)
    assert len({run.stdout for run in made}) > len(made) / 2
    if name not in SEVERAL_ANSWERS:
        agree(problem, known, known.solution, [run.stdout for run in made])
        agree(problem, known, known.brute_force or known.solution, [run.stdout for run in made[:seeds]])


def agree(problem, known, program, texts):
    """A program and the gold have the same outputs for these inputs."""
    first, gold = (runnable(problem, each) for each in (program, problem.solution))
    assert all(same(known, ran(first, text).stdout, ran(gold, text).stdout) for text in texts)


def same(known, first, second):
    return json.loads(first) == json.loads(second) if known.style == "function" else first.split() == second.split()
