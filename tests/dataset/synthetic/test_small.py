import io
import json
import subprocess
import sys
import tokenize

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.synthetic import small_family
from tarot_bench.dataset.synthetic.small import small_tasks
from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS, Tier


def test_a_gold_program_prints_what_the_independent_evaluation_says():
    """One process for all: each gold is run as a module body with its own standard input file."""
    script = """
import builtins, contextlib, io, json, sys
for gold, text in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(gold, "gold", "exec"), {"open": lambda _fd: io.StringIO(text)})
    print(json.dumps(said.getvalue()))
"""
    cases = [(problem.solution, test.input, test.output) for problem in small_family() for test in problem.tests]
    made = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps([case[:2] for case in cases]), capture_output=True, text=True
    )
    assert [json.loads(line) for line in made.stdout.splitlines()] == [case[2] for case in cases], made.stderr


def test_every_gold_program_is_under_eighty_tokens():
    for task in small_tasks():
        tokens = list(tokenize.generate_tokens(io.StringIO(task.gold).readline))
        assert len(tokens) < 80, task.gold


def test_every_tier_has_two_tests_and_edge_has_two_answers():
    for problem in small_family(seed=3):
        for tier in TIERS:
            assert len({test.input for test in problem.at(tier)}) == 2
        assert len({test.output for test in problem.at(Tier.EDGE)}) == 2, problem.id


def test_ids_statements_and_golds_are_distinct_and_the_same_seed_gives_the_same_problems():
    problems = small_family(seed=1)
    for values in ({p.id for p in problems}, {p.statement for p in problems}, {p.solution for p in problems}):
        assert len(values) == len(problems)
    assert problems == small_family(seed=1)
    assert [p.id for p in problems] != [p.id for p in small_family(seed=2)]


def test_the_family_is_loaded_by_name_and_a_larger_one_is_refused():
    assert [problem.id for problem in load_problems("synthetic-small:3")] == [p.id for p in small_family()[:3]]
    assert load_problems("synthetic-small:3@1").problems != load_problems("synthetic-small:3").problems
    for source in ("synthetic-small:0", "synthetic-small:577", "synthetic-small:x"):
        with pytest.raises(DataError, match="synthetic-small"):
            load_problems(source)
