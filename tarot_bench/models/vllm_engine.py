"""``vllm/NAME``: vLLM's offline engine, in this process. For a vLLM server use ``openai/NAME`` and ``--base-url``."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tarot_bench.errors import ModelError, RefusedError, boundary
from tarot_bench.models.answers import finish_reason
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.classify import classify
from tarot_bench.verdict import Usage

_BATCH = 256
"""Requests per call unless the user says otherwise: vLLM batches by itself, so a call is only a checkpoint."""
_MODEL_DEFAULTS = ("temperature", "top_p", "top_k", "min_p", "repetition_penalty")


class VllmModel:
    """Batched generation by ``vllm.LLM``.

    ``ModelOptions.extra`` goes to its constructor (``tensor_parallel_size``, ``max_model_len``, …), but for
    ``chat_template`` and ``chat_template_kwargs``, which go to its ``chat``.
    Settings that `Sampling` leaves open come from the model's own generation config, as vLLM reads it.
    """

    concurrency = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Start the engine.

        Raises:
            ModelError: vLLM is missing, or cannot load the model.
        """
        try:
            import vllm
        except ImportError as error:
            raise ModelError(f'{name} needs vLLM and a GPU: pip install "tarot-bench[vllm]" ({error})') from error
        self.name = name
        self.batch_size = options.batch_size if "batch_size" in options.model_fields_set else _BATCH
        self._vllm: Any = vllm
        with boundary(ModelError, f"loading {name}"):
            self._engine: Any = vllm.LLM(model=name.partition("/")[2], **options.engine_arguments)
        self._template = options.template
        own = getattr(self._engine.get_tokenizer(), "chat_template", None)
        self._is_chat = options.endpoint == "chat" and bool(self._template.get("chat_template", own))

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Answer all requests in one call of the engine, in a worker thread.

        Raises:
            RefusedError: a prompt of the batch is too long for the engine.
            ModelError: the engine failed.
        """
        return await asyncio.to_thread(self._generate, requests, sampling)

    async def close(self) -> None:
        """Drop the engine; vLLM frees the GPU when the last reference is gone. Idempotent."""
        self._engine = None

    def _generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        params = [self._params(sampling, request.index) for request in requests]
        with boundary(ModelError, self.name), _refusing_long_prompts(self.name):
            if self._is_chat:
                messages = [request.messages for request in requests]
                outputs = self._engine.chat(messages, sampling_params=params, use_tqdm=False, **self._template)
            else:
                outputs = self._engine.generate(
                    [request.text for request in requests], sampling_params=params, use_tqdm=False
                )
        return [_answer(output) for output in outputs]

    def _params(self, sampling: Sampling, index: int) -> Any:
        own = self._engine.get_default_sampling_params()
        defaults = {name: getattr(own, name) for name in _MODEL_DEFAULTS}
        wanted = {"temperature": sampling.temperature, "top_p": sampling.top_p}
        return self._vllm.SamplingParams(
            **defaults | {key: value for key, value in wanted.items() if value is not None},
            max_tokens=sampling.max_tokens,
            stop=list(sampling.stop),
            seed=None if sampling.seed is None else sampling.seed + index,
            # Some models tell their reasoning from their answer by special tokens alone.
            skip_special_tokens=False,
        )


@contextmanager
def _refusing_long_prompts(name: str) -> Iterator[None]:
    """Raise RefusedError for a prompt that does not fit, which vLLM reports as a plain ValueError."""
    try:
        yield
    except ValueError as error:
        failure = classify(400, {"message": str(error)})
        if failure.name != "context_length":
            raise
        raise RefusedError(f"{name}: {failure.words}", failure.name, failure.words) from error


def _answer(output: Any) -> Answer:
    sample = output.outputs[0]
    usage = Usage(input_tokens=len(output.prompt_token_ids or ()), output_tokens=len(sample.token_ids))
    return Answer(sample.text, finish_reason(sample.finish_reason), usage)
