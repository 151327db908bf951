"""``hf/NAME``: a model on this machine, run by transformers in batches."""

import asyncio
import hashlib
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from tarot_bench.errors import ModelError, RefusedError, boundary
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.verdict import Usage

_TOKENIZER_SETTINGS = ("local_files_only", "revision", "token", "trust_remote_code")
_REACH_S = 5.0


class HuggingFaceModel:
    """Batched generation with left padding; the GPU is used if there is one.

    ``ModelOptions.extra`` goes to ``AutoModelForCausalLM.from_pretrained`` (``dtype``, ``revision``, …), but for
    ``chat_template`` and ``chat_template_kwargs``. Prompts go through the chat template, if one is given or the
    tokenizer has one, and ``ModelOptions.endpoint`` is ``chat``.
    Settings that `Sampling` leaves open come from the model's own generation config.

    A sample depends on the seed, the problem and its index, and not on the batch it was drawn in: see `_RowNoise`.
    (Padding changes the last bits of the logits, so that a near-tie can still fall the other way.)
    """

    concurrency = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Load tokenizer and weights.

        Raises:
            ModelError: torch or transformers are missing, or there is no such model.
        """
        torch, transformers = _libraries(name)
        self.name = name
        self.batch_size = options.batch_size
        self._torch = torch
        self._model: Any
        path = name.partition("/")[2]
        settings: dict[str, Any] = {"dtype": "auto", "device_map": "cuda" if torch.cuda.is_available() else "cpu"}
        settings |= options.engine_arguments
        if not Path(path).exists() and _hub_is_out_of_reach():
            settings["local_files_only"] = True  # otherwise each file is tried again and again, for most of a minute
        shared = {key: settings[key] for key in _TOKENIZER_SETTINGS if key in settings}
        with boundary(ModelError, f"loading {name}"):
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(path, padding_side="left", **shared)
            self._model = transformers.AutoModelForCausalLM.from_pretrained(path, **settings).eval()
        self._template_arguments = options.template.get("chat_template_kwargs", {})
        self._tokenizer.chat_template = options.template.get("chat_template", self._tokenizer.chat_template)
        self._is_chat = options.endpoint == "chat" and bool(self._tokenizer.chat_template)
        self._defaults = _take_sampling_defaults(self._model.generation_config)
        self._stop_ids = _stop_ids(self._model.generation_config, self._tokenizer)
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token or self._tokenizer.convert_ids_to_tokens(0)

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Answer all requests in one batch, in a worker thread.

        Raises:
            RefusedError: a prompt of the batch is too long.
            ModelError: not enough memory for the batch.
        """
        return await asyncio.to_thread(self._generate, requests, sampling)

    async def close(self) -> None:
        """Release the weights. Idempotent."""
        self._model = None
        if self._torch.cuda.is_available():
            self._torch.cuda.empty_cache()

    def _generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        inputs = self._encode(requests, sampling)
        try:
            with self._torch.inference_mode():
                tokens = self._model.generate(
                    **inputs,
                    do_sample=False,
                    max_new_tokens=sampling.max_tokens,
                    pad_token_id=self._tokenizer.pad_token_id,
                    logits_processor=self._sampler(requests, sampling),
                    **({"stop_strings": list(sampling.stop), "tokenizer": self._tokenizer} if sampling.stop else {}),
                )
        except self._torch.OutOfMemoryError as error:
            raise ModelError(f"{self.name}: out of memory with {len(requests)} prompts: lower --batch-size") from error
        lengths = inputs["attention_mask"].sum(dim=1).tolist()
        rows = tokens[:, inputs["input_ids"].shape[1] :].tolist()
        return [self._answer(length, row, sampling) for length, row in zip(lengths, rows, strict=True)]

    def _encode(self, requests: Sequence[Request], sampling: Sampling) -> Any:
        """Token ids and attention mask, each (requests, longest prompt), padded on the left."""
        texts = [self._prompt(request) for request in requests]
        inputs = self._tokenizer(texts, padding=True, return_tensors="pt", add_special_tokens=not self._is_chat)
        longest, room = inputs["input_ids"].shape[1], _context(self._model.config)
        if longest + sampling.max_tokens > room:
            words = f"a prompt of {longest} tokens and {sampling.max_tokens} new ones exceed the model's {room}"
            raise RefusedError(f"{self.name}: {words}: lower sampling.max_tokens", "context_length", words)
        return {key: inputs[key].to(self._model.device) for key in ("input_ids", "attention_mask")}

    def _prompt(self, request: Request) -> str:
        if not self._is_chat:
            return request.text
        with boundary(ModelError, f"{self.name}: applying the chat template"):
            return str(
                self._tokenizer.apply_chat_template(
                    request.messages, tokenize=False, add_generation_prompt=True, **self._template_arguments
                )
            )

    def _sampler(self, requests: Sequence[Request], sampling: Sampling) -> Any:
        """Warpers and noise that make greedy decoding draw samples; nothing at temperature 0."""
        from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

        wanted = {"temperature": sampling.temperature, "top_p": sampling.top_p}
        setting = self._defaults | {key: value for key, value in wanted.items() if value is not None}
        if not setting["temperature"]:
            return LogitsProcessorList()
        processors = LogitsProcessorList([TemperatureLogitsWarper(float(setting["temperature"]))])
        if setting["top_k"]:
            processors.append(TopKLogitsWarper(setting["top_k"]))
        if setting["top_p"] and setting["top_p"] < 1:
            processors.append(TopPLogitsWarper(setting["top_p"]))
        seeds = [_seed_of(request, sampling.seed or 0) for request in requests]
        processors.append(_RowNoise(self._torch, seeds, self._model.device))
        return processors

    def _answer(self, prompt_tokens: int, row: list[int], sampling: Sampling) -> Answer:
        """One row of generated ids, padded on the right, as text.

        Special tokens stay in it: some models tell their reasoning from their answer by them alone.
        """
        ended = next((place for place, token in enumerate(row) if token in self._stop_ids), None)
        if ended is None:
            while row and row[-1] == self._tokenizer.pad_token_id:
                row.pop()
        text = self._tokenizer.decode(row[:ended], skip_special_tokens=False, clean_up_tokenization_spaces=False)
        cut = min((text.find(stop) for stop in sampling.stop if stop in text), default=None)
        is_whole = ended is not None or cut is not None
        usage = Usage(input_tokens=prompt_tokens, output_tokens=len(row) if ended is None else ended + 1)
        return Answer(text[:cut], "stop" if is_whole else "length", usage)


class _RowNoise:
    """Sampling by the Gumbel-max trick, each row with a random generator of its own.

    The arg max of log-probabilities plus Gumbel noise is distributed as a draw from the softmax (Gumbel 1954; see
    Maddison et al. 2014, "A* Sampling"). Greedy decoding does the arg max, so rows stay independent of each other,
    which ``do_sample=True`` with its one global generator cannot offer.
    """

    def __init__(self, torch: Any, seeds: Sequence[int], device: Any) -> None:
        self._torch = torch
        self._generators = [torch.Generator(device=device).manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Add noise to logits of shape (rows, vocabulary)."""
        noise = self._torch.empty_like(scores, dtype=self._torch.float32)
        for row, generator in zip(noise, self._generators, strict=True):
            row.exponential_(generator=generator)
        smallest = self._torch.finfo(self._torch.float32).tiny
        return scores - noise.clamp_(min=smallest).log_()


def _libraries(name: str) -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise ModelError(f'{name} needs torch and transformers: pip install "tarot-bench[hf]" ({error})') from error
    return torch, transformers


def _hub_is_out_of_reach() -> bool:
    """Return whether no connection to the Hub can be opened; behind a proxy, where that is unknown, False."""
    hub = urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    if getproxies():
        return False
    try:
        port = hub.port or (80 if hub.scheme == "http" else 443)
        socket.create_connection((hub.hostname or "", port), timeout=_REACH_S).close()
    except (OSError, ValueError):
        return True
    return False


def _take_sampling_defaults(config: Any) -> dict[str, Any]:
    """Remove the sampling settings from the model's generation config and return them."""
    names = ("temperature", "top_p", "top_k")
    defaults = {name: getattr(config, name, None) for name in names}
    defaults["temperature"] = (defaults["temperature"] or 1.0) if config.do_sample else 0.0
    config.do_sample = False
    for name in names:
        setattr(config, name, None)
    return defaults


def _stop_ids(config: Any, tokenizer: Any) -> set[int]:
    ids = config.eos_token_id if config.eos_token_id is not None else tokenizer.eos_token_id
    return set(ids) if isinstance(ids, list) else {ids}


def _context(config: Any) -> float:
    return getattr(config.get_text_config(), "max_position_embeddings", None) or float("inf")


def _seed_of(request: Request, seed: int) -> int:
    key = f"{seed + request.index}:{request.problem.id}".encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=7).digest(), "big")
