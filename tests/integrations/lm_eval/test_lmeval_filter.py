"""The filter's parts, where lm-eval itself cannot easily be brought to the point."""

import pytest

from tarot_bench.errors import RunError
from tarot_bench.grading import grade
from tarot_bench.integrations.lm_eval.filters import settle_answers
from tarot_bench.integrations.lm_eval.grading import matrix_of, to_line
from tarot_bench.verdict import Completion, VerdictMatrix
from tests.integrations.lm_eval.recorded import ONLY_SMALL, problems


def instance(answers):
    from lm_eval.api.instance import Instance

    made = Instance("generate_until", {"problem_id": "p"}, ("prompt", {}), 0, metadata=("task", 0, 2))
    made.resps = answers
    return made


def test_answers_that_lm_eval_asked_for_as_padding_are_no_samples():
    asked = instance(["one", "two", "padding"])
    settle_answers(asked, 2)
    assert asked.resps == ["one", "two"]


def test_too_few_answers_are_an_error_rather_than_a_smaller_n():
    with pytest.raises(RunError, match="1 of 2 answers to 'p'"):
        settle_answers(instance(["one"]), 2)


def sample():
    (problem,) = problems(1)
    text = ONLY_SMALL.replace("{factor}", "2")
    return problem, Completion(problem_id=problem.id, index=3, model="m", text=text)


def test_a_grade_survives_its_journey_as_text(sandbox):
    problem, completion = sample()
    made = grade(problem, completion, sandbox)
    assert matrix_of(problem.id, [to_line(made), to_line(made)]) == VerdictMatrix.of(
        [made, made.model_copy(update={"index": 4})]
    )
