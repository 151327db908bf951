"""The schema of generation recipes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from tarot_bench.config import Name, load_yaml
from tarot_bench.generation.ambiguity import AmbiguitySettings
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.decontaminate.stage import DecontaminateSettings
from tarot_bench.generation.dedup.embeddings import EmbeddingSettings
from tarot_bench.generation.dedup.stage import DedupSettings
from tarot_bench.generation.measure.stage import MeasureSettings
from tarot_bench.generation.source.stage import SourceSettings
from tarot_bench.generation.validate.stage import ValidateSettings
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.recipes import find
from tarot_bench.sandbox.registry import SandboxKind

FOLDER = "generation/recipes"


class GenerationRecipe(Frozen):
    """A file of ``generation/recipes/``: one section per stage; null disables a stage."""

    renamed: ClassVar[Mapping[str, str]] = {
        "validation": "validate",
        "deduplication": "dedup",
        "decontamination": "decontaminate",
        "measurement": "measure",
    }

    name: Name
    description: str = ""
    seed: int = 0
    """Seed of the generators `mutate` and `select`."""
    source: SourceSettings
    generators: tuple[GeneratorSettings, ...] = ()
    """The generators that write tests. Empty: the tiers of the source are kept and checked."""
    prompts: str | None = None
    """A folder of prompt templates; null is the shipped ``generation/prompts/``."""
    rounds: int = Field(default=2, ge=0)
    """Rounds of repair: generators are asked again for missing and rejected tests."""
    tiers: tuple[Tier, ...] = TIERS
    """Tiers that a problem must have, where no generator writes tests."""
    validate_: ValidateSettings = Field(default=ValidateSettings(), alias="validate")
    """The section ``validate``; pydantic's models have a method of that name."""
    ambiguity: AmbiguitySettings | None = AmbiguitySettings()
    dedup: DedupSettings | None = DedupSettings()
    embeddings: EmbeddingSettings | None = None
    """An embeddings server for the third pass of `dedup`, by meaning."""
    decontaminate: DecontaminateSettings | None = DecontaminateSettings()
    measure: MeasureSettings | None = MeasureSettings()
    sandbox: SandboxKind = "local"


def load_recipe(argument: str, overrides: Iterable[str] = ()) -> GenerationRecipe:
    """Read a recipe.

    Args:
        argument: a file, or a shipped name in ``generation/recipes/``.
        overrides: ``key=value`` pairs, as in ``measure.share=0.1``.

    Raises:
        RecipeError: an unknown name or key, or a value that does not fit; one line.
    """
    return load_yaml(GenerationRecipe, find(argument, FOLDER), overrides)


def prompts_folder(recipe: GenerationRecipe) -> Path | None:
    """The folder of the recipe's templates; None for the shipped ones."""
    return Path(recipe.prompts).expanduser() if recipe.prompts else None
