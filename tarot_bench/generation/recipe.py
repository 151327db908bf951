"""The recipe of `generate`: everything that decides what a run makes."""

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
    """A file of ``generation/recipes/``: one section per stage; a section that is null leaves its stage out."""

    renamed: ClassVar[Mapping[str, str]] = {
        "validation": "validate",
        "deduplication": "dedup",
        "decontamination": "decontaminate",
        "measurement": "measure",
    }

    name: Name
    description: str = ""
    seed: int = 0
    """Of `mutate`; everything else depends on the problems alone."""
    source: SourceSettings
    generators: tuple[GeneratorSettings, ...] = ()
    """Who writes the tests. None: the tiers of the source are kept and checked."""
    prompts: str | None = None
    """A folder of templates; null takes the shipped ``generation/prompts/``."""
    rounds: int = Field(default=2, ge=0)
    """How often what is missing or was rejected goes back to the generators."""
    tiers: tuple[Tier, ...] = TIERS
    """Tiers that a problem must have in the end, where nobody writes tests."""
    validate_: ValidateSettings = Field(default=ValidateSettings(), alias="validate")
    """In a file: ``validate``, which pydantic's models use for a method."""
    ambiguity: AmbiguitySettings | None = AmbiguitySettings()
    dedup: DedupSettings | None = DedupSettings()
    embeddings: EmbeddingSettings | None = None
    """A server for the third pass of deduplication, by meaning."""
    decontaminate: DecontaminateSettings | None = DecontaminateSettings()
    measure: MeasureSettings | None = MeasureSettings()
    sandbox: SandboxKind = "local"


def load_recipe(argument: str, overrides: Iterable[str] = ()) -> GenerationRecipe:
    """Read a recipe.

    Args:
        argument: a file, or a shipped name in ``generation/recipes/``.
        overrides: ``key=value`` pairs, as in ``measure.share=0.1``.

    Raises:
        RecipeError: unknown, or something in it does not fit; one line.
    """
    return load_yaml(GenerationRecipe, find(argument, FOLDER), overrides)


def prompts_folder(recipe: GenerationRecipe) -> Path | None:
    """Where the recipe's templates are; None for the shipped ones."""
    return Path(recipe.prompts).expanduser() if recipe.prompts else None
