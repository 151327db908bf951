import json
import re
import subprocess
import sys
from itertools import islice, pairwise

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.synthetic import entries
from tarot_bench.dataset.synthetic.filters import FILTERS
from tarot_bench.dataset.synthetic.maps import MAPS
from tarot_bench.dataset.synthetic.orders import ORDERS
from tarot_bench.dataset.synthetic.readers import READERS
from tarot_bench.dataset.synthetic.results import RESULTS
from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS, Tier

RUN_ALL = """
import contextlib, io, json, sys
for source, text in json.load(sys.stdin):
    said, ended = io.StringIO(), 0
    sys.stdin = io.StringIO(text)
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(source, "program", "exec"), {"__name__": "__main__"})
    except Exception:
        ended = 1
    print(json.dumps([ended, said.getvalue()]))
"""


@pytest.fixture(scope="module")
def made():
    return list(entries(800))


def run_all(pairs):
    """What programs of ours do on inputs, in one process: ``[exit code, output]`` each."""
    done = subprocess.run([sys.executable, "-c", RUN_ALL], input=json.dumps(pairs), capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_gold_prints_what_the_independent_evaluation_of_its_task_says(made):
    tests = [(entry.problem.solution, test) for entry in made for test in entry.problem.all_tests]
    results = run_all([(gold, test.input) for gold, test in tests])
    assert results == [[0, test.output] for _, test in tests]


def test_every_reader_step_and_result_takes_part(made):
    used = {part for entry in made for part in entry.problem.origin.id.split("/")}
    used = {part.rstrip("0123456789") for part in used}
    assert used == {kind.name for kind in (*READERS, *FILTERS, *MAPS, *ORDERS, *RESULTS)}


def test_validators_accept_every_input_of_their_problem(made):
    pairs = [(entry.validator, test.input) for entry in made[:300] for test in entry.problem.all_tests]
    assert run_all(pairs) == [[0, ""]] * len(pairs)


def test_validators_reject_emptiness_words_too_many_numbers_and_numbers_out_of_range(made):
    for damage in (
        lambda _text: "",
        lambda text: re.sub(r"\w+(?=\W*\Z)", "?!", text),
        lambda text: text + text * 70,
        lambda text: re.sub(r"[\w-]+(?=\W*\Z)", "9" * 30, text),
    ):
        pairs = [(entry.validator, damage(entry.problem.tests[2].input)) for entry in made[:150]]
        assert {ended for ended, _ in run_all(pairs)} == {1}


@pytest.mark.slow
def test_fifteen_thousand_problems_of_one_seed_are_distinct():
    ids, statements, golds = set(), set(), set()
    for entry in entries(15_500):
        ids.add(entry.problem.id)
        statements.add(entry.problem.statement.split("Example input")[0])
        golds.add(entry.problem.solution)
    assert len(ids) == len(statements) == len(golds) == 15_500


@pytest.mark.slow
def test_no_two_of_many_statements_are_near_duplicates(made):
    """Jaccard similarity of word 3-grams, examples left out, stays under the .65 of the near-duplicate search."""
    shingles = [
        {tuple(words[i : i + 3]) for i in range(len(words) - 2)}
        for entry in made
        for words in [re.findall(r"\w+", entry.problem.statement.split("Example input")[0].lower())]
    ]
    worst = max(len(a & b) / len(a | b) for n, a in enumerate(shingles) for b in shingles[:n])
    assert worst < 0.65


def test_each_tier_has_one_test_with_an_input_and_a_reason_of_its_own(made):
    for entry in made:
        tests = entry.problem.all_tests
        assert [test.tier for test in tests] == [*TIERS, None]
        assert len({test.input for test in tests}) == 5
        assert all(test.reason for test in entry.problem.tests)
        sizes = [len(entry.problem.at(tier)[0].input) for tier in (Tier.BASIC, Tier.COMPLEX)]
        assert sizes[0] < sizes[1]


def test_no_problem_is_solved_by_printing_a_constant_and_edges_differ_between_problems(made):
    for entry in made:
        assert len({test.output for test in entry.problem.tests[:3]}) == 3
    edges = [entry.problem.at(Tier.EDGE)[0].output for entry in made]
    assert max(map(edges.count, set(edges))) < len(edges) * 0.15


def test_a_larger_count_goes_on_where_a_smaller_one_ends_and_seeds_differ(made):
    assert list(entries(20)) == made[:20]
    other = list(islice(entries(20, seed=7), 20))
    assert not {entry.problem.id for entry in other} & {entry.problem.id for entry in made}
    assert not {entry.problem.statement for entry in other} & {entry.problem.statement for entry in made}


def test_another_process_with_another_hash_seed_makes_the_same_problems():
    script = "from tarot_bench.dataset import load_problems; print(load_problems('synthetic:50@3').revision)"
    said = [
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": str(seed)}, capture_output=True, text=True
        ).stdout.strip()
        for seed in (1, 2)
    ]
    assert said == [load_problems("synthetic:50@3").revision] * 2


def test_sets_have_names_counts_and_revisions():
    loaded = load_problems("synthetic:5")
    assert (len(loaded), loaded.source) == (5, "synthetic:5")
    assert loaded.revision.startswith("sha256:")
    assert load_problems("synthetic:5", revision=loaded.revision) == loaded
    with pytest.raises(DataError, match="not the requested sha256:0"):
        load_problems("synthetic:5", revision="sha256:0")


@pytest.mark.parametrize("name", ["synthetic:", "synthetic:0", "synthetic:x", "synthetic:5@", "synthetic:5@-1"])
def test_a_misspelt_count_or_seed_is_a_line_of_advice(name):
    with pytest.raises(DataError, match="write synthetic:N or synthetic:N@SEED"):
        load_problems(name)


def test_statements_name_the_bounds_that_their_validator_holds_inputs_to(made):
    for entry in made[:100]:
        for low, high in re.findall(r"assert all\((-?\d+) <= value <= (-?\d+)", entry.validator):
            assert re.search(rf"(?<![\d]){re.escape(low)}\b", entry.problem.statement)
            assert re.search(rf"\b{high}\b", entry.problem.statement)


def test_consecutive_problems_are_of_different_kinds(made):
    kinds = [entry.problem.origin.id for entry in made]
    assert sum(a == b for a, b in pairwise(kinds)) < 5
