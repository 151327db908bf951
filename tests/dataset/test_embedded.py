"""The embedded problem set: its shape, and that its golds and near misses do what they claim."""

import ast
import json
import re
from collections import Counter

import pytest
import yaml

from tarot_bench.dataset import embedded
from tarot_bench.dataset.embedded import NearMiss, load_embedded, near_misses
from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS, Problem, TestCase, Tier

EXAMPLE_TEXT = re.compile(r"Example input:\n\n(?P<input>.*?)\n\nExample output:\n\n(?P<output>.*?)\n*\Z", re.DOTALL)
EXAMPLE_CALL = re.compile(r"Example: `\w+\((?P<args>.*)\)` returns `(?P<returns>.*)`\.", re.DOTALL)
PROBLEMS = load_embedded()
MISSES = near_misses()


def by_id(problem: Problem) -> str:
    return problem.id.removeprefix("embedded/")


def by_name(miss: NearMiss) -> str:
    return f"{miss.problem_id.removeprefix('embedded/')}-{miss.name}"


def test_there_are_enough_problems_of_both_styles():
    styles = Counter(problem.style for problem in PROBLEMS)
    assert len(PROBLEMS) >= 40
    assert styles["stdin"] >= 30
    assert styles["function"] >= 10
    assert sum("." in (problem.entry_point or "") for problem in PROBLEMS) >= 3, "methods of class Solution"


def test_problems_are_sorted_by_id_and_cached():
    ids = [problem.id for problem in PROBLEMS]
    assert ids == sorted(set(ids))
    assert load_embedded() is PROBLEMS
    assert near_misses() is MISSES


def test_every_kind_of_checker_is_used():
    kinds = {problem.checker.kind for problem in PROBLEMS}
    assert kinds == {"lines", "tokens", "float", "unordered_lines", "program"}


def test_topics_and_difficulties_are_diverse():
    topics = {topic for problem in PROBLEMS for topic in problem.origin.extra["topics"]}
    assert len(topics) >= 40
    assert {"graphs", "dynamic programming", "parsing", "geometry", "dates", "big integers", "game theory"} <= topics
    assert {problem.origin.difficulty for problem in PROBLEMS} == {"easy", "medium", "hard"}


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_every_tier_has_two_or_three_tests_with_reasons(problem):
    for tier in TIERS:
        tests = problem.at(tier)
        assert 2 <= len(tests) <= 3
        assert all(test.reason and test.reason.strip() for test in tests)


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_no_tier_can_be_passed_by_one_constant_answer(problem):
    for tier in TIERS:
        assert len({test.output.strip() for test in problem.at(tier)}) > 1


def worked_example(problem: Problem) -> TestCase:
    """The example in a problem's statement, as a test."""
    if problem.style == "function":
        shown = EXAMPLE_CALL.search(problem.statement)
        args, returns = ast.literal_eval(f"[{shown['args']}]"), ast.literal_eval(shown["returns"])
        return TestCase(tier=Tier.BASIC, input=json.dumps(args), output=json.dumps(returns), kind="call")
    shown = EXAMPLE_TEXT.search(problem.statement)
    text, answer = (re.sub(r"^ {4}", "", shown[part], flags=re.MULTILINE) for part in ("input", "output"))
    return TestCase(tier=Tier.BASIC, input=text + "\n", output=answer + "\n")


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_no_input_is_used_twice_or_given_away_by_the_statement(problem):
    inputs = [test.input for test in problem.tests]
    assert len(set(inputs)) == len(inputs)
    assert worked_example(problem).input not in inputs


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_function_problems_show_a_signature_and_a_docstring(problem):
    assert problem.solution
    if problem.style == "function":
        name = problem.entry_point.split(".")[-1]
        assert f"def {name}(" in problem.starter_code
        assert '"""' in problem.starter_code


def test_every_problem_has_near_misses_that_pass_basic_and_fail_a_higher_tier():
    counts = Counter(miss.problem_id for miss in MISSES)
    assert set(counts) == {problem.id for problem in PROBLEMS}
    assert set(counts.values()) <= {1, 2, 3}
    for miss in MISSES:
        assert Tier.BASIC in miss.passes
        assert miss.fails
        assert sorted((*miss.passes, *miss.fails)) == list(TIERS)
    assert len({by_name(miss) for miss in MISSES}) == len(MISSES)


def test_every_higher_tier_catches_near_misses_that_no_other_tier_catches():
    alone = Counter(miss.fails[0] for miss in MISSES if len(miss.fails) == 1)
    assert all(alone[tier] >= 2 for tier in (Tier.INTERMEDIATE, Tier.COMPLEX, Tier.EDGE))


GOOD_FILE = {
    "id": "embedded/tiny",
    "title": "Tiny",
    "style": "stdin",
    "difficulty": "easy",
    "topics": ["warm-up"],
    "statement": "Echo.",
    "solution": "print(input())",
    "tests": {"basic": [{"input": "a\n", "output": "a\n", "reason": "a word"}]},
    "near_misses": [{"name": "n", "why": "w", "fails": ["edge"], "program": "print()"}],
}


def read(folder, **changes):
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(GOOD_FILE | changes))
    return embedded._read(path)


def test_a_well_formed_file_becomes_a_problem_and_its_near_misses(tmp_path):
    problem, (miss,) = read(tmp_path)
    assert problem.at(Tier.BASIC)[0].output == "a\n"
    assert miss.passes == (Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "embedded/other"},
        {"colour": "red"},
        {"topics": []},
        {"near_misses": []},
        {"tests": {"basic": [{"input": "a\n", "returns": 3, "reason": "half of each shape"}]}},
        {"tests": {"basic": [{"input": "a\n", "output": "a\n"}]}},
        {"tests": {}},
    ],
)
def test_a_malformed_file_is_one_line_that_names_it(tmp_path, changes):
    with pytest.raises(DataError, match=r"^embedded problem tiny\.yaml: .+$"):
        read(tmp_path, **changes)


def test_a_file_that_is_not_yaml_is_named(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("id: [unclosed")
    with pytest.raises(DataError, match=r"broken\.yaml"):
        embedded._read(path)


@pytest.fixture(scope="module")
def sandbox():
    from tarot_bench.sandbox import open_sandbox

    with open_sandbox() as opened:
        yield opened


def failing_tiers(problem, code, sandbox):
    from tarot_bench.grading import grade_code

    grade = grade_code(problem, code, sandbox)
    assert not grade.ungraded
    return tuple(tier for tier in TIERS if not grade.passed(tier)), grade


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_every_gold_passes_everything_within_a_fraction_of_its_limit(problem, sandbox):
    failed, grade = failing_tiers(problem, problem.solution, sandbox)
    assert failed == (), [result.detail for result in grade.results if result.detail]
    assert max(result.cpu_s for result in grade.results) < problem.limits.cpu_s / 2


def test_the_golds_reproduce_the_worked_examples(sandbox):
    for problem in PROBLEMS:
        example = problem.model_copy(update={"tests": (worked_example(problem),)})
        failed, grade = failing_tiers(example, problem.solution, sandbox)
        assert Tier.BASIC not in failed, (problem.id, grade.results[0].detail)


@pytest.mark.slow
@pytest.mark.parametrize("miss", MISSES, ids=by_name)
def test_every_near_miss_fails_exactly_the_tiers_it_is_said_to_fail(miss, sandbox):
    problem = next(problem for problem in PROBLEMS if problem.id == miss.problem_id)
    failed, grade = failing_tiers(problem, miss.program, sandbox)
    assert failed == miss.fails, [(result.tier, result.verdict, result.detail) for result in grade.results]
