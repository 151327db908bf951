"""Run a generation recipe: from a recipe to a run directory with a dataset and its funnel."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tarot_bench.errors import UserError
from tarot_bench.generation.ambiguity import AmbiguityStage
from tarot_bench.generation.author.authors import open_authors
from tarot_bench.generation.author.drafting import Author, CostEstimate, Wanted
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.select.pools import Pools
from tarot_bench.generation.author.stage import AuthorStage
from tarot_bench.generation.complete import CompleteStage
from tarot_bench.generation.decontaminate.stage import DecontaminateStage
from tarot_bench.generation.dedup.embeddings import Embedder
from tarot_bench.generation.dedup.stage import DedupStage
from tarot_bench.generation.measure.stage import MeasureStage
from tarot_bench.generation.pipeline import run_stages
from tarot_bench.generation.recipe import GenerationRecipe, load_recipe, prompts_folder
from tarot_bench.generation.repair import RepairStage
from tarot_bench.generation.results import StageCount, StageResults
from tarot_bench.generation.resuming import accepting_changes
from tarot_bench.generation.source.stage import SourceStage
from tarot_bench.generation.stage import Stage
from tarot_bench.generation.validate.stage import ValidateStage, check
from tarot_bench.problem import TIERS
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.runs.generation import KIND
from tarot_bench.runs.run import MANIFEST
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox

_REPORT_EVERY_S = 15.0


def generate(
    recipe: GenerationRecipe | str | Path,
    output: str | Path,
    progress: Progress | None = None,
    *,
    settings: Sequence[str] = (),
    resume: bool = False,
    start: str | None = None,
    only: str | None = None,
    max_cost: float | None = None,
) -> list[StageCount]:
    """Make a dataset.

    Args:
        recipe: what to make; a file, or a shipped name in ``generation/recipes/``.
        output: the run directory; see `pipeline.run_stages` for what is in it.
        progress: reports every entry; None shows nothing.
        settings: changes to a recipe that is named, as in ``source.data=problems.jsonl``.
        resume: continue the run in `output`; see `resuming` for the settings that may have changed.
        start: repeat this stage and those after it.
        only: run this stage only.
        max_cost: USD that generators may spend over the whole life of the run.

    Returns:
        The funnel: the counts of each finished stage.

    Raises:
        UserError: a mistake of the user; finished work is kept.
        InfrastructureError: entries are pending; continue with ``resume``.
    """
    if not isinstance(recipe, GenerationRecipe):
        recipe = load_recipe(str(recipe), settings)
    output, progress = Path(output).expanduser(), progress or Silent()
    is_new = not (output / MANIFEST).exists()
    with writing(output), open_sandbox(recipe.sandbox) as sandbox:
        asked = _settings(recipe)
        resume = resume or bool(start or only)
        run = RunDirectory.start(output, KIND, asked, _environment(sandbox), resume, accepting_changes(output, asked))
        try:
            with _stages(recipe, run.path, sandbox, max_cost, _Replies(progress)) as stages:
                return run_stages(run, stages, progress, start=start, only=only)
        except UserError:
            if is_new and not StageResults(run, 0, SourceStage.name).done:
                _remove(run)
            raise


def estimate(recipe: GenerationRecipe) -> list[CostEstimate]:
    """Estimate the requests and the maximum cost of the first round of each generator. Nothing is sent or written.

    Raises:
        UserError: as `generate`.
    """
    entries = [outcome.entry for outcome in SourceStage(recipe.source).run(()) if outcome.entry]
    wanted = [Wanted(entry, TIERS) for entry in entries]
    with (
        TemporaryDirectory() as folder,
        open_sandbox(recipe.sandbox) as sandbox,
        _authors(recipe, Path(folder), sandbox, None, lambda _count: None) as authors,
    ):
        return [author.estimate(wanted) for author in authors]


def _remove(run: RunDirectory) -> None:
    """Delete a run that failed before its source was read, so that it does not block the next attempt.

    Nothing was sent or paid until then. The manifest goes last: what is left after a kill is a run to resume.
    """
    for folder in ("stages", "author"):
        shutil.rmtree(run.path / folder, ignore_errors=True)
    (run.path / MANIFEST).unlink(missing_ok=True)


class _Replies:
    """Reports the number of finished requests: authors answer entries only when all requests are finished."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._count = 0
        self._reported = time.monotonic()

    def __call__(self, count: int) -> None:
        self._count += count
        if time.monotonic() - self._reported >= _REPORT_EVERY_S:
            self._reported = time.monotonic()
            self._progress.note(f"generators: {self._count} requests done so far")


@contextmanager
def _stages(
    recipe: GenerationRecipe,
    folder: Path,
    sandbox: Sandbox,
    max_cost: float | None,
    on_reply: Callable[[int], None],
) -> Iterator[list[Stage]]:
    """The stages of a recipe, in order."""
    with _authors(recipe, folder, sandbox, max_cost, on_reply) as authors:
        made: list[Stage] = [SourceStage(recipe.source)]
        if authors:
            checking = partial(check, sandbox=sandbox, settings=recipe.validate_)
            made.append(AuthorStage(authors))
            made.append(ValidateStage(recipe.validate_, sandbox))
            unvalidated = recipe.validate_.unvalidated
            made.append(RepairStage(authors, checking, recipe.rounds, sandbox.workers, unvalidated))
        else:
            made += [ValidateStage(recipe.validate_, sandbox), CompleteStage(recipe.tiers)]
        if recipe.ambiguity:
            made.append(AmbiguityStage(recipe.ambiguity, sandbox))
        if recipe.dedup:
            embed = Embedder(recipe.embeddings, folder / "embeddings.jsonl") if recipe.embeddings else None
            made.append(DedupStage(recipe.dedup, sandbox, embed))
        if recipe.decontaminate:
            made.append(DecontaminateStage(recipe.decontaminate, sandbox))
        if recipe.measure:
            made.append(MeasureStage(recipe.measure, sandbox))
        yield made


@contextmanager
def _authors(
    recipe: GenerationRecipe,
    folder: Path,
    sandbox: Sandbox,
    max_cost: float | None,
    on_reply: Callable[[int], None],
) -> Iterator[Sequence[Author]]:
    if not recipe.generators:
        yield ()
        return
    with open_authors(
        recipe.generators,
        folder,
        sandbox,
        pools=Pools(recipe.source),
        seed=recipe.seed,
        max_cost=max_cost,
        prompts=prompts_folder(recipe),
        on_reply=on_reply,
    ) as authors:
        yield authors


def _settings(recipe: GenerationRecipe) -> dict[str, Any]:
    """The settings that determine a run's output: the recipe and a digest of its prompts."""
    settings = recipe.model_dump(mode="json", by_alias=True)
    if recipe.generators:
        settings["prompts_digest"] = Prompts(prompts_folder(recipe)).digest
    return settings


def _environment(sandbox: Sandbox) -> dict[str, Any]:
    from tarot_bench import __version__

    info = sandbox.info
    return {
        "tarot_bench": __version__,
        "sandbox": {"kind": info.kind, "level": info.level, "python": info.python, **info.details},
    }
