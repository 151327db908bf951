"""Run a generation recipe: from a recipe to a run directory with a dataset and its funnel."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import UserError
from tarot_bench.generation.ambiguity import AmbiguitySettings, AmbiguityStage
from tarot_bench.generation.author.authors import REPLIES, open_authors
from tarot_bench.generation.author.drafting import Author, CostEstimate
from tarot_bench.generation.author.journal import copy_replies
from tarot_bench.generation.author.prompts import Prompts
from tarot_bench.generation.author.select.pools import Pools
from tarot_bench.generation.author.solver import Solver
from tarot_bench.generation.author.stage import AuthorStage
from tarot_bench.generation.complete import CompleteStage
from tarot_bench.generation.decontaminate.stage import DecontaminateSettings, DecontaminateStage
from tarot_bench.generation.dedup.embeddings import Embedder
from tarot_bench.generation.dedup.stage import DedupSettings, DedupStage
from tarot_bench.generation.distributing import placed
from tarot_bench.generation.history.provenance import write_provenance
from tarot_bench.generation.line import stages_of
from tarot_bench.generation.measure.stage import MeasureSettings, MeasureStage
from tarot_bench.generation.originals import OriginalsStage
from tarot_bench.generation.pipeline import run_stages
from tarot_bench.generation.recipe import GenerationRecipe, load_recipe, prompts_folder
from tarot_bench.generation.repair import RepairStage
from tarot_bench.generation.results import StageCount, StageResults
from tarot_bench.generation.resuming import accepting_changes, finished
from tarot_bench.generation.selection.improving import Improver
from tarot_bench.generation.selection.settings import SelectionSettings
from tarot_bench.generation.selection.stage import SelectionStage
from tarot_bench.generation.solve import SolveStage
from tarot_bench.generation.source.stage import SourceStage
from tarot_bench.generation.stage import Stage
from tarot_bench.generation.validate.stage import ValidateStage, check
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import RunDirectory, writing
from tarot_bench.runs.generation import ENTRIES, KIND, read_lines
from tarot_bench.runs.run import MANIFEST
from tarot_bench.runs.spool import Spool
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox


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
        max_cost: USD that generators and solvers may spend over the whole life of the run.

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
            with _stages(recipe, run.path, sandbox, max_cost, progress) as stages:
                counts = run_stages(run, stages, progress, start=start, only=only)
            if (run.path / ENTRIES).is_file():
                write_provenance(run, recipe)
            return counts
        except UserError:
            if is_new and not StageResults(run, 0, SourceStage.name).done:
                _remove(run)
            raise


def estimate(recipe: GenerationRecipe, output: str | Path | None = None) -> list[CostEstimate]:
    """Estimate the requests and the cost of each solver and generator, expected and at most; nothing is sent.

    Args:
        recipe: what to make.
        output: a run of this recipe that was begun: its entries after the free checks, where these are finished, and
            its replies count, and of repair and of the loop of selection what is not finished. Without one, every
            problem of the source counts.

    Raises:
        UserError: as `generate`.
    """
    run = Path(output).expanduser() if output else None
    done = finished(run, _settings(recipe)) if run else {}
    entries = _entries_to_ask(recipe, done)
    with TemporaryDirectory() as folder, open_sandbox(recipe.sandbox) as sandbox:
        copied = Path(folder, "shared.sqlite")
        shared = recipe.author.journal and copy_replies(Path(recipe.author.journal).expanduser(), copied)
        if run:
            copy_replies(run / REPLIES, Path(folder, REPLIES))
        author = recipe.author.model_copy(update={"journal": str(copied) if shared else None})
        looking = recipe.model_copy(update={"author": author})
        with _authors(looking, Path(folder), sandbox, None, Silent()) as (authors, solvers):
            made = [solver.estimate(entries) for solver in solvers]
            rounds = {"repair": recipe.rounds, "selection": recipe.selection.improve if recipe.selection else 0}
            left = sum(count for stage, count in rounds.items() if stage not in done)
            return made + AuthorStage(authors).estimate(entries, left)


def _entries_to_ask(recipe: GenerationRecipe, done: Mapping[str, Path]) -> Sequence[Entry]:
    """The entries that the stage `author` gets: of the run's last finished stage before it, or of the source."""
    names = stages_of(_settings(recipe))
    before = names[: names.index("author")] if "author" in names else []
    if known := [done[name] for name in before if name in done]:
        return read_lines(known[-1], Entry)
    spool = Spool(Entry)
    for place, outcome in enumerate(SourceStage(recipe.source).run(())):
        if outcome.entry:
            spool.append(outcome.entry, place)
    return spool.records()


def _remove(run: RunDirectory) -> None:
    """Delete a run that failed before its source was read, so that it does not block the next attempt.

    Nothing was sent or paid until then. The manifest goes last: what is left after a kill is a run to resume.
    """
    for folder in ("stages", "author"):
        shutil.rmtree(run.path / folder, ignore_errors=True)
    (run.path / MANIFEST).unlink(missing_ok=True)


@contextmanager
def _stages(
    recipe: GenerationRecipe, folder: Path, sandbox: Sandbox, max_cost: float | None, progress: Progress
) -> Iterator[list[Stage]]:
    """The stages of a recipe, in order."""
    with _authors(recipe, folder, sandbox, max_cost, progress) as (authors, solvers):
        makers = _makers(recipe, folder, sandbox, authors, solvers)
        yield [makers[name]() for name in stages_of(_settings(recipe))]


def _makers(
    recipe: GenerationRecipe, folder: Path, sandbox: Sandbox, authors: Sequence[Author], solvers: Sequence[Solver]
) -> dict[str, Callable[[], Stage]]:
    """A function for each stage, by name; sections that are null are those of stages that are left out."""
    checking = partial(check, sandbox=sandbox, settings=recipe.validate_)
    ambiguity = recipe.ambiguity or AmbiguitySettings()
    checkers = recipe.author.checkers > 0 and any(each.is_model for each in recipe.generators)
    place = partial(placed, recipe.engine, recipe.sandbox, sandbox)
    embed = Embedder(recipe.embeddings, folder / "embeddings.jsonl") if recipe.embeddings else None
    return {
        "source": lambda: SourceStage(recipe.source),
        "originals": lambda: OriginalsStage(checking, sandbox.workers),
        "ambiguity": lambda: place(partial(AmbiguityStage, checkers=checkers), ambiguity),
        "dedup": lambda: DedupStage(recipe.dedup or DedupSettings(), sandbox, embed),
        "decontaminate": lambda: DecontaminateStage(recipe.decontaminate or DecontaminateSettings(), sandbox),
        "solve": lambda: SolveStage(solvers),
        "author": lambda: AuthorStage(authors),
        "validate": lambda: place(ValidateStage, recipe.validate_),
        "repair": lambda: RepairStage(
            authors, checking, recipe.rounds, sandbox.workers, recipe.validate_.unvalidated, recipe.tests
        ),
        "complete": lambda: CompleteStage(recipe.tiers),
        "agreement": lambda: place(partial(AmbiguityStage, again=True), ambiguity),
        "selection": lambda: _selection(recipe, folder, sandbox, authors),
        "measure": lambda: place(MeasureStage, recipe.measure or MeasureSettings()),
    }


def _selection(recipe: GenerationRecipe, folder: Path, sandbox: Sandbox, authors: Sequence[Author]) -> SelectionStage:
    """The stage `selection`; with rounds of the loop where there are generators to ask."""
    settings = recipe.selection or SelectionSettings()
    improver = None
    if settings.improve and authors:
        checking = partial(check, sandbox=sandbox, settings=recipe.validate_)
        journal, first = folder / "selection" / "requests.jsonl", recipe.rounds + 1
        improver = Improver(authors, checking, settings.improve, journal, sandbox.workers, first)
    return SelectionStage(settings, recipe.tests, sandbox, recipe.seed, improver)


@contextmanager
def _authors(
    recipe: GenerationRecipe, folder: Path, sandbox: Sandbox, max_cost: float | None, progress: Progress
) -> Iterator[tuple[Sequence[Author], Sequence[Solver]]]:
    if not recipe.generators:
        yield (), ()
        return
    with open_authors(
        recipe.generators,
        folder,
        sandbox,
        solvers=recipe.solvers,
        pools=Pools(recipe.source),
        seed=recipe.seed,
        max_cost=max_cost,
        prompts=prompts_folder(recipe),
        section=recipe.author,
        report=progress.requests,
    ) as opened:
        yield opened


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
