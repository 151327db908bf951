"""The effect of another version of a dataset on the recorded verdicts of real runs."""

import pytest

import tarot_bench as tb
from tarot_bench.dataset import load_problems, write_jsonl
from tarot_bench.errors import DataError
from tarot_bench.evaluation.effect import effect
from tarot_bench.problem import Tier
from tests.generation.making import case_of, entry_of


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Two problems, and a run of their golds: `a` passes; the edge test of `b` is wrong, so that its gold fails it."""
    folder = tmp_path_factory.mktemp("effect")
    tests = entry_of().problem.tests
    wrong = (*tests[:3], case_of(Tier.EDGE, "0", "7\n"))
    problems = [entry_of("a").problem, entry_of("b", tests=wrong).problem]
    write_jsonl(problems, folder / "first.jsonl")
    tb.evaluate("gold", folder / "run", data=str(folder / "first.jsonl"))
    return folder / "run", load_problems(folder / "first.jsonl").problems


def without(problem, tier):
    return problem.model_copy(update={"tests": tuple(test for test in problem.tests if test.tier is not tier)})


def changes(made):
    return [(each.problem, each.before, each.after) for each in made.changed]


def test_equal_versions_change_nothing(world):
    run, problems = world
    made = effect(run, problems, problems)
    assert (made.samples, made.changed, made.left_out) == (2, (), {})
    assert (made.before, made.after_low, made.after_high) == (0.5, 0.5, 0.5)


def test_a_retracted_test_lets_a_sample_pass(world):
    run, (a, b) = world
    made = effect(run, [a, b], [a, without(b, Tier.EDGE)])
    assert changes(made) == [("b", "failed", "passed")]
    assert (made.before, made.after_low, made.after_high) == (0.5, 1.0, 1.0)


def test_a_corrected_or_added_test_is_unknown_unless_another_one_fails(world):
    run, (a, b) = world
    corrected = b.model_copy(update={"tests": (*b.tests[:3], case_of(Tier.EDGE, "0"))})
    added = a.model_copy(update={"tests": (*a.tests, case_of(Tier.EDGE, "5 5"))})
    made = effect(run, [a, b], [added, corrected])
    assert changes(made) == [("a", "passed", "unknown"), ("b", "failed", "unknown")]
    assert (made.after_low, made.after_high) == (0.0, 1.0)
    more = b.model_copy(update={"tests": (*b.tests, case_of(Tier.BASIC, "5 5"))})
    assert changes(effect(run, [a, b], [a, more])) == [], "it fails the edge test in any case"


def test_a_moved_test_keeps_its_verdict_and_a_removed_problem_is_left_out(world):
    run, (a, b) = world
    moved = a.model_copy(update={"tests": (*a.tests[:3], a.tests[3].model_copy(update={"tier": Tier.BASIC}))})
    made = effect(run, [a, b], [moved])
    assert (made.changed, made.left_out, made.after_low) == ((), {"removed problem": 1}, 1.0)


def test_other_limits_make_every_sample_unknown(world):
    run, (a, b) = world
    slower = a.limits.model_copy(update={"cpu_s": 60.0})
    assert changes(effect(run, [a, b], [a.model_copy(update={"limits": slower}), b])) == [("a", "passed", "unknown")]


def test_a_run_of_other_tests_is_refused(world, tmp_path):
    run, (a, b) = world
    with pytest.raises(DataError, match="no verdicts on the first version"):
        effect(run, [without(a, Tier.EDGE), without(b, Tier.EDGE)], [a, b])
    with pytest.raises(DataError, match="those with grades: tarot"):
        effect(run, [a], [b], benchmark="humaneval")
