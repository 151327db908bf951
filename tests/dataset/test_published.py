"""The flat layout: fit for Parquet, nothing lost."""

import io

import pyarrow as pa
import pytest
from hypothesis import given
from pyarrow import parquet

from tarot_bench.dataset import published
from tarot_bench.errors import DataError
from tests.dataset.strategies import problems as any_problem


@given(any_problem())
def test_a_problem_survives_its_published_row(problem):
    assert published.from_row(published.to_row(problem)) == problem


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
