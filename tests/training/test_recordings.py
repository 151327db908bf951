"""What SmolLM2 wrote is shipped whole: every problem of its data has its samples."""

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.models import Request, open_model
from tarot_bench.recipes import root
from tests.models.helpers import ask

FOLDER = root() / "training_baselines" / "recordings"


DATA = {"": ("synthetic-small:24", 24, 2), "-embedded": ("embedded", 8, 1)}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", DATA)
def test_a_recording_of_smollm2_answers_every_problem_of_its_data(when, kind):
    source, problems, samples = DATA[kind]
    asked = load_problems(source).problems[:problems]
    model = open_model(f"replay:{FOLDER / f'smollm2-135m-{when}{kind}.jsonl'}")
    requests = [Request(problem, index, "") for problem in asked for index in range(samples)]
    assert len(ask(model, *requests)) == problems * samples


def test_the_problems_that_the_recipe_trains_on_are_none_of_the_recorded_ones():
    trained = {problem.origin.id for problem in load_problems("synthetic-small:32@3")}
    assert not trained & {problem.origin.id for problem in load_problems("synthetic-small:48")}
