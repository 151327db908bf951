"""The settings of a generator in a recipe: the model or method that writes tests, its options and prices."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.models import ModelOptions
from tarot_bench.problem import Tier

MUTATE = "mutate"
"""The name of the generator that mutates inputs."""
SELECT = "select"
"""The name of the generator that chooses among tests of the source; every other name is a model's."""
SOLVER = "solver:"
"""How the names of solvers begin, as voters and as origins of wrong programs."""
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_FORMER_PROVIDERS = {
    "openai-responses": "openai/{model}` and `endpoint: responses",
    "openai-chat": "openai/{model}",
    "openai-compatible": "openai/{model}",
    "anthropic": "anthropic/{model}",
    "mutate": MUTATE,
}


class GeneratorSettings(ModelOptions):
    """A generator: a model that `evaluate` knows, ``mutate`` or ``select``.

    Model ids are in recipes and nowhere in the code. The keys of `ModelOptions` say how the model is reached; those
    that its back end does not read have no effect.

    Raises (on construction, as pydantic's ValidationError): only one of the two prices, or a former key.
    """

    section: ClassVar[str] = "generators"
    """Of the recipe, for messages."""

    model: str
    """Full name, as for ``evaluate --model``: ``openai/NAME``, ``anthropic/NAME``, ``hf/NAME``, ``vllm/NAME``, a
    plug-in's; or ``mutate``, or ``select``."""
    mode: Literal["live", "batch"] = "live"
    """``batch``: OpenAI's Batch API or Anthropic's Message Batches; slower and cheaper."""
    max_tokens: int = Field(default=8192, ge=1)
    """Most tokens of one answer, reasoning included."""
    most_tokens: int | None = Field(default=None, ge=1)
    """Where an answer is cut at the limit, the request is sent again with twice the limit, up to this. Null: never."""
    expected_tokens: int | None = Field(default=None, ge=1)
    """Tokens of an average answer, for the expected cost of ``--dry-run``; null as in `estimate`."""
    temperature: float | None = Field(default=None, ge=0)
    input_price: float | None = Field(default=None, ge=0)
    """USD per million input tokens, in the mode that is used; None where unknown."""
    output_price: float | None = Field(default=None, ge=0)
    """USD per million output tokens, in the mode that is used; None where unknown."""
    shard_size: int = Field(default=1000, ge=1, le=2000)
    """Requests in one batch: a batch that fails costs no more than these. `concurrency` bounds the open batches."""
    poll_s: float = Field(default=60.0, gt=0)
    """Seconds between two looks at a batch."""
    without_validator: bool = False
    """``mutate`` only: take an input for valid where the gold exits 0. About a third of such inputs are valid."""

    tests: dict[Tier, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """``select`` only: tests per tier, as in ``{basic: 1, complex: 3}``; 1 for tiers that are not named."""

    @model_validator(mode="before")
    @classmethod
    def _current(cls, raw: Any) -> Any:
        if isinstance(raw, Mapping) and "provider" in raw:
            form = _FORMER_PROVIDERS.get(str(raw["provider"]), "openai/{model}")
            now = form.format(model=raw.get("model", "NAME"))
            raise ValueError(f"the key `provider` is now part of `model`: write `model: {now}`")
        return raw

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.endpoint not in {"chat", "completions", "responses"}:
            raise ValueError(f"unknown endpoint {self.endpoint!r}: write chat, completions or responses")
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("give both `input_price` and `output_price`, or neither")
        if self.tests and self.model != SELECT:
            raise ValueError(
                "`tests` is a setting of `select`; for other generators the sections `author` and `tests` say how many"
            )
        if self.most_tokens and self.most_tokens < self.max_tokens:
            raise ValueError("`most_tokens` is less than `max_tokens`; leave it out if truncated answers are final")
        if self.most_tokens and any(name.endswith(_LIMITS) for name in self.extra):
            raise ValueError("`extra` sets a token limit, so `most_tokens` cannot raise it; give `max_tokens` instead")
        if self.retry_refused:
            raise ValueError("retry_refused is a setting of evaluate; here, repair rounds ask again")
        return self

    @property
    def name(self) -> str:
        """The name of the generator, as in `Provenance.generator`."""
        return self.model

    @property
    def is_model(self) -> bool:
        """Whether a language model answers."""
        return self.model not in {MUTATE, SELECT}


class SolverSettings(GeneratorSettings):
    """A solver: a model whose answers to the statement alone vote on outputs, or become known wrong programs."""

    section: ClassVar[str] = "solvers"

    samples: int = Field(default=4, ge=1, le=64)
    """Solutions that the model writes for each problem."""

    @model_validator(mode="after")
    def _is_a_model(self) -> Self:
        if not self.is_model:
            raise ValueError(f"a solver is a model, which `{self.model}` is not")
        return self

    @property
    def name(self) -> str:
        """The name of the solver, as in `Vote.voter` and `WrongProgram.origin`."""
        return f"{SOLVER}{self.model}"
