"""The schema of generation recipes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from tarot_bench.config import Name, load_yaml
from tarot_bench.generation.ambiguity import AmbiguitySettings
from tarot_bench.generation.author.generator import GeneratorSettings, SolverSettings
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.generation.decontaminate.stage import DecontaminateSettings
from tarot_bench.generation.dedup.embeddings import EmbeddingSettings
from tarot_bench.generation.dedup.stage import DedupSettings
from tarot_bench.generation.distributing import Engine
from tarot_bench.generation.measure.stage import MeasureSettings
from tarot_bench.generation.selection.settings import SelectionSettings
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
    solvers: tuple[SolverSettings, ...] = ()
    """Models that solve the problems: their programs vote on the outputs of tests, or count as wrong programs."""
    author: AuthorSettings = AuthorSettings()
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
    selection: SelectionSettings | None = None
    """Choose the published tests among those that were accepted; null keeps every accepted test."""
    tests: dict[Tier, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """Tests per tier that `selection` keeps, as in ``{basic: 1, complex: 3}``; 1 for tiers that are not named."""
    measure: MeasureSettings | None = MeasureSettings()
    sandbox: SandboxKind = "local"
    engine: Engine = "local"
    """``ray``: the nodes of a Ray cluster answer the entries of validate, ambiguity and measure, with Ray Data."""

    @model_validator(mode="after")
    def _solvers_have_tests_to_vote_on(self) -> Self:
        if self.solvers and not self.generators:
            raise ValueError("solvers vote on tests that generators write: add `generators`, or leave `solvers` out")
        return self

    @model_validator(mode="after")
    def _one_use_of_the_cluster(self) -> Self:
        if self.engine == "ray" and self.sandbox == "ray":
            raise ValueError("engine ray opens sandboxes on the nodes itself: set sandbox to local")
        return self


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
