"""How the dataset of a run was made: its recipe, prompts, and what generators were asked and cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tarot_bench.generation.author.authors import REPLIES
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.history.exchanges import Asked, Exchanges
from tarot_bench.generation.history.spent import Spent, spent_on
from tarot_bench.generation.recipe import GenerationRecipe, prompts_folder
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import PROVENANCE, GeneratorUse, RunProvenance

_PLACES = ("base_url", "journal", "prompts")


def write_provenance(run: RunDirectory, recipe: GenerationRecipe) -> None:
    """Write the provenance of a finished run into it.

    Raises:
        RunError: the journal of replies cannot be read, or the file cannot be written.
    """
    models: tuple[GeneratorSettings, ...] = (*recipe.generators, *recipe.solvers)
    asks_models = any(each.is_model for each in models)
    with closing(Exchanges(run.path / REPLIES, models)) as exchanges:
        made = RunProvenance(
            recipe=_without_places(recipe.model_dump(mode="json", by_alias=True)),
            prompts=Prompts(prompts_folder(recipe)).texts if asks_models else {},
            generators=uses_of(models, exchanges.of()),
        )
    run.write_json(PROVENANCE, made.model_dump(mode="json"))


def uses_of(generators: Iterable[GeneratorSettings], asked: Iterable[Asked]) -> tuple[GeneratorUse, ...]:
    """Add up the requests of each generator, in the order of the recipe."""
    models: dict[str, Counter[str]] = defaultdict(Counter)
    spent: dict[str, Spent] = defaultdict(Spent)
    for each in asked:
        models[each.generator].update(reply.model for reply in each.replies if reply.model)
        spent[each.generator] += spent_on([each])
    return tuple(
        GeneratorUse(
            generator=each.name,
            models=dict(sorted(models[each.name].items())),
            **spent[each.name].model_dump(),
        )
        for each in generators
    )


def _is_place(text: str) -> bool:
    """Whether a text is a path of this machine: absolute, of a home directory, or of something that is there."""
    try:
        return text.startswith(("/", "~/")) or (bool(text) and Path(text).exists())
    except (OSError, ValueError):  # too long for a name, or with a null byte
        return False


def _without_places(value: Any) -> Any:
    """Settings without addresses of servers and folders of this machine, which mean nothing to others."""
    match value:
        case Mapping():
            return {key: _without_places(each) for key, each in value.items() if key not in _PLACES}
        case list():
            return [_without_places(each) for each in value]
        case str() if _is_place(value):
            return Path(value).name
        case _:
            return value
