"""The sizes of models: they give the parameter counts that the model files state, and are read from a config.json."""

import json

import pytest

from tarot_bench.errors import RecipeError
from tarot_bench.recipes import root
from tarot_bench.training.model_shape import ModelShape, local_shape
from tarot_bench.training.model_spec import MODELS, FreshModel, load_model_spec

SHIPPED = [path for path in sorted((root() / MODELS).glob("*.yaml")) if load_model_spec(str(path)).shape]
SMALL = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 512,
    "tie_word_embeddings": True,
}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_sizes_of_a_shipped_model_give_its_parameter_count(path):
    spec = load_model_spec(str(path))
    assert spec.shape.parameters / 1e9 == pytest.approx(spec.parameters_b, rel=0.01)


def test_a_randomly_initialised_model_has_the_parameters_of_its_sizes():
    from tarot_bench.training.trainer.fresh import fresh_model, fresh_tokenizer

    sizes = FreshModel(vocabulary=300)
    model = fresh_model(sizes, fresh_tokenizer(["print(1)"] * 9, 300), 64, seed=0)
    shape = ModelShape.of_config(model.config.to_dict())
    assert shape.parameters == pytest.approx(model.num_parameters(), rel=0.01)


def test_the_sizes_of_a_model_in_a_folder_are_read_from_its_configuration(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({**SMALL, "head_dim": None, "model_type": "llama"}))
    assert local_shape(str(tmp_path)) == ModelShape(**SMALL)
    assert local_shape("Qwen/Qwen3-4B") is local_shape(None) is None
    (tmp_path / "config.json").write_text(json.dumps({"text_config": SMALL}))
    assert local_shape(str(tmp_path)) == ModelShape(**SMALL)


@pytest.mark.parametrize("content", ["{", '{"hidden_size": 64}', "[]"])
def test_a_configuration_without_sizes_is_one_line(content, tmp_path):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(RecipeError, match=r"config\.json") as caught:
        local_shape(str(tmp_path))
    assert "\n" not in str(caught.value)
