"""The flat layout: fit for Parquet, nothing lost."""

import io
import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from pyarrow import parquet

from tarot_bench.dataset import Entry, Flag, Measurement, TestFacts, load_entries, load_problems, published
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem, TestCase, Tier
from tests.dataset.strategies import entries as any_entry
from tests.dataset.strategies import problems as any_problem


@settings(deadline=None, max_examples=50)
@given(any_problem())
def test_a_problem_survives_its_published_row(problem):
    assert published.from_row(published.to_row(problem)) == problem


@settings(deadline=None, max_examples=50)
@given(any_problem(), any_problem())
def test_any_two_problems_share_one_parquet_table(first, second):
    rows = [published.to_row(first), published.to_row(second)]
    table = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), table)
    read = parquet.read_table(table).to_pylist()
    assert [published.from_row(row) for row in read] == [first, second]


def test_every_column_is_written_in_order(problems):
    assert tuple(published.to_row(problems[0])) == published.COLUMNS


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"language": "rust"}, "unknown language 'rust'; the languages are python"),
        ({"tests": []}, "problem 'echo' has no tests"),
        ({"tests": None}, "problem 'echo' has no tests"),
        ({"tests": ["x"]}, "tests must be a list of objects"),
        ({"tests": [{"tier": "hard", "input": ""}]}, "unknown tier label 'hard'"),
        ({"tests": [{"tier": "edge", "inputs": ""}]}, "problem 'echo': "),
        ({"limit": 1, "foo": 2}, "problem 'echo': unknown columns limit, foo"),
        ({"extra": "{"}, "extra must hold JSON text"),
        ({"limits": "fast"}, "problem 'echo': limits"),
    ],
)
def test_a_faulty_row_is_one_line(problems, change, fault):
    with pytest.raises(DataError) as caught:
        published.from_row(published.to_row(problems[0]) | change)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=50)
@given(any_entry())
def test_an_entry_survives_its_published_row(entry):
    assert published.entry_from_row(published.entry_to_row(entry)) == entry


@settings(deadline=None, max_examples=50)
@given(any_entry())
def test_who_wants_problems_reads_past_what_is_known_of_them(entry):
    assert published.from_row(published.entry_to_row(entry)) == entry.problem


@settings(deadline=None, max_examples=50)
@given(any_entry(), any_entry())
def test_any_two_entries_share_one_parquet_table(first, second):
    table = io.BytesIO()
    rows = [published.entry_to_row(entry) for entry in (first, second)]
    parquet.write_table(pa.Table.from_pylist(rows), table)
    read = parquet.read_table(table).to_pylist()
    assert [published.entry_from_row(row) for row in read] == [first, second]


def test_an_answer_that_is_an_expression_stays_one():
    test = TestCase(tier=Tier.BASIC, kind="suite", input="def check(candidate):\n    candidate()\n")
    asked = {"id": "p", "statement": "", "style": "function", "entry_point": "f", "tests": (test,)}
    problem = Problem(**asked, answer_form="expression", starter_code="def f(): return <answer>")
    assert published.from_row(published.to_row(problem)) == problem


def test_facts_that_say_nothing_are_no_facts(problems):
    entry = Entry(problem=problems[0], facts=(TestFacts(), TestFacts()))
    assert published.entry_from_row(published.entry_to_row(entry)) == Entry(problem=problems[0])


def test_a_mistyped_measurement_is_one_line(problems):
    row = published.entry_to_row(Entry(problem=problems[0]))
    row["tests"][0]["kill_rate"] = 2
    with pytest.raises(DataError, match=r"problem 'echo': kill_rate: .*less than or equal to 1"):
        published.entry_from_row(row)


def test_entries_load_from_rows_of_any_shape(problems, tmp_path):
    known = Entry(
        problem=problems[0],
        facts=(TestFacts(measurement=Measurement(steps=7)), TestFacts()),
        flags=(Flag(stage="validate", reason="slow"),),
    )
    parquet.write_table(pa.Table.from_pylist([published.entry_to_row(known)]), tmp_path / "rows.parquet")
    (tmp_path / "rows.jsonl").write_text(problems[1].model_dump_json() + "\n")
    assert load_entries(tmp_path / "rows.parquet") == [known]
    assert load_entries(tmp_path / "rows.jsonl") == [Entry(problem=problems[1])]
    assert load_problems(tmp_path / "rows.parquet").problems == (problems[0],)


def test_a_flag_of_earlier_data_with_json_in_its_detail_is_read_as_fields(problems):
    told = {"tier": "edge", "input": "1\n", "expected": "2\n", "got": "3\n", "what": "line 1 differs"}
    row = published.entry_to_row(Entry(problem=problems[0]))
    row["flags"] = [{"stage": "validate", "reason": "gold-disagrees", "detail": json.dumps(told)}]
    (flag,) = published.entry_from_row(row).flags
    assert (flag.tier, flag.input, flag.expected, flag.got) == (Tier.EDGE, "1\n", "2\n", "3\n")
    assert flag.detail == "line 1 differs"
    assert Entry.model_validate_json(Entry(problem=problems[0], flags=(flag,)).model_dump_json()).flags == (flag,)


@pytest.mark.parametrize("detail", ["", "{", "{}", '{"tier": "edge"}', "[1]", "{1, 2} differ"])
def test_any_other_detail_of_a_flag_stays_text(detail):
    assert Flag(stage="s", reason="r", detail=detail).detail == detail
