"""The memory estimate: it moves in the right direction, and agrees with the papers' own examples."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.training.launch.estimate import GIB, estimate
from tarot_bench.training.model_shape import ModelShape
from tarot_bench.training.model_spec import ModelSpec
from tarot_bench.training.recipe import LoraSettings, Training, TrainingRecipe, VllmSettings

SHARDED = ("zero2", "zero3", "fsdp")
KINDS = ("single", "multi", *SHARDED)
shapes = st.builds(
    ModelShape,
    hidden_size=st.sampled_from([512, 1024, 4096]),
    intermediate_size=st.sampled_from([1024, 8192]),
    num_hidden_layers=st.integers(1, 60),
    num_attention_heads=st.sampled_from([8, 16]),
    num_key_value_heads=st.sampled_from([1, 8]),
    vocab_size=st.sampled_from([32000, 256000]),
)


def training_of(shape, *, batch=4, tokens=2048, beta=0.0, lora=None, vllm="none", **settings):
    trainer = {"per_device_train_batch_size": batch, "gradient_accumulation_steps": 1, "beta": beta, **settings}
    parameters = 7.0 if shape is None else max(shape.parameters / 1e9, 1e-6)
    recipe = TrainingRecipe(
        name="made",
        max_prompt_tokens=tokens,
        max_completion_tokens=tokens,
        lora=lora and LoraSettings(rank=lora),
        vllm=VllmSettings(mode=vllm),
        trainer=trainer,
    )
    return Training(
        recipe=recipe, model=ModelSpec(name="m", id="a/m", parameters_b=parameters, context=16, shape=shape)
    )


def terms(training, kind, processes):
    return {term.name: term.bytes for term in estimate(training, kind, processes).training}


def needed(training, kind="zero3", processes=8):
    return estimate(training, kind, processes).needed()


@settings(max_examples=40)
@given(shapes, st.sampled_from(KINDS), st.integers(1, 64), st.sampled_from(["none", "server", "colocate"]))
def test_more_of_anything_never_needs_less(shape, kind, processes, vllm):
    def needs(*, shape=shape, processes=processes, **changes):
        return needed(training_of(shape, vllm=vllm, **changes), kind, processes)

    deeper = shape.model_copy(update={"num_hidden_layers": shape.num_hidden_layers + 1})
    assert needs(shape=deeper) > needs()
    assert needs(batch=8) >= needs()
    assert needs(tokens=4096) > needs() or vllm == "server"
    found = estimate(training_of(shape, vllm=vllm), kind, processes)
    assert found.needed() >= max(term.bytes for term in found.training)
    assert needs(beta=0.1) >= needs()
    assert needs(processes=processes + 1) <= needs()
    assert estimate(training_of(shape), kind, processes).disk > 0


@settings(max_examples=40)
@given(shapes, st.integers(2, 64))
def test_sharding_more_needs_no_more_for_the_states(shape, processes):
    states = ("weights", "autocast copies", "gradients", "optimizer")

    def held(kind):
        found = terms(training_of(shape), kind, processes)
        return sum(found.get(name, 0.0) for name in states)

    assert held("zero3") <= held("zero2") <= held("multi") == held("single")
    assert held("fsdp") == pytest.approx(held("zero3"))


def test_the_states_are_those_of_the_zero_paper():
    """Rajbhandari et al. 2020, figure 1: 7.5B parameters on 64 GPUs take 16.6 GB with stage 2, 1.9 GB with 3."""
    names = ("weights", "gradients", "optimizer")
    model = training_of(None).model_copy(update={"model": ModelSpec(name="m", id="a/m", parameters_b=7.5, context=16)})
    for kind, gigabytes in {"zero2": 16.6, "zero3": 1.9}.items():
        assert sum(terms(model, kind, 64)[name] for name in names) / 1e9 == pytest.approx(gigabytes, rel=0.02)


def test_the_cache_is_that_of_the_vllm_paper():
    """Kwon et al. 2023, section 3: OPT-13B keeps 800 KB a token (5120 wide, 40 layers, no grouped heads)."""
    opt = ModelShape(
        hidden_size=5120, intermediate_size=20480, num_hidden_layers=40, num_attention_heads=40, vocab_size=50272
    )
    held = terms(training_of(opt, batch=1, tokens=1), "single", 1)["key-value cache"]
    assert held / 2 == pytest.approx(800 * 1024, rel=0.001)


def test_adapters_are_small_beside_the_weights_they_are_on():
    shape = ModelShape(
        hidden_size=2048, intermediate_size=8192, num_hidden_layers=24, num_attention_heads=16, vocab_size=32000
    )
    found = terms(training_of(shape, lora=16), "single", 1)
    assert found["frozen weights"] == 2 * shape.parameters
    assert found["optimizer"] + found["weights"] + found["gradients"] < 0.1 * found["frozen weights"]
    assert "reference model" not in terms(training_of(shape, lora=16, beta=0.1), "single", 1)


def test_what_needs_the_sizes_of_the_model_is_named_where_they_are_unknown():
    found = estimate(training_of(None), "zero3", 8)
    assert "no `shape`" in found.unknown
    assert {"activations", "key-value cache"}.isdisjoint(term.name for term in found.training)


def test_a_checkpoint_is_kept_until_the_next_one_is_written():
    shape = ModelShape(
        hidden_size=1024, intermediate_size=4096, num_hidden_layers=8, num_attention_heads=8, vocab_size=32000
    )
    one, two = (estimate(training_of(shape, save_total_limit=kept), "zero2", 7).disk for kept in (1, 2))
    assert two - one == pytest.approx(14 * shape.parameters)
    assert estimate(training_of(shape, save_strategy="no"), "zero2", 7).disk == pytest.approx(2 * shape.parameters)
    assert two < 1000 * GIB
