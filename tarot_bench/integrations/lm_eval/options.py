"""Read the options of a task from lm-eval's ``--metadata``.

lm-eval merges all model arguments into the metadata (``revision`` is the model's there), so the keys below are chosen
not to collide with any of them, and keys that are not ours are left alone.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tarot_bench.config import complaints
from tarot_bench.errors import RecipeError
from tarot_bench.evaluation.settings import BenchmarkEntry, Evaluation, SandboxSetting
from tarot_bench.problem import Tier

ByBenchmark = str | dict[str, str] | None
"""One value for all tasks of a run, or a mapping from benchmarks to values."""


class TaskOptions(BaseModel):
    """The keys of ``--metadata`` that we define; a task file's own ``metadata`` may also set them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data: ByBenchmark = None
    """A Hub id, file or folder; None takes the benchmark's default."""
    data_revision: ByBenchmark = None
    """On the Hub a branch, tag or commit; on disk the checksum that the content must have."""
    data_split: ByBenchmark = None
    """As the benchmark reads it; for LiveCodeBench a release or a window of dates."""
    tiers: tuple[Tier, ...] | None = None
    """Only these tiers."""
    prompt: str | None = None
    """A template: a path, or a shipped name in eval/prompts/; None takes the benchmark's default."""
    repeats: int = Field(default=1, ge=1)
    """Completions per problem (n)."""
    k: tuple[int, ...] = ()
    """pass@k is reported for these; empty means 1 and `repeats`."""
    sandbox: SandboxSetting = SandboxSetting()

    @field_validator("tiers", mode="before")
    @classmethod
    def _labels(cls, value: Any) -> Any:
        labels = value.split(",") if isinstance(value, str) else value
        return labels and [Tier.parse(str(label).strip()) for label in labels]

    @field_validator("k", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if any(not 1 <= k <= self.repeats for k in self.k):
            raise ValueError(f"pass@k needs 1 <= k <= repeats, got k {list(self.k)} and repeats {self.repeats}")
        return self

    @classmethod
    def of(cls, metadata: Mapping[str, Any], repeats: int) -> Self:
        """Read our keys of a task's metadata.

        Args:
            metadata: as lm-eval hands it over, model arguments included.
            repeats: the task file's; the metadata's win.

        Raises:
            RecipeError: a value does not fit.
        """
        try:
            return cls.model_validate({"repeats": repeats, **metadata})
        except ValidationError as error:
            raise RecipeError(f"--metadata: {complaints(error)}") from None

    @property
    def ks(self) -> tuple[int, ...]:
        """The k of pass@k, sorted; 1 is always among them."""
        return tuple(sorted({1, *(self.k or (self.repeats,))}))

    def settings(self, benchmark: str) -> Evaluation:
        """The evaluation settings of a task: data, prompt and limits."""
        entry = BenchmarkEntry(
            name=benchmark,
            data=_of(self.data, benchmark),
            revision=_of(self.data_revision, benchmark),
            split=_of(self.data_split, benchmark),
            prompt=self.prompt,
        )
        return Evaluation(name="lm-eval", benchmarks=(entry,), model="lm-eval", sandbox=self.sandbox)


def _of(value: ByBenchmark, benchmark: str) -> str | None:
    return value.get(benchmark) if isinstance(value, dict) else value
