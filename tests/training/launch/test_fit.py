"""Trainings that do not fit are refused, with changes that do fit."""

import shlex

import pytest

from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.estimate import GIB
from tarot_bench.training.launch.fit import alternatives, check_fit, describe, named_bytes, plan_estimate, rented_gpu
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.launch.prepare import prepare
from tarot_bench.training.recipe import resolve


def plan_of(recipe, model, kind, gpus, *overrides):
    return LaunchPlan(resolve(recipe, model, None, overrides), Invocation(recipe), kind, gpus, kind)


def test_30_billion_parameters_do_not_fit_8_gpus_of_80_gb_and_what_would_is_said():
    with pytest.raises(RecipeError) as caught:
        prepare(Invocation("grpo", "qwen3-coder-30b-a3b"), "zero3", None)
    told = str(caught.value)
    assert "\n" not in told
    assert "does not fit 8 GPUs of 80 GB with zero3" in told
    for word in ("optimizer", "lora.rank=16", "--model gemma2-9b", "gpu_memory_gb=141"):
        assert word in told


@pytest.mark.parametrize(
    ("recipe", "model", "kind"),
    [("grpo", "qwen3-coder-30b-a3b", "zero2"), ("grpo", "qwen2.5-7b", "multi"), ("paper", "gemma2-9b", "zero2")],
)
def test_what_is_proposed_fits(recipe, model, kind):
    plan = plan_of(recipe, model, kind, 8)
    memory = named_bytes(80)
    proposed = [words for words in alternatives(plan, memory) if not words.startswith("GPUs of")]
    assert proposed
    for words in proposed:
        changed = shlex.split(words)
        options = {key: changed[changed.index(key) + 1] for key in ("--launch", "--model") if key in changed}
        overrides = [word for word in changed if "=" in word]
        check_fit(plan_of(recipe, options.get("--model", model), options.get("--launch", kind), 8, *overrides), memory)


def test_the_smallest_gpu_that_fits_is_rented_and_one_that_is_named_is_checked():
    assert rented_gpu(plan_of("lora", None, "single", 1)) == 24
    assert rented_gpu(plan_of("grpo", "qwen2.5-7b", "zero2", 8)) == 80
    assert rented_gpu(plan_of("grpo", "qwen3-coder-30b-a3b", "zero3", 8, "gpu_memory_gb=141")) == 141
    with pytest.raises(RecipeError, match="does not fit 8 GPUs of 24 GB"):
        rented_gpu(plan_of("grpo", "qwen2.5-7b", "zero2", 8, "gpu_memory_gb=24"))


def test_the_terms_are_printed_and_add_up():
    plan = plan_of("grpo", None, "zero2", 8)
    training, server, total = describe(plan_estimate(plan))
    for term in ("weights", "gradients", "optimizer", "activations"):
        assert f"{term} " in training
    assert "key-value cache" in server
    assert f"{sum(term.bytes for term in plan_estimate(plan).training) / GIB:.1f} GiB per GPU" in total


def test_a_shipped_recipe_fits_the_machine_that_it_says_it_is_for():
    check_fit(plan_of("paper", None, "zero2", 8), named_bytes(80))
    check_fit(plan_of("grpo", None, "zero2", 8), named_bytes(80))
    check_fit(plan_of("lora", None, "single", 1), named_bytes(24))
