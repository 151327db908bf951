"""Open a model by its name: the prefix selects a built-in back end or an installed plug-in."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tarot_bench import plugins
from tarot_bench.errors import ModelError, did_you_mean
from tarot_bench.models.base import Model, ModelOptions

GROUP = "tarot_bench.models"
"""Entry-point group: the entry's name is the prefix, its value a factory `(name, options) -> Model`."""

Factory = Callable[[str, ModelOptions], Model]

# prefix: (how a name is written, module, factory). Modules are imported when their prefix is requested.
_BUILT_IN = {
    "openai": ("openai/NAME", "openai_api", "OpenAIModel"),
    "anthropic": ("anthropic/NAME", "anthropic_api", "AnthropicModel"),
    "hf": ("hf/NAME", "huggingface", "HuggingFaceModel"),
    "vllm": ("vllm/NAME", "vllm_engine", "VllmModel"),
    "replay": ("replay:FILE", "replay", "ReplayModel"),
    "gold": ("gold", "baselines", "GoldModel"),
    "mutant": ("mutant:P", "baselines", "MutantModel"),
}
_ASKED = "generate", "batch_size", "concurrency"
"""What a model has that is asked for completions, and not only for embeddings."""
_NAME = re.compile(r"(?P<prefix>[^/:]+)(?P<separator>[/:]?)(?P<rest>.*)", re.DOTALL)


def open_model(name: str, options: ModelOptions | None = None) -> Model:
    """Open a source of completions by its full name.

    Args:
        name: a prefix and what the back end needs to know, such as ``openai/gpt-5.2``, ``replay:answers.jsonl`` or
            ``gold``. A prefix that is not built in is looked up among the entry points of group
            ``tarot_bench.models``; the factory found there is given this full name.
        options: how to reach the model; the defaults if not given.

    Raises:
        ModelError: unknown prefix, malformed name, missing key or missing package, in one line.
    """
    made = factory_of(name)(name, options or ModelOptions())
    prefix = _prefix_of(name)
    if prefix not in _BUILT_IN:
        plugins.check_made(
            made, ("name", "close", *(() if hasattr(made, "embed") else _ASKED)), GROUP, prefix, ModelError
        )
    return made


def factory_of(name: str) -> Factory:
    """Return the factory of a model; for built-in models it is the class, which shows what the model offers.

    Raises:
        ModelError: unknown prefix, malformed name or broken plug-in, in one line.
    """
    prefix = _prefix_of(name)
    if prefix in _BUILT_IN:
        form, module, attribute = _BUILT_IN[prefix]
        _check_form(name, prefix, form)
        factory: Any = getattr(import_module(f"tarot_bench.models.{module}"), attribute)
    elif prefix in plugins.installed(GROUP):
        factory = plugins.load_factory(GROUP, prefix, ModelError)
    else:
        raise ModelError(f"unknown model {name!r}; {_what_there_is()}{_meant(name, prefix)}")
    return factory  # type: ignore[no-any-return]  # what an entry point yields is known only at run time


def _prefix_of(name: str) -> str:
    """What a full name begins with, up to its separator."""
    parts = _NAME.fullmatch(name)
    return parts["prefix"] if parts else ""


def _meant(name: str, prefix: str) -> str:
    """Suggest a full name for a name without a known prefix, as the end of an error message."""
    if re.match(r"(gpt|chatgpt|o\d|davinci|babbage)\b", name):
        return f"; did you mean openai/{name}?"
    if name.startswith("claude"):
        return f"; did you mean anthropic/{name}?"
    if re.search(r"\.jsonl?(\.gz)?$", name):
        return f"; did you mean replay:{name}?"
    if close := did_you_mean(prefix, [*_BUILT_IN, *plugins.installed(GROUP)]):
        return close
    if re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        return f"; did you mean hf/{name} or vllm/{name}, or openai/{name} with --base-url?"
    return ""


def _check_form(name: str, prefix: str, form: str) -> None:
    separator = form[len(prefix) : len(prefix) + 1]
    has_rest = len(name) > len(prefix) + 1
    if name[len(prefix) : len(prefix) + 1] != separator or has_rest != bool(separator):
        raise ModelError(f"malformed model name {name!r}: write {form}")


def _what_there_is() -> str:
    built_in = ", ".join(form for form, _, _ in _BUILT_IN.values())
    found = ", ".join(plugins.installed(GROUP)) or "none installed"
    return f"there is {built_in}; plug-ins: {found}"
