from pathlib import Path

import pytest

from tarot_bench.errors import DataError, RecipeError
from tarot_bench.recipes import root
from tarot_bench.training.curriculum import shipped_curricula
from tarot_bench.training.data.rows import length_of, prompt_of, rows_of, split
from tarot_bench.training.model_spec import MODELS, ModelSpec, load_model_spec
from tarot_bench.training.recipe import resolve
from tarot_bench.training.trainer.trl_arguments import grpo_arguments, trainer_settings

PAPER = {
    *("gemma2-2b", "gemma2-9b", "qwen2.5-1.5b", "qwen2.5-3b", "qwen2.5-7b", "qwen3-4b"),
    *("qwen2.5-coder-1.5b", "qwen2.5-coder-3b", "qwen2.5-coder-7b", "qwen3-coder-30b-a3b"),
}


def shipped(folder):
    return [file.stem for file in sorted((root() / folder).glob("*.yaml"))]


def test_every_model_goes_with_every_curriculum_and_every_run_has_a_name_of_its_own():
    names = {
        resolve("paper", model, curriculum).run_name for model in shipped(MODELS) for curriculum in shipped_curricula()
    }
    assert len(names) == len(shipped(MODELS)) * len(shipped_curricula())
    assert set(shipped(MODELS)) >= PAPER


def test_names_are_derived_from_what_is_trained():
    training = resolve("paper", "qwen2.5-3b", "hard_first", ("hub.organization=us", "seed=7"))
    digest = training.digest
    assert training.run_name == f"paper-qwen2.5-3b-hard_first-s7-{digest}"
    assert training.output == Path(f"runs/train/paper-qwen2.5-3b-hard_first-s7-{digest}")
    assert training.hub_id == f"us/Qwen2.5-3B-Instruct-tarot-paper-hard-first-s7-{digest}"


def test_two_runs_with_other_settings_share_no_name_and_publishing_changes_none():
    pairs = [(), ("seed=7",), ("trainer.beta=0.5",), ("trainer.temperature=0.5",), ("reward.limits.cpu_s=1",)]
    runs = [resolve("paper", overrides=overrides) for overrides in pairs]
    runs += [resolve("grpo"), resolve("paper", "qwen2.5-3b"), resolve("paper", curriculum="edge_only")]
    assert len({run.run_name for run in runs}) == len({run.hub_id for run in runs}) == len(runs)
    assert resolve("paper", overrides=("hub.push=true", "volume=v:/v")).run_name == runs[0].run_name
    assert all(len(run.hub_id) <= 96 and run.hub_id.endswith(run.digest) for run in runs)


def test_an_exponent_without_a_point_is_a_number_and_no_text():
    assert resolve("grpo", overrides=("trainer.learning_rate=1e-5",)).recipe.trainer["learning_rate"] == 1e-5


def test_the_recipe_wins_over_the_model_and_the_model_over_the_defaults():
    assert trainer_settings(resolve("grpo"))["per_device_train_batch_size"] == 8
    assert trainer_settings(resolve("grpo", "qwen2.5-7b"))["per_device_train_batch_size"] == 4
    assert trainer_settings(resolve("paper", "qwen2.5-7b"))["per_device_train_batch_size"] == 8


@pytest.mark.parametrize(
    ("recipe", "overrides", "complaint"),
    [
        ("nothing", (), "neither a file nor a shipped name in training_baselines/recipes/; shipped: grpo, lora"),
        ("grpo", ("model=gpt",), "neither a file nor a shipped name in training_baselines/models/"),
        ("grpo", ("rewrad.mode=min",), "rewrad: unknown key; did you mean reward?"),
        ("grpo", ("reward.mode=best",), "reward.mode: Input should be 'fraction'"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_there_is(recipe, overrides, complaint):
    with pytest.raises(RecipeError) as raised:
        resolve(recipe, overrides=overrides)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_format_that_is_rewarded_is_asked_for_in_the_tags_of_the_model():
    asked = resolve("paper", "qwen3-4b").system
    assert "<reasoning>" in asked
    assert "</solution>" in asked
    assert "<think>" in resolve("paper", "qwen2.5-7b").system
    assert resolve("smoke").system is None


def test_settings_that_the_recipe_decides_cannot_be_said_twice(tmp_path):
    training = resolve("grpo", overrides=("trainer.max_completion_length=5",))
    with pytest.raises(RecipeError, match="decided by max_completion_tokens"):
        grpo_arguments(training, tmp_path, has_gpu=True)


def test_without_a_gpu_mixed_precision_and_checkpointing_are_off_and_with_one_they_are_trls_own(tmp_path):
    arguments = grpo_arguments(resolve("grpo", overrides=("vllm.mode=none",)), tmp_path, has_gpu=False)
    assert (arguments["use_cpu"], arguments["bf16"], arguments["gradient_checkpointing"]) == (True, False, False)
    assert arguments["report_to"] == "none"
    assert not {"use_cpu", "bf16", "gradient_checkpointing"} & set(
        grpo_arguments(resolve("grpo"), tmp_path, has_gpu=True)
    )


@pytest.mark.parametrize(
    ("engine", "overrides", "dtype"),
    [
        (None, (), "float32"),
        ("ACCELERATE_USE_DEEPSPEED", (), "bfloat16"),
        ("ACCELERATE_USE_FSDP", (), "bfloat16"),
        ("ACCELERATE_USE_FSDP", ("trainer.bf16=false",), "float32"),
        (None, ("lora.rank=8",), "bfloat16"),
    ],
)
def test_trained_weights_are_loaded_in_float32_unless_an_engine_or_adapters_keep_it(
    engine, overrides, dtype, tmp_path, monkeypatch
):
    for name in ("ACCELERATE_USE_DEEPSPEED", "ACCELERATE_USE_FSDP"):
        monkeypatch.delenv(name, raising=False)
    if engine:
        monkeypatch.setenv(engine, "true")
    arguments = grpo_arguments(resolve("grpo", overrides=overrides), tmp_path, has_gpu=True)
    assert arguments["model_init_kwargs"]["dtype"] == dtype


def test_the_format_is_a_second_reward_with_a_weight_of_its_own(tmp_path):
    paper = grpo_arguments(resolve("paper"), tmp_path, has_gpu=True)
    assert paper["reward_weights"] == [1.0, 1.0]
    assert grpo_arguments(resolve("grpo"), tmp_path, has_gpu=True)["reward_weights"] == [1.0, 0.1]
    assert grpo_arguments(resolve("smoke"), tmp_path, has_gpu=False)["reward_weights"] == [1.0]
    with pytest.raises(RecipeError, match=r"reward_weights is decided by reward\.format_weight"):
        grpo_arguments(resolve("smoke", overrides=("trainer.reward_weights=[1]",)), tmp_path, has_gpu=False)


def test_vllm_is_told_where_the_server_is_or_how_much_memory_it_may_take(tmp_path):
    server = grpo_arguments(resolve("grpo", overrides=("vllm.port=9000",)), tmp_path, has_gpu=True)
    assert (server["vllm_mode"], server["vllm_server_port"]) == ("server", 9000)
    beside = grpo_arguments(resolve("lora"), tmp_path, has_gpu=True)
    assert (beside["vllm_mode"], beside["vllm_gpu_memory_utilization"]) == ("colocate", 0.4)
    assert beside["vllm_max_model_length"] == 1024 + 2048


def test_a_system_message_goes_where_the_model_has_a_place_for_it():
    chat, gemma = load_model_spec("qwen3-4b"), load_model_spec("gemma2-2b")
    base = ModelSpec(name="b", id="b", parameters_b=1, context=100, kind="base")
    assert [message["role"] for message in prompt_of("task", chat, "rules")] == ["system", "user"]
    assert prompt_of("task", gemma, "rules") == [{"role": "user", "content": "rules\n\ntask"}]
    assert prompt_of("task", base, "rules") == "rules\n\ntask"


class Words:
    """Counts words: all that is asked of a tokenizer here."""

    def __call__(self, text, **options):
        return {"input_ids": text.split()}

    def apply_chat_template(self, messages, enable_thinking=True, **options):
        return " ".join([message["content"] for message in messages] + ["<think>"] * enable_thinking)


def test_prompts_that_are_too_long_are_left_out_by_name(problems):
    spec = load_model_spec("qwen3-4b")
    rows = rows_of(problems, spec, lambda p: "word " * len(p.id), None, Words(), 20, {"enable_thinking": False})
    assert [row["problem_id"] for row in rows.rows] == [p.id for p in problems if len(p.id) <= 20]
    assert rows.too_long == tuple(p.id for p in problems if len(p.id) > 20)
    assert rows.rows
    assert rows.too_long
    with pytest.raises(DataError, match="raise it"):
        rows_of(problems, load_model_spec("qwen3-4b"), lambda p: "word " * 21, None, Words(), 20)


def test_a_prompt_has_the_length_that_the_trainers_template_arguments_give_it():
    prompt = [{"role": "user", "content": "add two numbers"}]
    assert length_of(prompt, Words()) == 4
    assert length_of(prompt, Words(), {"enable_thinking": False}) == 3
    assert length_of("add two", Words(), {"enable_thinking": False}) == 2


def test_held_out_problems_are_drawn_by_the_seed_and_never_trained_on(problems):
    first, again, other = split(problems, 5, 0), split(problems, 5, 0), split(problems, 5, 1)
    assert first == again != other
    assert not {p.id for p in first.train} & {p.id for p in first.held_out}
    assert len(first.held_out) == 5
    assert len(first.train) == len(problems) - 5
    with pytest.raises(DataError, match="lower it"):
        split(problems, len(problems), 0)


@pytest.fixture(scope="module")
def problems():
    from tarot_bench.dataset import load_problems

    return load_problems("embedded").problems[:20]
