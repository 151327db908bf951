"""Convert a recipe to the arguments of TRL's ``GRPOConfig``."""

import os
from pathlib import Path
from typing import Any

from tarot_bench.errors import RecipeError, boundary, did_you_mean
from tarot_bench.training.recipe import Training

ELSEWHERE = {
    "output_dir": "--output",
    "run_name": "nothing: it is derived",
    "seed": "seed",
    "data_seed": "seed",
    "report_to": "report_to",
    "max_completion_length": "max_completion_tokens",
    "num_generations_eval": "evaluation.samples",
    "eval_strategy": "evaluation.every",
    "eval_steps": "evaluation.every",
    "shuffle_dataset": "data.order",
    "reward_weights": "reward.format_weight",
    "use_vllm": "vllm.mode",
    "vllm_mode": "vllm.mode",
    "vllm_server_host": "vllm.host",
    "vllm_server_port": "vllm.port",
    "vllm_server_timeout": "vllm.timeout_s",
    "vllm_gpu_memory_utilization": "vllm.memory_share",
    "vllm_tensor_parallel_size": "vllm.tensor_parallel",
    "vllm_max_model_length": "max_prompt_tokens and max_completion_tokens",
    "push_to_hub": "hub.push",
    "hub_model_id": "hub.organization",
    "hub_private_repo": "hub.private",
    "resume_from_checkpoint": "--resume",
}
"""Trainer settings that a key of the recipe decides; setting them in ``trainer`` is an error."""

DEFAULTS: dict[str, Any] = {
    # A generation batch belongs to one optimizer step, so that stage boundaries and checkpoints fall between batches.
    "learning_rate": 1e-6,
    "lr_scheduler_type": "constant",
    "num_generations": 8,
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 8,
    "temperature": 1.0,
    "beta": 0.0,
    "logging_steps": 1,
    "save_strategy": "steps",
    "save_steps": 50,
    "save_total_limit": 2,
    "log_completions": False,
    "num_completions_to_print": 0,  # with log_completions they are in files; progress shows one now and then
}
"""Defaults where neither the recipe nor the model file sets a value; otherwise TRL's defaults apply."""


def trainer_settings(training: Training) -> dict[str, Any]:
    """Trainer settings: defaults, overridden by the model's, overridden by the recipe's."""
    return DEFAULTS | training.model.trainer | training.recipe.trainer


def grpo_arguments(training: Training, output: Path, *, has_gpu: bool) -> dict[str, Any]:
    """All keyword arguments of ``GRPOConfig``.

    Args:
        training: what to train.
        output: the run directory; checkpoints go below it.
        has_gpu: without one, mixed precision and gradient checkpointing (TRL's defaults) are turned off.

    Raises:
        RecipeError: ``trainer`` sets what another key of the recipe decides.
    """
    recipe = training.recipe
    for key in trainer_settings(training):
        if key in ELSEWHERE:
            raise RecipeError(f"trainer.{key} is decided by {ELSEWHERE[key]}; leave it out")
    cpu = {} if has_gpu else {"use_cpu": True, "bf16": False, "gradient_checkpointing": False}
    return (
        cpu
        | trainer_settings(training)
        | _model_arguments(training, has_gpu)
        | _evaluation_arguments(training)
        | _vllm_arguments(training)
        | {
            "output_dir": str(output / "checkpoints"),
            "run_name": training.run_name,
            "seed": recipe.seed,
            "data_seed": recipe.seed,
            "report_to": list(recipe.report_to) or "none",
            "max_completion_length": recipe.max_completion_tokens,
            "reward_weights": [1.0, *([recipe.reward.format_weight] if training.answer_format else [])],
            "shuffle_dataset": False,  # the order of the data is our sampler's
            "disable_tqdm": True,
        }
    )


def make_config(arguments: dict[str, Any]) -> Any:
    """Build TRL's configuration.

    Raises:
        RecipeError: TRL refuses a value; gives TRL's message on one line.
    """
    from trl import GRPOConfig

    unknown = sorted(set(arguments) - set(GRPOConfig.__dataclass_fields__))
    if unknown:
        close = did_you_mean(unknown[0], GRPOConfig.__dataclass_fields__)
        raise RecipeError(f"trainer: TRL has no setting {', '.join(unknown)}{close}; see `tarot-bench recipes lint`")
    with boundary(RecipeError, "trainer settings"):
        return GRPOConfig(**arguments)


def _model_arguments(training: Training, has_gpu: bool) -> dict[str, Any]:
    if training.model.id is None:
        return {}
    own = trainer_settings(training).get("model_init_kwargs", {})
    is_half = has_gpu and trainer_settings(training).get("bf16", True)
    # Steps of 1e-6 are below bfloat16's resolution of most weights: what is trained is kept in float32 by someone.
    dtype = "bfloat16" if is_half and (training.recipe.lora or _engine_keeps_float32()) else "float32"
    revision = {"revision": training.model.revision} if training.model.revision else {}
    return {"model_init_kwargs": {"dtype": dtype, **revision, **own}}


def _engine_keeps_float32() -> bool:
    """Whether the engine that accelerate launched this process with keeps trained weights in float32 by itself.

    DeepSpeed and FSDP do. Otherwise the model is loaded in float32 and computes in bfloat16 (autocast). Adapters of a
    bfloat16 model are float32 by peft's default.
    """
    return any(os.environ.get(f"ACCELERATE_USE_{name}", "").lower() == "true" for name in ("DEEPSPEED", "FSDP"))


def _evaluation_arguments(training: Training) -> dict[str, Any]:
    evaluation = training.recipe.evaluation
    if not evaluation.every or not training.recipe.data.held_out:
        return {"eval_strategy": "no"}
    return {
        "eval_strategy": "steps",
        "eval_steps": evaluation.every,
        "eval_on_start": evaluation.at_start,
        "num_generations_eval": evaluation.samples,
    }


def _vllm_arguments(training: Training) -> dict[str, Any]:
    recipe, vllm = training.recipe, training.recipe.vllm
    if vllm.mode == "none":
        return {"use_vllm": False}
    shared = {"use_vllm": True, "vllm_mode": vllm.mode}
    if vllm.mode == "server":
        address = {"vllm_server_host": vllm.host, "vllm_server_port": vllm.port, "vllm_server_timeout": vllm.timeout_s}
        return shared | address
    return shared | {
        "vllm_gpu_memory_utilization": vllm.memory_share,
        "vllm_tensor_parallel_size": vllm.tensor_parallel,
        "vllm_max_model_length": recipe.max_prompt_tokens + recipe.max_completion_tokens,
    }
