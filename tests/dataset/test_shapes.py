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
