"""The sizes of a language model, in the words of its ``config.json``, and the number of parameters they give."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field

from tarot_bench.errors import RecipeError, one_line
from tarot_bench.problem import Frozen


class ModelShape(Frozen):
    """The keys of a Hugging Face ``config.json`` that decide how much memory a decoder needs.

    Gated feed-forward layers are assumed (three matrices), as Llama, Qwen and Gemma have them.
    """

    hidden_size: int = Field(ge=1)
    intermediate_size: int = Field(ge=1)
    num_hidden_layers: int = Field(ge=1)
    num_attention_heads: int = Field(ge=1)
    num_key_value_heads: int | None = Field(default=None, ge=1)
    """None: as many as attention heads."""
    head_dim: int | None = Field(default=None, ge=1)
    """None: `hidden_size` / `num_attention_heads`."""
    vocab_size: int = Field(ge=1)
    tie_word_embeddings: bool = False
    num_experts: int = Field(default=1, ge=1)
    num_experts_per_tok: int = Field(default=1, ge=1)
    moe_intermediate_size: int | None = Field(default=None, ge=1)
    """Of one expert; None: `intermediate_size`."""

    @property
    def key_value_size(self) -> int:
        """Numbers that one token adds to the keys of one layer, and as many to its values."""
        head = self.head_dim or self.hidden_size // self.num_attention_heads
        return head * (self.num_key_value_heads or self.num_attention_heads)

    @property
    def attention_size(self) -> int:
        """Width of all attention heads together."""
        return (self.head_dim or self.hidden_size // self.num_attention_heads) * self.num_attention_heads

    @property
    def feed_forward_size(self) -> int:
        """Inner width of the feed-forward layer that one token passes through: of all experts it is sent to."""
        return self.num_experts_per_tok * (self.moe_intermediate_size or self.intermediate_size)

    @property
    def matrices(self) -> tuple[tuple[int, int], ...]:
        """The (inputs, outputs) of every linear matrix of one layer, each expert's included."""
        hidden, inner = self.hidden_size, self.moe_intermediate_size or self.intermediate_size
        attention = ((hidden, self.attention_size), (self.attention_size, hidden), *[(hidden, self.key_value_size)] * 2)
        return (*attention, *[(hidden, inner), (hidden, inner), (inner, hidden)] * self.num_experts)

    @property
    def embedding(self) -> int:
        """Parameters of the token embedding, and of the output head where it is not the same matrix."""
        return self.vocab_size * self.hidden_size * (1 if self.tie_word_embeddings else 2)

    @property
    def layer(self) -> int:
        """Parameters of one layer, without biases and normalisation."""
        router = self.hidden_size * self.num_experts if self.num_experts > 1 else 0
        return sum(inputs * outputs for inputs, outputs in self.matrices) + router

    @property
    def parameters(self) -> int:
        """All parameters, without biases and normalisation, which are less than 0.1 %."""
        return self.embedding + self.num_hidden_layers * self.layer

    @classmethod
    def of_config(cls, config: Mapping[str, Any], where: str = "config.json") -> Self:
        """Read the sizes from the content of a ``config.json``; those of a multimodal model are its text model's.

        Raises:
            RecipeError: a size is missing.
        """
        try:
            sizes = config.get("text_config", config)
            return cls.model_validate({key: sizes[key] for key in cls.model_fields if sizes.get(key) is not None})
        except (ValueError, AttributeError) as error:
            raise RecipeError(f"{where}: {one_line(error)}") from None


def local_shape(model_id: str | None) -> ModelShape | None:
    """The sizes of a model in a folder of this machine; None for a Hub id.

    Raises:
        RecipeError: the folder's ``config.json`` cannot be read.
    """
    path = Path(model_id or "") / "config.json"
    if model_id is None or not path.is_file():
        return None
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"cannot read {path}: {one_line(error)}") from None
    return ModelShape.of_config(config, str(path))
