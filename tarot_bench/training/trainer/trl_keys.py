"""Known settings of TRL, and advice for outdated ones.

Written against TRL 1.16; the keys are those of Open-R1's and TAROT's recipes, compared with TRL at commit 1bca495
(2025-04-26), which they were written for.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from types import NoneType
from typing import Any, get_args, get_type_hints

_OUTDATED = {
    "max_prompt_length": "removed from TRL in January 2026: use max_prompt_tokens, which excludes longer prompts",
    "torch_dtype": "renamed `dtype`, inside model_init_kwargs; without it weights are loaded in float32",
    "attn_implementation": "set it inside model_init_kwargs",
    "model_name_or_path": "use model, which names a model file",
    "model_revision": "set revision in the model file",
    "warmup_ratio": "removed from transformers: use warmup_steps, where a number below 1 is a ratio",
    "overwrite_output_dir": "removed from transformers: leave it out, runs are never overwritten",
    "evaluation_strategy": "renamed eval_strategy in transformers; here evaluation.every decides it",
    "system_prompt": "Open-R1's own: use data.system",
    "chat_template": "Open-R1's own: name it in the model file",
    "dataset_name": "Open-R1's own: use data.source",
    "dataset_prompt_column": "Open-R1's own: prompts are written by data.prompt",
    "dataset_train_split": "Open-R1's own: use data.split",
    "reward_funcs": "rewards are set by reward.mode and reward.format, tiers by the curriculum",
    "code_language": "Open-R1's own: leave it out",
    "benchmarks": "Open-R1's own: use tarot-bench evaluate",
    "callbacks": "Open-R1's own: leave it out",
    "hub_model_revision": "Open-R1's own: leave it out",
    "use_liger_loss": "removed from TRL: use use_liger_kernel",
    "wandb_log_unique_prompts": "renamed log_unique_prompts",
    "vllm_device": "removed from TRL: use vllm.mode=colocate or vllm.mode=server",
    "vllm_dtype": "removed from TRL: set it where the server starts",
    "vllm_max_model_len": "removed from TRL: max_prompt_tokens and max_completion_tokens decide it",
    "vllm_enable_prefix_caching": "removed from TRL: set it where the server starts",
    "vllm_guided_decoding_regex": "renamed vllm_structured_outputs_regex",
    "auto_find_batch_size": "refused by TRL's GRPO: leave it out",
}


def advice(key: str) -> str | None:
    """Advice for a setting that TRL removed, renamed or never had; None for other settings."""
    return _OUTDATED.get(key)


_PLAIN = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", NoneType: "null"}


@lru_cache
def known_keys() -> Mapping[str, frozenset[type]] | None:
    """All settings of the installed TRL's GRPOConfig, each with its types; None if TRL is not installed.

    A setting that takes something else than true or false, a number or a text has no types here.
    """
    if find_spec("trl") is None:
        return None
    from trl import GRPOConfig

    return {key: _plain_types(hint) for key, hint in get_type_hints(GRPOConfig).items()}


def wrong_type(key: str, value: Any) -> str | None:
    """What a setting has to be; None if it is that, or nobody knows."""
    types = (known_keys() or {}).get(key)
    if not types or type(value) in types or (type(value) is int and float in types):
        return None
    wanted = " or ".join(name for type_, name in _PLAIN.items() if type_ in types)
    return f"is {value!r}, and must be {wanted}"


def _plain_types(hint: Any) -> frozenset[type]:
    types = frozenset(get_args(hint) or (hint,))
    return types if types <= _PLAIN.keys() else frozenset()
