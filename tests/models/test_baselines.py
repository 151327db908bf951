import ast
import re

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import ModelOptions, open_model
from tests.models.helpers import GOLD, ask, request


def code_of(answer):
    return re.fullmatch(r"[^`]+\n\n(```+)python\n(.*)\n\1\n", answer.text, re.DOTALL)[2] + "\n"


def test_gold_answers_with_the_solution_after_a_sentence():
    (answer,) = ask(open_model("gold"))
    assert code_of(answer) == GOLD
    assert answer.finish_reason == "stop"


@pytest.mark.parametrize("name", ["gold", "mutant:0.5"])
def test_the_runner_is_told_how_to_drive_it(name):
    model = open_model(name, ModelOptions(batch_size=5))
    assert (model.name, model.concurrency, model.batch_size) == (name, 1, 5)


def test_the_fence_is_longer_than_any_in_the_solution():
    solution = '"""Prints\n```\nhello\n```\n"""\nprint("hello")\n'
    (answer,) = ask(open_model("gold"), request(solution=solution))
    assert "````python\n" in answer.text
    assert code_of(answer) == solution


@pytest.mark.parametrize("name", ["gold", "mutant:0.5"])
def test_a_problem_without_solution_is_named(name):
    with pytest.raises(ModelError, match="'lonely'"):
        ask(open_model(name), request(problem_id="lonely", solution=None))


@pytest.mark.parametrize("name", ["mutant:2", "mutant:-0.1", "mutant:half", "mutant:nan"])
def test_a_mutation_share_outside_0_to_1_is_refused(name):
    with pytest.raises(ModelError, match="is a probability"):
        open_model(name)


def mutated(name, count, seed=0):
    requests = [request(index=index) for index in range(count)]
    return [code_of(answer) for answer in ask(open_model(name, ModelOptions()), *requests, seed=seed)]


def test_mutant_0_is_gold_and_mutant_1_never_is():
    assert set(mutated("mutant:0", 30)) == {GOLD}
    ones = mutated("mutant:1", 30)
    assert all(ast.dump(ast.parse(code)) != ast.dump(ast.parse(GOLD)) for code in ones)
    assert len(set(ones)) > 5


def test_the_share_of_mutants_is_near_p():
    codes = mutated("mutant:0.3", 400)
    assert 0.2 < sum(code != GOLD for code in codes) / 400 < 0.4


def test_mutants_depend_on_seed_problem_and_index_only():
    assert mutated("mutant:1", 20) == mutated("mutant:1", 20)
    assert mutated("mutant:1", 20, seed=1) != mutated("mutant:1", 20)
    alone = code_of(ask(open_model("mutant:1"), request(index=7))[0])
    assert alone == mutated("mutant:1", 20)[7]
    others = [ask(open_model("mutant:1"), request(problem_id=f"q{i}"))[0].text for i in range(10)]
    assert len(set(others)) > 1


def test_more_probable_mutation_keeps_the_samples_that_were_mutants_before():
    few, many = mutated("mutant:0.2", 100), mutated("mutant:0.8", 100)
    assert all(more == less for less, more in zip(few, many, strict=True) if less != GOLD)


def test_a_gold_without_any_place_to_mutate_stays_gold():
    (answer,) = ask(open_model("mutant:1"), request(solution="import this\n"))
    assert code_of(answer) == "import this\n"


def test_a_gold_that_does_not_parse_is_named():
    with pytest.raises(ModelError, match="'broken'"):
        ask(open_model("mutant:1"), request(problem_id="broken", solution="print 'python 2'"))
