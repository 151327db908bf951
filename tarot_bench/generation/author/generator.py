"""A generator as a recipe describes it: which service or method writes tests, how, and at what price."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.problem import Frozen

Provider = Literal["openai-responses", "openai-chat", "openai-compatible", "anthropic", "mutate"]


class GeneratorSettings(Frozen):
    """One writer of tests. Model ids stand here, in the recipe, and nowhere in the code.

    Raises (on construction, as pydantic's ValidationError): an LLM without a model, an OpenAI-compatible server without
    an address or in batch mode (such servers have no batch endpoint), or only one of the two prices.
    """

    provider: Provider
    model: str | None = None
    """The service's name of the model; none for ``mutate``."""
    mode: Literal["live", "batch"] = "live"
    """``batch``: OpenAI's Batch API or Anthropic's Message Batches; slower and cheaper."""
    base_url: str | None = None
    """Of the server; None takes the service's own. OpenAI-compatible addresses usually end in ``/v1``."""
    max_tokens: int = Field(default=8192, ge=1)
    """Most tokens of one answer, reasoning included."""
    temperature: float | None = Field(default=None, ge=0)
    extra: dict[str, Any] = Field(default_factory=dict)
    """Further fields of the request body, as in ``{reasoning: {effort: medium}}``."""
    input_price: float | None = Field(default=None, ge=0)
    """USD per million input tokens, in the mode that is used; None where unknown."""
    output_price: float | None = Field(default=None, ge=0)
    """USD per million output tokens, in the mode that is used; None where unknown."""
    concurrency: int = Field(default=16, ge=1)
    """Requests (``live``) or batches (``batch``) that are under way at once."""
    timeout_s: float = Field(default=600.0, gt=0)
    """Wall seconds for one live answer."""
    max_retries: int = Field(default=6, ge=0)
    """Attempts after the first, for failures that may pass."""
    shard_size: int = Field(default=1000, ge=1, le=2000)
    """Requests in one batch: a batch that fails costs no more than these."""
    poll_s: float = Field(default=60.0, gt=0)
    """Seconds between two looks at a batch."""
    without_validator: bool = False
    """``mutate`` only: take an input for valid where the gold exits 0. About a third of such inputs are valid."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.model is None) != (self.provider == "mutate"):
            raise ValueError("every provider but `mutate` needs a `model`, and `mutate` has none")
        if self.provider == "openai-compatible" and (self.base_url is None or self.mode == "batch"):
            raise ValueError("provider openai-compatible needs a `base_url`, and knows mode `live` only")
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("give both `input_price` and `output_price`, or neither")
        return self

    @property
    def name(self) -> str:
        """As in `Provenance.generator`: ``mutate``, or the provider and the model."""
        return f"{self.provider}/{self.model}" if self.model else self.provider
