"""The body of a request, the same for live and batch: each service's way of asking for structured output."""

from collections.abc import Mapping
from typing import Any

from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.prompts import AuthorPrompt

Body = dict[str, Any]
_NAME = "suite"


def body(settings: GeneratorSettings, prompt: AuthorPrompt, schema: Mapping[str, Any]) -> Body:
    """Write a request.

    Args:
        settings: the generator; its `extra` fields come last and may replace ours.
        prompt: what is asked.
        schema: JSON schema of the answer; the services hold their models to it (``strict``).
    """
    match settings.provider:
        case "openai-responses":
            made = _responses(settings, prompt, schema)
        case "anthropic":
            made = _messages(settings, prompt, schema)
        case _:
            made = _chat(settings, prompt, schema)
    temperature = {} if settings.temperature is None else {"temperature": settings.temperature}
    return {"model": settings.model} | made | temperature | settings.extra


def _responses(settings: GeneratorSettings, prompt: AuthorPrompt, schema: Mapping[str, Any]) -> Body:
    return {
        "instructions": prompt.system,
        "input": prompt.user,
        "text": {"format": {"type": "json_schema", "name": _NAME, "schema": schema, "strict": True}},
        "max_output_tokens": settings.max_tokens,
    }


def _chat(settings: GeneratorSettings, prompt: AuthorPrompt, schema: Mapping[str, Any]) -> Body:
    # OpenAI's chat models refuse max_tokens; compatible servers may know nothing else.
    limit = "max_completion_tokens" if settings.provider == "openai-chat" else "max_tokens"
    return {
        "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": _NAME, "schema": schema, "strict": True},
        },
        limit: settings.max_tokens,
    }


def _messages(settings: GeneratorSettings, prompt: AuthorPrompt, schema: Mapping[str, Any]) -> Body:
    import anthropic

    return {
        "max_tokens": settings.max_tokens,
        "system": prompt.system,
        "messages": [{"role": "user", "content": prompt.user}],
        "output_config": {"format": {"type": "json_schema", "schema": anthropic.transform_schema(dict(schema))}},
    }
