"""Which shape a row has."""

import pytest

from tarot_bench.dataset import native, published, tarot_v1
from tarot_bench.dataset.shapes import SHAPES, to_problem
from tarot_bench.errors import DataError


@pytest.mark.parametrize("shape", [native, published, tarot_v1])
def test_a_row_is_known_by_its_columns(problems, shape):
    read = to_problem(shape.to_row(problems[0]))
    assert (read.id, read.all_tests) == (problems[0].id, problems[0].all_tests)


def test_columns_that_fit_no_shape_are_listed_with_the_shapes_known():
    with pytest.raises(DataError) as caught:
        to_problem({"question": "", "answer": ""})
    assert "question, answer" in str(caught.value)
    assert all(shape.name in str(caught.value) for shape in SHAPES)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": 1, "problem": "p", "tests": []}, ["no `statement`;", "rename the column `problem` to `statement`"]),
        ({"problem_id": 1, "prompt": "p"}, ["no `statement`;", "rename the column `prompt` to `statement`"]),
        ({"problem": "p"}, ["no `verification_info`;"]),
        ({"task_id": 1, "prompt": "p"}, ["no `id` and no `statement`", "`task_id` to `id`, `prompt` to `statement`"]),
    ],
)
def test_a_row_that_lacks_a_column_names_it_and_a_likely_one(row, said):
    with pytest.raises(DataError) as caught:
        to_problem(row)
    assert all(part in str(caught.value) for part in said), str(caught.value)
