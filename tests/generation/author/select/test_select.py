"""The generator `select`, in the real sandbox, on rows in the form of HumanEval+ and of CodeContests."""

import json
import os

import pytest

from tarot_bench.dataset import Entry
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.generation.author.authors import open_authors
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.select.author import SelectAuthor
from tarot_bench.generation.author.select.pools import Pools
from tarot_bench.generation.factory import generate
from tarot_bench.generation.measure.tracing import steps_of
from tarot_bench.generation.recipe import load_recipe
from tarot_bench.generation.selection.rejecting import rejections
from tarot_bench.generation.source.stage import SourceSettings, SourceStage
from tarot_bench.grading import grade_code
from tarot_bench.problem import TIERS, Tier
from tarot_bench.runs.generation import ENTRIES
from tarot_bench.training.data.rows import split
from tests.generation.author.select.rows import MEANS, RISING, SUMS

SELECT = GeneratorSettings(model="select")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "rows.jsonl"

    def made(*rows, **settings):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return SourceSettings(data=str(path), **settings)

    return made


def wants_of(settings):
    return [Wanted(outcome.entry, TIERS) for outcome in SourceStage(settings).run(()) if outcome.entry]


def draft(settings, sandbox, *, wants=None, seed=0, generator=SELECT):
    return list(SelectAuthor(generator, Pools(settings), sandbox, seed).draft(wants or wants_of(settings)))


def test_inputs_with_outputs_that_nobody_reads_are_not_chosen(source, sandbox):
    """Validation would refuse some of them, and the tier would be missing."""
    doubling = {
        **RISING,
        "prompt": 'def echo(count):\n    """Count times the letter x."""\n',
        "canonical_solution": "    return 'x' * count\n",
        "entry_point": "echo",
        "test": "def check(candidate):\n    assert candidate(1) == 'x'\n",
        "base_input": [[1], [2]],
        "plus_input": [[count] for count in (0, 3, 5, 8, 21, 100, 30_000, 2_000_000, 7_000_000)],
    }
    (made,) = draft(source(doubling), sandbox)
    assert [test.tier for test, _ in made.tests] == list(TIERS)
    assert max(len(test.output) for test, _ in made.tests) <= 102


def test_each_tier_is_a_valid_input_of_the_pool_and_work_rises(source, sandbox):
    settings = source(RISING, MEANS)
    for wanted, made in zip(wants_of(settings), draft(settings, sandbox), strict=True):
        problem = wanted.entry.problem
        tests = tuple(test for test, _ in made.tests)
        assert (made.reason, [test.tier for test in tests]) == (None, list(TIERS))
        assert {test.input for test in tests} <= {test.input for test in Pools(settings).of(problem.id).tests}
        chosen = problem.model_copy(update={"tests": tests})
        assert grade_code(chosen, problem.solution, sandbox).solved
        basic, intermediate, complex_, _ = steps_of(chosen, sandbox)
        assert basic < intermediate < complex_
        assert all(provenance.generator == "select" for _, provenance in made.tests)


def test_the_edge_of_a_list_is_a_short_one(source, sandbox):
    (made,) = draft(source(RISING), sandbox)
    assert json.loads(made.tests[-1][0].input) in ([[]], [[4]], [[1, 2]])


def test_inputs_on_which_the_gold_fails_are_never_chosen(source, sandbox):
    many = GeneratorSettings(model="select", tests=dict.fromkeys(TIERS, 9))
    (made,) = draft(source(MEANS), sandbox, generator=many)
    inputs = {test.input for test, _ in made.tests}
    assert len(inputs) == 13
    assert "[[]]" not in inputs
    assert made.reason == "too-few-inputs"


def test_declared_outputs_that_the_gold_contradicts_are_never_chosen(source, sandbox):
    many = GeneratorSettings(model="select", tests=dict.fromkeys(TIERS, 9))
    (made,) = draft(source(SUMS), sandbox, generator=many)
    tests = {test.input: test.output for test, _ in made.tests}
    assert "1\n8\n" not in tests
    assert tests["2\n4 5\n"] == "9\n"


def test_some_tier_rejects_the_wrong_solution_of_the_source(source, sandbox):
    settings = source(SUMS)
    (made,) = draft(settings, sandbox)
    (wanted,) = wants_of(settings)
    (wrong,) = Pools(settings).of(wanted.entry.problem.id).wrong
    chosen = wanted.entry.problem.model_copy(update={"tests": tuple(test for test, _ in made.tests)})
    assert not grade_code(chosen, wrong, sandbox).solved


def test_the_same_seed_gives_the_same_tests_whatever_else_is_asked_for(source, sandbox):
    settings = source(RISING, MEANS, SUMS)
    wants = wants_of(settings)
    together = draft(settings, sandbox)
    assert draft(settings, sandbox, wants=wants[::-1])[::-1] == together
    assert draft(settings, sandbox, wants=wants[1:2]) == together[1:2]


def test_tests_per_tier_are_those_of_the_recipe(source, sandbox):
    generator = GeneratorSettings(model="select", tests={"basic": 2, "edge": 0})
    (made,) = draft(source(RISING), sandbox, generator=generator)
    assert [test.tier for test, _ in made.tests] == ["basic", "basic", "intermediate", "complex"]


def test_a_refused_input_is_not_chosen_again(source, sandbox):
    settings = source(RISING)
    (first,) = draft(settings, sandbox)
    edge = first.tests[-1][0]
    failure = FailedTest(Tier.EDGE, edge.input, edge.output, "", "gold-not-deterministic: the gold's runs differ")
    (wanted,) = wants_of(settings)
    (again,) = draft(settings, sandbox, wants=[Wanted(wanted.entry, (Tier.EDGE,), 1, (failure,))])
    assert again.tests[0][0].input != edge.input


def test_a_problem_without_a_pool_says_so(source, sandbox):
    elsewhere = Pools(SourceSettings(data="embedded"))
    (none,) = SelectAuthor(SELECT, elsewhere, sandbox).draft(wants_of(source(RISING)))
    assert (none.tests, none.reason) == ((), "no-pool")


def test_mutants_that_no_test_tells_from_the_gold_count_for_nothing(source, sandbox):
    (wanted,) = wants_of(source(RISING))
    problem = wanted.entry.problem
    (made,) = draft(source(RISING), sandbox)
    tests = [test for test, _ in made.tests]
    hanging = "def count_rises(values):\n    while True:\n        pass\n"
    programs = [problem.solution, problem.solution.replace("left < right", "left <= right"), hanging]
    found = rejections(problem, tests, programs, sandbox, mutants_of=0.01)
    assert not any(0 in numbers or 2 in numbers for numbers in found)
    assert 1 in frozenset().union(*found)


def test_one_command_makes_an_evaluation_set_that_is_not_trained_on(source, tmp_path):
    rows, run = source(RISING, MEANS).data, tmp_path / "run"
    changes = [f"source.data={rows}", "measure.most_mutants=0", "validate.record_cpu=false"]
    recipe = load_recipe("select-humaneval-plus", changes)
    generate(recipe, run)
    problems = problems_in(run)
    assert [problem.id for problem in problems] == ["Own/0", "Own/1"]
    assert all(len(problem.at(tier)) == 1 for problem in problems for tier in TIERS)
    assert all(problem.origin.evaluation_only for problem in problems)
    with pytest.raises(DataError, match="for evaluation only"):
        split(problems, 0, 0)
    generate(recipe, run, start="author")
    assert problems_in(run) == problems


def problems_in(run):
    return [Entry.model_validate_json(line).problem for line in (run / ENTRIES).read_text().splitlines()]


def test_a_setting_of_select_is_refused_for_other_generators():
    with pytest.raises(ValueError, match="`tests` is a setting of `select`"):
        GeneratorSettings(model="mutate", tests={"basic": 2})


def test_select_needs_a_source(tmp_path, sandbox):
    with pytest.raises(RecipeError, match="needs a source"), open_authors([SELECT], tmp_path, sandbox):
        pass


def test_tasks_with_several_right_answers_are_left_out_of_evalplus_rows(source):
    (outcome,) = SourceStage(source({**RISING, "task_id": "HumanEval/32"})).run(())
    assert (outcome.entry, outcome.reason) == (None, "several-answers")


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "rows"), [("select-humaneval-plus", 164), ("select-mbpp-plus", 378)])
def test_the_benchmark_file_itself_becomes_four_tiers(recipe, rows, shared_data, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "TAROT_DATA_DIR", str(shared_data))
    made = load_recipe(recipe)
    read = list(SourceStage(made.source).run(()))
    assert len(read) == rows
    assert {outcome.reason for outcome in read} == {None, "several-answers"}
    few = load_recipe(recipe, ["source.limit=8", "measure=null"])
    generate(few, tmp_path / "run")
    problems = problems_in(tmp_path / "run")
    assert all(len(problem.at(tier)) == 1 for problem in problems for tier in TIERS)
    assert len(problems) >= 6
