"""Arguments and return values survive every dataset format, and the grader then judges what was written."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarot_bench.dataset import Entry, load_problems, write_jsonl
from tarot_bench.grading import grade_code
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.values import encode
from tarot_bench.verdict import Verdict
from tests.sandbox.test_values import plain

ECHO = "def echo(value):\n    return value\n"


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox("local", workers=1) as opened:
        yield opened


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(plain, min_size=1, max_size=5))
def test_values_survive_json_lines_and_parquet_and_are_judged_as_what_they_are(values, sandbox, tmp_path):
    from datasets import Dataset

    from tarot_bench.dataset import published

    def forms(value):
        coded = encode(value).decode()
        return [(repr([value]), repr(value)), (f"[{coded}]", coded), (repr([value]), coded)]

    tests = tuple(
        TestCase(tier=Tier.BASIC, kind="call", input=given, output=output)
        for value in values
        for given, output in forms(value)
    )
    problem = Problem(id="echo", statement="", style="function", entry_point="echo", tests=tests)
    write_jsonl([problem], tmp_path / "rows.jsonl")
    row = published.entry_to_row(Entry(problem=problem))
    Dataset.from_list([row]).to_parquet(tmp_path / "rows.parquet")
    for name in ("rows.jsonl", "rows.parquet"):
        (read,) = load_problems(tmp_path / name).problems
        assert read == problem
        assert read.digest == problem.digest
    made = grade_code(read, ECHO, sandbox)
    assert [result.verdict for result in made.results] == [Verdict.PASSED] * len(tests), json.dumps(
        [result.detail for result in made.results]
    )


@pytest.mark.parametrize(
    ("given", "expected", "wrong"),
    [
        ("[{3, 1}]", "{1, 3}", "{1, 2}"),
        ("[(1, 2)]", "(1, 2)", "(2, 1)"),
        ("[b'\\xff']", "b'\\xff'", "b'\\xfe'"),
        ("[-inf]", "-inf", "inf"),
        ("[None]", "None", "False"),
    ],
)
def test_a_wrong_value_is_no_right_one(given, expected, wrong, sandbox):
    tests = tuple(TestCase(tier=Tier.BASIC, kind="call", input=given, output=output) for output in (expected, wrong))
    problem = Problem(id="echo", statement="", style="function", entry_point="echo", tests=tests)
    verdicts = [result.verdict for result in grade_code(problem, ECHO, sandbox).results]
    assert verdicts == [Verdict.PASSED, Verdict.WRONG_ANSWER]
