"""Our own schema: nothing is lost, and a fault is one line that names problem and field."""

import json

import pytest
from hypothesis import given

from tarot_bench.dataset import load_problems, native, write_jsonl
from tarot_bench.dataset.native import build_problem
from tarot_bench.errors import DataError
from tests.dataset.strategies import problems as any_problem


@given(any_problem())
def test_a_problem_survives_its_json(problem):
    assert native.from_row(json.loads(json.dumps(native.to_row(problem)))) == problem


def test_written_problems_load_equal_and_leave_no_partial_file(tmp_path, problems):
    write_jsonl(problems, tmp_path / "set.jsonl")
    assert load_problems(tmp_path / "set.jsonl").problems == problems
    assert [path.name for path in tmp_path.iterdir()] == ["set.jsonl"]


def test_a_failing_source_leaves_the_old_file_as_it_was(tmp_path, problems):
    def broken():
        yield problems[1]
        raise RuntimeError("the source broke")

    write_jsonl(problems, tmp_path / "set.jsonl")
    with pytest.raises(RuntimeError):
        write_jsonl(broken(), tmp_path / "set.jsonl")
    assert load_problems(tmp_path / "set.jsonl").problems == problems


def test_null_and_left_out_mean_the_default(problems):
    row = native.to_row(problems[0])
    row |= {"limits": None, "checker": {"kind": None, "program": None}, "style": None, "entry_point": None}
    assert native.from_row(row) == problems[0]


def test_published_aliases_of_tiers_are_resolved(problems):
    row = native.to_row(problems[1])
    row["tests"][0]["tier"] = "high"
    assert native.from_row(row) == problems[1]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"tests": [], "original_tests": []}, "problem 'echo' has no tests"),
        ({"tests": None, "original_tests": None}, "problem 'echo' has no tests"),
        ({"cheker": {}}, "problem 'echo': unknown field 'cheker'"),
        ({"limits": {"cpu": 1}}, "problem 'echo': unknown field 'limits.cpu'"),
        ({"statement": 7}, "problem 'echo': statement: Input should be a valid string"),
        ({"style": "function"}, "problem 'echo' is function-style but names no entry_point"),
        ({"tests": [{"tier": "hard", "input": ""}]}, "unknown tier label 'hard'; the labels are basic, "),
        ({"tests": [{"tier": ["basic"], "input": ""}]}, "unknown tier label"),
        ({"tests": [{"tier": None, "input": ""}]}, "a test without a tier belongs to original_tests"),
        ({"tests": ["x"]}, "problem 'echo': tests.0: "),
        ({"tests": "x"}, "problem 'echo': tests: "),
        ({"limits": []}, "problem 'echo': limits: "),
        ({"solution": "\ud800"}, "problem 'echo': text that is not Unicode"),
    ],
)
def test_a_faulty_row_is_one_line_that_names_problem_and_field(problems, change, fault):
    with pytest.raises(DataError) as caught:
        native.from_row(native.to_row(problems[0]) | change)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_problem_without_an_id_says_so():
    with pytest.raises(DataError, match="problem None: id: Field required"):
        build_problem({"statement": "", "tests": [{"tier": "basic", "input": ""}]})
