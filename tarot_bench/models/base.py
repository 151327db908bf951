"""The protocol of models, its requests and answers, and the protocol of models that offer embeddings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from pydantic import Field

from tarot_bench.problem import Frozen, Problem
from tarot_bench.verdict import SampleOutcome, Usage

_TEMPLATE = ("chat_template", "chat_template_kwargs")


class Sampling(Frozen):
    """Sampling settings. None leaves a setting to the server's default."""

    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int = Field(default=4096, ge=1)
    stop: tuple[str, ...] = ()
    seed: int | None = 0
    """Sample ``index`` of a problem is drawn from ``seed + index``; None sends no seed (``hf/`` draws as with 0)."""


class ModelOptions(Frozen):
    """How to reach a model, and how many requests to send at once; back ends read the options that they have."""

    base_url: str | None = None
    """Of an OpenAI-compatible (or Anthropic-compatible) server."""
    concurrency: int = Field(default=16, ge=1)
    """Requests under way at once (API back ends)."""
    batch_size: int = Field(default=8, ge=1)
    """Prompts per forward pass (local back ends)."""
    timeout_s: float = Field(default=600.0, gt=0)
    """Wall seconds for one request."""
    max_retries: int = Field(default=6, ge=0)
    endpoint: str = "chat"
    """``chat``, ``completions`` (base models behind an OpenAI-compatible server) or ``responses`` (OpenAI's newer API,
    the only one that some reasoning models answer on)."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """Anything else for the back end: request-body fields of an API, constructor arguments of a local engine, and its
    `template`. An API field that is null here is left out of the body."""
    reasoning: bool = False
    """For APIs whose reasoning models refuse sampling settings: leaves ``temperature``, ``top_p`` and ``stop`` out and
    sends the token limit as ``max_completion_tokens``."""
    reasoning_effort: str | None = None
    """How long a reasoning model thinks, in the words of its service, as in ``low`` or ``high``; null leaves it to the
    service. OpenAI-compatible and Anthropic APIs."""
    system_role: bool = True
    """False puts the system message in front of the prompt, for chat templates that have no system role."""
    retry_refused: bool = False
    """On resume, ask again for the samples that the service refused or filtered."""

    @property
    def template(self) -> dict[str, Any]:
        """The settings of the chat template in `extra`: ``chat_template`` (its text) and ``chat_template_kwargs``."""
        return {key: self.extra[key] for key in _TEMPLATE if key in self.extra}

    @property
    def engine_arguments(self) -> dict[str, Any]:
        """`extra` without the settings of the chat template: the constructor arguments of a local engine."""
        return {key: value for key, value in self.extra.items() if key not in _TEMPLATE}


@dataclass(frozen=True, slots=True)
class Request:
    """A request for one sample.

    Attributes:
        problem: the problem that the prompt was made from; API models do not read it, the baselines do.
        index: which of the n samples.
        prompt: the user message, or the text to continue for a base model.
        system: the system message, if any.
        schema: JSON schema that the answer must fit, None for free text. The HTTP APIs hold their models to it; other
            models do not see it, so that the prompt must ask for it, too.
    """

    problem: Problem
    index: int
    prompt: str
    system: str | None = None
    schema: Mapping[str, Any] | None = field(default=None, hash=False)

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages in the form that chat APIs and chat templates take."""
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": self.prompt}]

    @property
    def text(self) -> str:
        """The text that a base model continues, with the system message in front."""
        return f"{self.system}\n\n{self.prompt}" if self.system else self.prompt


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a model to one request.

    Attributes:
        text: the raw text, reasoning included (wrapped in ``<think>`` where the server sends it apart).
        finish_reason: ``stop``, ``length``, or what else the server said; None if it said nothing.
        usage: tokens, as the server counted them.
        outcome: whether this is the model's answer, its refusal, or what a filter of the service left of it.
        note: the service's own words about the outcome.
        id: the service's id of the answer; ignored when answers are compared.
    """

    text: str
    finish_reason: str | None = "stop"
    usage: Usage = field(default_factory=Usage)
    outcome: SampleOutcome = SampleOutcome.ANSWERED
    note: str = ""
    id: str | None = field(default=None, compare=False)


class Model(Protocol):
    """A source of completions. `open_model` constructs it, which imports and checks, and sends nothing.

    An instance is used in one event loop only. `evaluate` and the generators of `generate` take any model.
    """

    @property
    def name(self) -> str:
        """The full name, prefix included, as stored in every completion."""
        ...

    @property
    def batch_size(self) -> int:
        """How many requests to hand to one `generate` call."""
        ...

    @property
    def concurrency(self) -> int:
        """How many `generate` calls may run at once."""
        ...

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Answer each request, in order.

        Raises:
            RefusedError: one request of the batch is refused (too long, filtered); others may be fine.
            ModelError: every request would fail, and the user can fix it: server down, bad key, unknown name.
            QuotaError: no credit is left; the run stops.
            InfrastructureError: retries are used up; these samples stay pending until the run is resumed.
        """
        ...

    async def close(self) -> None:
        """Release connections, engines and threads."""
        ...


@runtime_checkable
class EmbeddingModel(Protocol):
    """A model that turns texts into vectors."""

    async def embed(self, texts: Sequence[str]) -> list[Sequence[float]]:
        """Return one vector for each text, in order, all of one length.

        Raises:
            ModelError: the service cannot be reached, or refuses the key, the name or a text.
            InfrastructureError: retries are used up, or the answer is not one vector for each text.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
