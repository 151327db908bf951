"""The published TAROT shape: exact in both directions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.dataset import load_problems, native, published, tarot_v1
from tarot_bench.errors import DataError
from tarot_bench.problem import GeneratedInput, TestCase, Tier
from tests.dataset.strategies import problems as any_problem
from tests.dataset.strategies import tarot_rows


def case(label, text, **more):
    return {"input": text, "output": text, "type": "stdin_stdout", "label": label, "reason": f"why {label}", **more}


@pytest.fixture
def row():
    return {
        "source": "apps",
        "task_type": "verifiable_code",
        "in_source_id": "833",
        "problem": "Echo the line.\n",
        "gold_standard_solution": "```python\nprint(input())\n\n```",
        "verification_info": {
            "language": "python",
            "test_cases": [case(label, f"{label}\n") for label in (None, "basic", "medium", "high", "edge")],
        },
        "metadata": {"difficulty": "easy", "problem_url": None},
        "problem_id": "vfc_1",
        "custom_id": "request-1",
    }


def same(left, right):
    """Equal including the order of keys."""
    return json.dumps(left) == json.dumps(right)


@given(tarot_rows())
def test_a_row_survives_with_the_order_of_its_keys(row):
    assert same(tarot_v1.to_row(tarot_v1.from_row(row)), row)


@given(tarot_rows())
def test_a_row_survives_our_own_schemas_in_between(row):
    problem = tarot_v1.from_row(row)
    assert same(tarot_v1.to_row(native.from_row(json.loads(json.dumps(native.to_row(problem))))), row)
    assert same(tarot_v1.to_row(published.from_row(published.to_row(problem))), row)


def test_labels_become_tiers_and_the_null_one_is_the_original_test(row):
    problem = tarot_v1.from_row(row)
    assert [test.tier for test in problem.tests] == list(Tier)
    assert [test.input for test in problem.tests] == ["basic\n", "medium\n", "high\n", "edge\n"]
    assert [(test.tier, test.input) for test in problem.original_tests] == [(None, "None\n")]


def test_what_the_source_says_of_a_problem_is_its_origin(row):
    origin = tarot_v1.from_row(row).origin
    assert (origin.source, origin.id, origin.difficulty, origin.url) == ("apps", "833", "easy", None)


def test_the_gold_is_bare_code_and_its_fence_comes_back(row):
    problem = tarot_v1.from_row(row)
    assert problem.solution == "print(input())\n\n"
    repaired = problem.model_copy(update={"solution": "print(1)\n"})
    assert tarot_v1.to_row(repaired)["gold_standard_solution"] == "```python\nprint(1)\n```"


@given(st.text() | st.lists(st.sampled_from(["```", "\n", "python", " ", "x", "`"])).map("".join))
def test_a_split_fence_always_joins_to_the_text(text):
    assert "".join(tarot_v1.split_fence(text)) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\nx\n```", "x\n"),
        ("```\nx\n```\n", "x\n"),
        ("```python\nx", "x"),
        ("x", "x"),
        ("s = '''\n```\n'''", "s = '''\n```\n'''"),
        ("```python\ns = '```'\n```", "s = '```'\n"),
        (None, None),
    ],
)
def test_only_a_fence_around_the_whole_gold_is_taken_off(text, code):
    assert tarot_v1.split_fence(text)[1] == code


@pytest.mark.parametrize(
    ("gone", "name"), [((), "vfc_1"), (("problem_id",), "request-1"), (("problem_id", "custom_id"), "833")]
)
def test_the_id_falls_back_to_the_other_columns(row, gone, name):
    for column in gone:
        row[column] = None
    problem = tarot_v1.from_row(row)
    assert problem.id == name
    assert same(tarot_v1.to_row(problem), row)


def test_a_renamed_problem_is_exported_under_its_new_name(row):
    problem = tarot_v1.from_row(row).model_copy(update={"id": "new"})
    assert tarot_v1.to_row(problem)["problem_id"] == "new"


def test_added_tests_are_exported_with_published_labels_originals_first(row):
    problem = tarot_v1.from_row(row)
    more = (*problem.tests, TestCase(tier=Tier.COMPLEX, input="more", output="more"))
    cases = tarot_v1.to_row(problem.model_copy(update={"tests": more}))["verification_info"]["test_cases"]
    assert [one["label"] for one in cases] == [None, "basic", "medium", "high", "edge", "high"]
    assert list(cases[-1]) == ["input", "output", "type", "label", "reason"]


@given(any_problem(most_programs=0))
def test_a_problem_of_any_source_can_be_exported_and_read_again(problem):
    again = tarot_v1.from_row(tarot_v1.to_row(problem))
    assert (again.id, again.statement, again.tests, again.original_tests) == (
        problem.id,
        problem.statement,
        problem.tests,
        problem.original_tests,
    )


def test_function_tests_take_arguments_as_values_or_as_text(row):
    row["verification_info"]["test_cases"] = [
        {"type": "function_call", "fn_name": "f", "input": [1, "a"], "output": [2], "label": "basic"},
        {"type": "function_call", "fn_name": "f", "input": "[1, 2]", "output": '"x"', "label": "edge"},
    ]
    problem = tarot_v1.from_row(row)
    assert (problem.style, problem.entry_point) == ("function", "f")
    assert [(test.input, test.output) for test in problem.tests] == [('[1, "a"]', "[2]"), ("[1, 2]", '"x"')]
    assert same(tarot_v1.to_row(problem), row)


def test_a_python_suite_has_no_published_form(row):
    suite = TestCase(tier=Tier.BASIC, input="def check(candidate): pass", kind="suite")
    problem = tarot_v1.from_row(row).model_copy(update={"tests": (suite,), "original_tests": ()})
    with pytest.raises(DataError, match="cannot be written in the TAROT row format"):
        tarot_v1.to_row(problem)


def test_an_input_that_is_not_stored_has_no_published_form(row):
    recipe = GeneratedInput(program="g", seed=1, digest="0" * 64, size=9)
    tests = (TestCase(tier=Tier.BASIC, input="", output="1", generated=recipe),)
    with pytest.raises(DataError, match=r"needs the input of every test"):
        tarot_v1.to_row(tarot_v1.from_row(row).model_copy(update={"tests": tests}))


@pytest.mark.parametrize(
    ("info", "fault"),
    [
        ({"language": "cpp"}, "problem 'vfc_1': unknown language 'cpp'; the languages are python"),
        ({"language": None}, "unknown language None"),
        ({"test_cases": []}, "problem 'vfc_1' has no tests"),
        ({"test_cases": None}, "verification_info must be"),
        ({"test_cases": ["x"]}, "verification_info must be"),
        ({"test_cases": [case("hard", "")]}, "problem 'vfc_1': unknown tier label 'hard'; the labels are basic, "),
        ({"test_cases": [case("edge", "", type="files")]}, "unknown test type 'files'; the types are stdin_stdout, "),
        ({"test_cases": [case("edge", 7)]}, "problem 'vfc_1': tests.0.input: "),
        ({"test_cases": [case("edge", "x", type="function_call")]}, "needs a list of arguments"),
        ({"test_cases": [case("edge", "[]", type="function_call")]}, "must name the same function in fn_name"),
        ({"test_cases": [case("edge", ""), case("edge", [], type="function_call", fn_name="f")]}, "in a function prob"),
    ],
)
def test_a_faulty_row_is_one_line_that_names_the_problem(row, info, fault):
    row["verification_info"] |= info
    with pytest.raises(DataError) as caught:
        tarot_v1.from_row(row)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_row_without_any_id_names_the_columns_for_it(row):
    row |= {"problem_id": None, "custom_id": None, "in_source_id": ""}
    with pytest.raises(DataError, match="no id; the columns for it are problem_id, custom_id, in_source_id"):
        tarot_v1.from_row(row)


def test_the_real_rows_have_all_tiers_one_original_and_survive(real_rows):
    problems = load_problems(real_rows)
    assert len(problems) == 7
    for line, problem in zip(real_rows.read_text("utf-8").splitlines(), problems, strict=True):
        assert [test.tier for test in problem.tests] == list(Tier)
        assert len(problem.original_tests) == 1
        assert "```" not in problem.solution
        compile(problem.solution, problem.id, "exec")
        assert same(tarot_v1.to_row(problem), json.loads(line))


AS_TEXT = {
    "verification_info": lambda row: {**row, "verification_info": json.dumps(row["verification_info"])},
    "metadata": lambda row: {**row, "metadata": json.dumps(row["metadata"])},
    "both": lambda row: {**row, **{key: json.dumps(row[key]) for key in ("verification_info", "metadata")}},
    "its tests": lambda row: {
        **row,
        "verification_info": row["verification_info"]
        | {"test_cases": json.dumps(row["verification_info"]["test_cases"])},
    },
}


@pytest.mark.parametrize("name", AS_TEXT)
def test_objects_that_are_given_as_json_text_are_read_as_objects(name, row):
    assert tarot_v1.from_row(AS_TEXT[name](row)) == tarot_v1.from_row(row)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"x"', "{'language': 'python'}", "[" * 100_000])
def test_text_that_is_no_such_object_is_one_line(text, row):
    with pytest.raises(DataError, match="verification_info must be") as caught:
        tarot_v1.from_row({**row, "verification_info": text})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [native, published])
def test_tests_that_are_given_as_json_text_are_read_as_objects(shape, row):
    problem = tarot_v1.from_row(row)
    given = json.loads(json.dumps(shape.to_row(problem)))
    assert shape.from_row({**given, "tests": json.dumps(given["tests"])}) == problem
