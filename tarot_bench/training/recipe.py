"""Settings of a training: a recipe, a model and a curriculum, combined by name.

A recipe defines how to train, a model file what a model needs, a curriculum which tiers are active when. Any recipe
works with any model and any curriculum.
"""

import json
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from tarot_bench.config import Name, build, load_yaml, with_overrides
from tarot_bench.problem import Frozen, sha256
from tarot_bench.recipes import find
from tarot_bench.sandbox.registry import SandboxKind
from tarot_bench.training.curriculum import Curriculum, load_curriculum
from tarot_bench.training.model_spec import ModelSpec, load_model_spec, read_numbers
from tarot_bench.training.reward.formats import Tags
from tarot_bench.training.reward.limits import RewardLimits
from tarot_bench.training.reward.modes import RewardMode

RECIPES = "training_baselines/recipes"

_NOT_IDENTITY = {"kind", "description", "hub", "report_to", "processes", "volume", "install", "gpu_memory_gb"}
_HUB_NAME = 96
"""Characters that the Hub allows in the name of a repository."""


class SamplingSettings(Frozen):
    """``order: dynamic``: how running estimates of the model's pass rates decide which problems are drawn."""

    floor: float = Field(default=0.1, gt=0, le=1)
    """Weight of a problem whose samples are all expected to do alike; 1 is the weight of one at a pass rate of 1/2."""
    decay: float = Field(default=0.8, ge=0, le=1)
    """Weight of a problem's earlier samples in its estimate once there are newer ones."""
    every_epochs: int = Field(default=4, ge=2)
    """Epochs in which each problem is drawn at least once, whatever its estimate."""


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
    order: Literal["shuffled", "as_given", "curriculum", "dynamic"] = "shuffled"
    """``curriculum`` opens problems from easy to hard with the curriculum's stages; ``dynamic`` prefers problems that
    the model solves about half of the time."""
    sampling: SamplingSettings = SamplingSettings()
    difficulties: str | None = None
    """``curriculum``: a JSON file of problem ids and numbers, larger is harder; None: the data is sorted."""


class RewardSettings(Frozen):
    """How verdicts become a reward; the curriculum defines which tiers are active."""

    mode: RewardMode = "fraction"
    format: Tags | Literal["model"] | None = None
    """Reward these tags beside the tests; ``model`` takes the tags of the model file."""
    format_weight: float = Field(default=0.1, gt=0)
    """Weight of the format's reward beside that of the tests, which has weight 1."""
    format_gated: bool = True
    """Whether the format is rewarded only in completions that also earn a reward for passed tests."""
    sandbox: SandboxKind = "local"
    workers: int | None = Field(default=None, ge=1)
    limits: RewardLimits = RewardLimits()
    """Upper bounds of the problems' own limits."""
    step_wall_s: float | None = Field(default=None, gt=0)
    """Wall seconds for grading one batch; rewards that are not known by then are None. None sets no limit."""


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

    @property
    def server_gpus(self) -> int:
        """GPUs of the training's machine that a server takes; none where it runs on another `host`."""
        here = self.host in ("127.0.0.1", "localhost", "0.0.0.0")
        return self.tensor_parallel if self.mode == "server" and here else 0


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
    volume: str | None = Field(default=None, pattern=r"^[\w.-]+:/[\w./-]+$")
    """``NAME:/PATH``: storage that outlives a rented machine (a dstack volume, SkyPilot's bucket), mounted there at
    ``/PATH``; the run is written below it."""
    install: str | None = Field(default=None, pattern=r"^(wheel|pypi|git\+\S+)$")
    """What a job file installs: a ``wheel`` of this checkout, which travels with the job, this version from ``pypi``,
    or ``git+URL``; None takes a wheel in a checkout, and PyPI elsewhere."""
    gpu_memory_gb: Literal[24, 48, 80, 141, 180] | None = None
    """GB of each GPU of a rented machine, as its name says (80 of an H100); None takes the smallest of 24, 48 and 80
    that the training fits."""
    report_to: tuple[str, ...] = ()
    """``wandb``, ``trackio``, ``tensorboard``; none by default."""
    trainer: dict[str, Any] = Field(default_factory=dict)
    """Further settings of TRL's GRPOConfig."""

    @field_validator("trainer")
    @classmethod
    def _numbers(cls, trainer: dict[str, Any]) -> dict[str, Any]:
        return read_numbers(trainer)


class Training(Frozen):
    """A recipe with its model, and the names derived from them."""

    recipe: TrainingRecipe
    model: ModelSpec

    @property
    def run_name(self) -> str:
        """The run's name: recipe, model, curriculum, seed and a digest of all settings that determine its records."""
        parts = (self.recipe.name, self.model.name, _stem(self.recipe.curriculum), f"s{self.recipe.seed}", self.digest)
        return "-".join(re.sub(r"[^\w.]+", "-", part) for part in parts)

    @property
    def digest(self) -> str:
        """SHA-256 (hex, 8 characters) of `identity`: runs with other overrides never share a name."""
        return sha256(json.dumps(self.identity, sort_keys=True))[:8]

    @property
    def output(self) -> Path:
        """The default run directory."""
        return Path("runs") / "train" / self.run_name

    @property
    def hub_id(self) -> str:
        """The Hub repository of the trained model: ``ORGANIZATION/MODEL-tarot-RECIPE-CURRICULUM-sSEED-DIGEST``."""
        base = (self.model.id or self.model.name).rstrip("/").rpartition("/")[2]
        parts = f"{base}-tarot-{self.recipe.name}-{_stem(self.recipe.curriculum)}-s{self.recipe.seed}"
        readable = re.sub(r"[^a-zA-Z0-9.]+", "-", parts)
        name = f"{readable[: _HUB_NAME - 9].strip('-.')}-{self.digest}"
        return f"{self.recipe.hub.organization}/{name}" if self.recipe.hub.organization else name

    @property
    def curriculum(self) -> Curriculum:
        """The curriculum; a random one has the order that the recipe's seed draws.

        Raises:
            RecipeError: it cannot be loaded.
        """
        return load_curriculum(self.recipe.curriculum).reseeded(self.recipe.seed)

    @property
    def answer_format(self) -> Tags | None:
        """The tags of the rewarded format, with ``model`` resolved; None if no format is rewarded."""
        reward = self.recipe.reward
        return self.model.format if reward.format == "model" else reward.format

    @property
    def system(self) -> str | None:
        """The system message, with a description of the rewarded format."""
        parts = [self.recipe.data.system, _asking_for(self.answer_format) if self.answer_format else None]
        return "\n\n".join(part for part in parts if part) or None

    @property
    def identity(self) -> dict[str, Any]:
        """The settings that determine a run's records; reporting and publishing are excluded.

        Raises:
            RecipeError: the curriculum cannot be loaded.
        """
        settings = self.model_dump(mode="json", exclude={"recipe": _NOT_IDENTITY, "model": {"shape"}})
        return settings | {"curriculum": self.curriculum.identity}


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


def _asking_for(tags: Tags) -> str:
    first, second = tags.split("/")
    return (
        f"Think the problem through between <{first}> and </{first}>. Then give your answer, a single fenced block of "
        f"Python code, between <{second}> and </{second}>. Write nothing outside of these tags."
    )


def _stem(argument: str) -> str:
    """A curriculum's name, from a name or a path."""
    return Path(argument).stem if argument.endswith((".yaml", ".yml")) else argument
