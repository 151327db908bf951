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
from tarot_bench.training.miniature.corpus import Skill, answer_of, write_program
from tarot_bench.training.miniature.experiment import Cell
from tarot_bench.training.miniature.measure import graded, rates_of
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.report import MEASURES, complete_seeds, mean_of, report_of, to_markdown
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


def test_the_mean_of_seeds_has_students_interval():
    mean = mean_of([0.1, 0.2, 0.3])
    # 4.3027 is the 97.5 % point of t with 2 degrees of freedom; the standard error is 0.1 / sqrt(3).
    assert (mean.value, mean.low, mean.high) == pytest.approx((0.2, 0.2 - 0.24842, 0.2 + 0.24842), abs=1e-4)


def cells_of(recipe, seeds, rate):
    rates = dict.fromkeys(MEASURES, 0.1)
    made = [Cell(level=level.name, curriculum=None, seed=0, steps=0, rates=rates, cpu_s=6) for level in recipe.levels]
    return made + [
        Cell(
            level=level.name,
            curriculum=curriculum,
            seed=seed,
            steps=20,
            rates=dict.fromkeys(MEASURES, rate(level.name, curriculum, seed)),
            cpu_s=60,
        )
        for seed in seeds
        for level in recipe.levels
        for curriculum in recipe.curricula
    ]


def test_the_page_says_a_difference_only_where_the_interval_shows_one(recipe):
    base = {"static": 0.5, "uniform": 0.7, "hard_first": 0.5, "random": 0.3}

    def rate(level, curriculum, seed):
        wobble = {"hard_first": (0.2, -0.2, 0.05), "random": (0.01, 0, -0.01)}.get(curriculum, (0, 0, 0))[seed]
        return base[curriculum] + wobble

    page = to_markdown(recipe, report_of(recipe, cells_of(recipe, (0, 1, 2), rate), learning_s=60))
    assert "`uniform` against `static`: better on basic, intermediate, complex, edge, all." in page
    assert "`hard_first` against `static`: no difference shown." in page
    assert "`random` against `static`: worse on basic" in page
    assert "| before | 0.10 |" in page
    assert "25.2 CPU minutes" in page


def test_only_seeds_that_every_curriculum_has_are_compared(recipe):
    cells = cells_of(recipe, (0, 1, 2), lambda *of: 0.5)
    assert complete_seeds(recipe, cells[:-1]) == (0, 1)
    with pytest.raises(RunError, match="--resume"):
        complete_seeds(recipe, cells[:5])


def test_a_recipe_that_compares_nothing_is_refused(recipe):
    raw = recipe.model_dump(mode="json")
    with pytest.raises(RecipeError, match="baseline 'static' is not among"):
        build(MiniatureRecipe, {**raw, "curricula": ["uniform"]}, "recipe")
    with pytest.raises(RecipeError, match="seeds"):
        build(MiniatureRecipe, {**raw, "seeds": [0]}, "recipe")


RECORDINGS = sorted((root() / "training_baselines" / "recordings").glob("*.jsonl"))


def test_the_shipped_recordings_are_small():
    assert len(RECORDINGS) == 4
    assert sum(file.stat().st_size for file in RECORDINGS) < 300 * 1024


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_a_shipped_recording_answers_the_held_out_problems_and_solves_some(file, sandbox, recipe):
    problems = small_family()[: recipe.held_out]
    model = open_model(f"replay:{file}")
    requests = [Request(problem, index, "") for problem in problems[:12] for index in range(recipe.samples)]
    answers = asyncio.run(model.generate(requests, Sampling()))
    completions = [
        Completion(problem_id=asked.problem.id, index=asked.index, model="replay", text=answer.text)
        for asked, answer in zip(requests, answers, strict=True)
    ]
    rates = rates_of(graded(problems, completions, sandbox))
    assert rates["basic"] > 0
    assert rates["all"] < 1
