"""Settings of a training: a recipe, a model and a curriculum, combined by name.

A recipe defines how to train, a model file what a model needs, a curriculum which tiers are active when. Any recipe
works with any model and any curriculum.
"""

import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tarot_bench.config import Name, build, load_yaml, with_overrides
from tarot_bench.errors import RecipeError
from tarot_bench.problem import Frozen
from tarot_bench.recipes import find
from tarot_bench.sandbox.registry import SandboxKind
from tarot_bench.training.reward.formats import FormatReward, Tags
from tarot_bench.training.reward.modes import RewardMode

RECIPES = "training_baselines/recipes"
MODELS = "training_baselines/models"
CHAT_TEMPLATES = "training_baselines/chat_templates"

_NOT_IDENTITY = {"kind", "description", "hub", "report_to", "processes"}
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")


class FreshModel(Frozen):
    """Sizes of a randomly initialised Llama with its own tokenizer, for tests and for the miniature."""

    hidden_size: int = Field(default=64, ge=8)
    intermediate_size: int = Field(default=128, ge=8)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    vocabulary: int = Field(default=512, ge=300)
    """Maximum size of the byte-level BPE vocabulary, including 256 bytes."""


class ModelSpec(Frozen):
    """A file of ``training_baselines/models/``: a model and the settings that it needs in training.

    Raises (on construction, as pydantic's ValidationError): both or neither of ``id`` and ``fresh``.
    """

    name: Name
    id: str | None = None
    """A Hub id, or a folder on this machine."""
    fresh: FreshModel | None = None
    revision: str | None = None
    parameters_b: float = Field(gt=0)
    """Billions of parameters, including all experts."""
    context: int = Field(ge=16)
    """Context length in tokens."""
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
        return self


class DataSettings(Frozen):
    """The training data and how prompts are made from it."""

    source: str = "embedded"
    """As ``evaluate --data``: a Hub id, a folder, a file, ``embedded``, ``synthetic:N``."""
    revision: str | None = None
    split: str | None = None
    limit: int | None = Field(default=None, ge=1)
    held_out: int = Field(default=0, ge=0)
    """Number of problems that are held out of training for evaluation."""
    prompt: str = "tarot"
    """A template: a path, or a shipped name in eval/prompts/."""
    system: str | None = None
    """A system message; a description of the format is added where a format is rewarded."""
    order: Literal["shuffled", "as_given", "curriculum"] = "shuffled"
    """``curriculum`` opens problems from easy to hard with the curriculum's stages."""
    difficulties: str | None = None
    """``curriculum``: a JSON file of problem ids and numbers, larger is harder; None: the data is sorted."""


class RewardSettings(Frozen):
    """How verdicts become a reward; the curriculum defines which tiers are active."""

    mode: RewardMode = "fraction"
    format: Tags | Literal["model"] | None = None
    """Reward these tags beside the tests; ``model`` takes the tags of the model file."""
    format_weight: float = Field(default=0.1, gt=0)
    """Weight of the format's reward."""
    format_gated: bool = True
    """Whether the format is rewarded only in completions that also earn a reward for passed tests."""
    sandbox: SandboxKind = "local"
    workers: int | None = Field(default=None, ge=1)


class EvaluationSettings(Frozen):
    """Evaluation on held-out problems during training."""

    every: int | None = Field(default=None, ge=1)
    """Optimizer steps between evaluations; None disables them."""
    at_start: bool = True
    """Whether the untrained model is evaluated, too."""
    samples: int = Field(default=4, ge=1)
    """Completions per held-out problem."""


class LoraSettings(Frozen):
    """Train low-rank adapters instead of all weights (peft)."""

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"


class VllmSettings(Frozen):
    """How completions are generated: by transformers, by vLLM on the training GPUs, or by a vLLM server."""

    mode: Literal["none", "colocate", "server"] = "none"
    memory_share: float = Field(default=0.3, gt=0, lt=1)
    """Colocate: the share of a GPU's memory that vLLM takes."""
    tensor_parallel: int = Field(default=1, ge=1)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    timeout_s: float = Field(default=900.0, gt=0)
    """Seconds to wait for a server to be ready."""


class HubSettings(Frozen):
    """Where a trained model is published; off by default."""

    push: bool = False
    organization: str | None = None
    private: bool = True


class TrainingRecipe(Frozen):
    """A file of ``training_baselines/recipes/``."""

    name: Name
    kind: Literal["grpo"] = "grpo"
    description: str = ""
    model: str = "qwen2.5-coder-1.5b"
    """A path, or a shipped name in training_baselines/models/."""
    curriculum: str = "static"
    data: DataSettings = DataSettings()
    reward: RewardSettings = RewardSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    lora: LoraSettings | None = None
    vllm: VllmSettings = VllmSettings()
    hub: HubSettings = HubSettings()
    max_prompt_tokens: int = Field(default=1024, ge=1)
    """Problems with longer prompts are excluded and counted."""
    max_completion_tokens: int = Field(default=4096, ge=1)
    processes: int = Field(default=1, ge=1)
    """Training processes (GPUs) that the batch sizes are meant for."""
    seed: int = 42
    report_to: tuple[str, ...] = ()
    """``wandb``, ``trackio``, ``tensorboard``; none by default."""
    trainer: dict[str, Any] = Field(default_factory=dict)
    """Further settings of TRL's GRPOConfig."""

    @field_validator("trainer")
    @classmethod
    def _numbers(cls, trainer: dict[str, Any]) -> dict[str, Any]:
        return read_numbers(trainer)


def read_numbers(settings: dict[str, Any]) -> dict[str, Any]:
    """Convert texts such as ``1e-6`` to numbers: YAML 1.1 reads an exponent without a decimal point as text."""
    return {
        key: float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
        for key, value in settings.items()
    }


class Training(Frozen):
    """A recipe with its model, and the names derived from them."""

    recipe: TrainingRecipe
    model: ModelSpec

    @property
    def run_name(self) -> str:
        """The run's name: model, curriculum, recipe and seed."""
        parts = (self.model.name, _stem(self.recipe.curriculum), self.recipe.name, f"s{self.recipe.seed}")
        return "-".join(re.sub(r"[^\w.]+", "-", part) for part in parts)

    @property
    def output(self) -> Path:
        """The default run directory."""
        return Path("runs") / "train" / self.run_name

    @property
    def hub_id(self) -> str:
        """The Hub repository of the trained model: ``ORGANIZATION/MODEL-tarot-CURRICULUM``."""
        base = (self.model.id or self.model.name).rstrip("/").rpartition("/")[2]
        name = f"{base}-tarot-{re.sub(r'[^a-zA-Z0-9.]+', '-', _stem(self.recipe.curriculum))}"
        return f"{self.recipe.hub.organization}/{name}" if self.recipe.hub.organization else name

    @property
    def answer_format(self) -> FormatReward | None:
        """The rewarded format, with ``model`` resolved; None if no format is rewarded."""
        reward = self.recipe.reward
        tags = self.model.format if reward.format == "model" else reward.format
        return FormatReward(tags=tags, weight=reward.format_weight, gated=reward.format_gated) if tags else None

    @property
    def system(self) -> str | None:
        """The system message, with a description of the rewarded format."""
        parts = [self.recipe.data.system, _asking_for(self.answer_format.tags) if self.answer_format else None]
        return "\n\n".join(part for part in parts if part) or None

    @property
    def identity(self) -> dict[str, Any]:
        """The settings that determine a run's records; reporting and publishing are excluded."""
        return self.model_dump(mode="json", exclude={"recipe": _NOT_IDENTITY})


def resolve(
    recipe: str, model: str | None = None, curriculum: str | None = None, overrides: tuple[str, ...] = ()
) -> Training:
    """Combine a recipe, a model, a curriculum and ``key=value`` overrides.

    Args:
        recipe: a path, or a shipped name in training_baselines/recipes/.
        model: likewise in training_baselines/models/; None takes the recipe's.
        curriculum: a path, or a curriculum's name; None takes the recipe's.
        overrides: ``key=value`` pairs, as in ``trainer.learning_rate=2.0e-6``; they win over everything else.

    Raises:
        RecipeError: an unknown name or key, or a value that does not fit; one line.
    """
    path = find(recipe, RECIPES)
    raw = load_yaml(TrainingRecipe, path).model_dump(mode="json", exclude_unset=True)
    raw |= {key: value for key, value in {"model": model, "curriculum": curriculum}.items() if value is not None}
    chosen = build(TrainingRecipe, with_overrides(raw, overrides), str(path))
    return Training(recipe=chosen, model=load_model_spec(chosen.model))


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


def _asking_for(tags: Tags) -> str:
    first, second = tags.split("/")
    return (
        f"Think the problem through between <{first}> and </{first}>. Then give your answer, a single fenced block of "
        f"Python code, between <{second}> and </{second}>. Write nothing outside of these tags."
    )


def _stem(argument: str) -> str:
    """A curriculum's name, from a name or a path."""
    return Path(argument).stem if argument.endswith((".yaml", ".yml")) else argument
