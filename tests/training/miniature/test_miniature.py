"""The parts of the miniature that need no torch: its author's faults, its seeds, its page, its recordings."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.config import build, load_yaml
from tarot_bench.dataset.synthetic.small import small_family, small_tasks
from tarot_bench.errors import RecipeError, RunError
from tarot_bench.grading import grade_code
from tarot_bench.models import open_model
from tarot_bench.models.base import Request, Sampling
from tarot_bench.problem import TIERS, Tier
from tarot_bench.recipes import find, root
from tarot_bench.training.miniature.cells import Cell, starts, trained
from tarot_bench.training.miniature.corpus import Skill, answer_of, write_program
from tarot_bench.training.miniature.markdown import to_markdown
from tarot_bench.training.miniature.measure import graded, rates_of
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.report import MEASURES, complete, interaction_of, report_of
from tarot_bench.verdict import Completion

PERFECT = Skill(operator=1, reader=1, guard=1)
TASKS, PROBLEMS = small_tasks()[:12], small_family()[:12]


@pytest.fixture(scope="module")
def recipe():
    return load_yaml(MiniatureRecipe, find("miniature", "training_baselines/recipes"))


def test_an_author_without_faults_writes_the_gold_program():
    assert [write_program(task, PERFECT, random.Random(0)) for task in small_tasks()] == [t.gold for t in small_tasks()]


@pytest.mark.parametrize(
    ("skill", "hit"),
    [(Skill(operator=1, reader=0, guard=1), Tier.COMPLEX), (Skill(operator=1, reader=1, guard=0), Tier.EDGE)],
)
def test_each_fault_costs_the_tier_that_it_is_about(skill, hit, sandbox):
    grades = [
        grade_code(problem, write_program(task, skill, random.Random(0)), sandbox)
        for task, problem in zip(TASKS, PROBLEMS, strict=True)
    ]
    failures = {tier: sum(not grade.passed(tier) for grade in grades) for tier in TIERS}
    assert failures[hit] >= 4
    assert all(failures[tier] < failures[hit] for tier in TIERS if tier is not hit)


@given(st.integers(0, 10**6))
def test_more_skill_writes_more_golds(seed):
    def golds(operator):
        rng = random.Random(seed)
        skill = Skill(operator=operator, reader=1, guard=1)
        return sum(write_program(task, skill, rng) == task.gold for task in small_tasks()[:100])

    assert golds(0.2) < golds(0.9)


def test_an_answer_is_a_fenced_program(sandbox):
    from tarot_bench.grading import grade

    text = answer_of(TASKS[0].gold)
    made = grade(PROBLEMS[0], Completion(problem_id=PROBLEMS[0].id, index=0, model="m", text=text), sandbox)
    assert made.solved


def test_an_interaction_has_welchs_interval():
    made = interaction_of([0.1, 0.2, 0.3, 0.2], [0.0, 0.0, 0.1, 0.1])
    # Variances 0.02/3 and 0.01/3, each over 4: standard error 0.05, 5.4 degrees of freedom, and t(5) is 2.5706.
    assert (made.value, made.low, made.high) == pytest.approx((0.15, 0.15 - 0.12853, 0.15 + 0.12853), abs=1e-4)


def cells_of(recipe, rate):
    """All cells, with one rate for all measures."""
    return [
        Cell(**key._asdict(), steps=30, rates=dict.fromkeys(MEASURES, rate(key)), cpu_s=60)
        for key in (*starts(recipe), *trained(recipe))
    ]


def lawful(key):
    """Easy to hard gains 0.2 on the reverse for weak models and loses 0.1 for strong ones, give or take a little."""
    level = {"weak": 0.2, "strong": 0.85}[key.level]
    order = {"uniform": 0.1, "uniform_reversed": -0.1} if key.level == "weak" else {"uniform_reversed": 0.1}
    wobble = 0.01 * key.initialisation * (key.curriculum == "uniform") + 0.02 * (key.seed - 1) * bool(key.curriculum)
    return level + order.get(key.curriculum, 0) + wobble


def test_the_primary_endpoint_is_the_interaction_over_models(recipe):
    found = report_of(recipe, cells_of(recipe, lawful), learning_s=60).primary
    assert found.at_low.value == pytest.approx(0.2 + 0.015)
    assert found.at_high.value == pytest.approx(-0.1 + 0.015)
    assert found.interaction.value == pytest.approx(0.3)
    assert found.p == pytest.approx(2 / 70)
    assert (found.at_low.n, found.interaction.n) == (4, 8)


@given(st.lists(st.floats(-0.2, 0.2), min_size=8, max_size=8))
def test_more_seeds_of_the_same_models_are_no_more_evidence(effects):
    """The level of the test must not depend on how often each model is trained."""
    recipe = load_yaml(MiniatureRecipe, find("miniature", "training_baselines/recipes"))

    def rate(key):
        effect = effects[key.initialisation + 4 * (key.level == "strong")]
        return 0.5 + (effect if key.curriculum == "uniform" else 0)

    one = recipe.model_copy(update={"seeds": (0,)})
    many = report_of(recipe, cells_of(recipe, rate), learning_s=0).primary
    few = report_of(one, cells_of(one, rate), learning_s=0).primary
    assert many.p == pytest.approx(few.p)
    assert many.interaction.high == pytest.approx(few.interaction.high)


def test_the_page_puts_the_endpoint_first_and_calls_the_rest_exploratory(recipe):
    page = to_markdown(recipe, report_of(recipe, cells_of(recipe, lawful), learning_s=60))
    assert (
        "p = 0.029 (exact permutation of the models' levels, 8 models): an interaction in the law's direction" in page
    )
    assert page.index("## Primary endpoint") < page.index("## Exploratory")
    assert "`uniform` against `static`: better on basic, intermediate, complex, edge, all." in page
    assert "81 CPU minutes" in page
    none = to_markdown(recipe, report_of(recipe, cells_of(recipe, lambda key: 0.5), learning_s=60))
    assert "no interaction is shown" in none
    assert "`uniform` against `static`: no difference shown." in none


def test_models_that_miss_their_level_are_named(recipe):
    made = report_of(recipe, cells_of(recipe, lambda key: 0.35 if key.initialisation == 2 else lawful(key)), 0)
    assert [line.split(":")[0] for line in made.missed] == ["weak-i2-before", "strong-i2-before"]
    assert "weak-i2-before: basic 0.35, meant to be from 0.00 to 0.30" in to_markdown(recipe, made)


def test_only_complete_initialisations_are_compared(recipe):
    cells = cells_of(recipe, lawful)
    assert complete(recipe, cells[:-1]) == (0, 1, 2)
    with pytest.raises(RunError, match="--resume"):
        complete(recipe, cells[:30])


def test_a_recipe_that_compares_nothing_is_refused(recipe):
    raw = recipe.model_dump(mode="json")
    with pytest.raises(RecipeError, match="baseline 'random' is not among"):
        build(MiniatureRecipe, {**raw, "baseline": "random"}, "recipe")
    with pytest.raises(RecipeError, match="initialisations"):
        build(MiniatureRecipe, {**raw, "initialisations": 1}, "recipe")
    with pytest.raises(RecipeError, match=r"primary.high: 'great' is not among weak, strong"):
        build(MiniatureRecipe, {**raw, "primary": {**raw["primary"], "high": "great"}}, "recipe")


RECORDINGS = sorted((root() / "training_baselines" / "recordings").glob("miniature-*.jsonl"))


def test_the_shipped_recordings_are_small():
    assert len(RECORDINGS) == 4
    assert sum(file.stat().st_size for file in RECORDINGS) < 300 * 1024


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_a_shipped_recording_answers_the_held_out_problems_and_solves_some(file, sandbox, recipe):
    problems = small_family()[: recipe.held_out]
    model = open_model(f"replay:{file}")
    requests = [Request(problem, index, "") for problem in problems[:12] for index in range(4)]
    answers = asyncio.run(model.generate(requests, Sampling()))
    completions = [
        Completion(problem_id=asked.problem.id, index=asked.index, model="replay", text=answer.text)
        for asked, answer in zip(requests, answers, strict=True)
    ]
    rates = rates_of(graded(problems, completions, sandbox))
    assert rates["basic"] > 0
    assert rates["all"] < 1
