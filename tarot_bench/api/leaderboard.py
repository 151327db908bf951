"""Submit runs to a leaderboard and verify submissions."""

from pathlib import Path

from tarot_bench.errors import RunError
from tarot_bench.evaluation.parts import LoadedBenchmark, parts_of_run
from tarot_bench.leaderboard.bundle import About
from tarot_bench.leaderboard.submission import Submitted, write_bundle
from tarot_bench.runs.evaluation import EvaluationRun


def submit(run: str | Path, to: str | Path, *, model_card: str | None = None, about: About | None = None) -> Path:
    """Write the bundle of a finished run, to be sent to a leaderboard.

    Args:
        run: a directory of `evaluate`.
        to: the folder that receives the bundle.
        model_card: the address of the model's card.
        about: what you say of the model: its size, whether its weights are open, whether it reasons.

    Returns:
        The bundle's path; the same run gives the same bytes.

    Raises:
        RunError: the run is not complete or was imported, or one of its texts holds a credential.
        UserError: the run's data cannot be loaded any more.
    """
    opened = EvaluationRun.open(Path(run).expanduser())
    if "imported" in opened.manifest.environment:
        raise RunError(f"{opened.path} was imported: how its model was asked is unknown; submit a run of `evaluate`")
    settings, parts = parts_of_run(opened.manifest)
    revisions = {name: data["revision"] for name, data in opened.manifest.settings["data"].items()}
    submitted = [_submitted(part, revisions[part.name], settings.samples) for part in parts]
    return write_bundle(opened, submitted, Path(to).expanduser(), model_card, about)


def _submitted(part: LoadedBenchmark, revision: str, samples: int) -> Submitted:
    return Submitted(
        name=part.name,
        source=part.problems.source,
        revision=revision,
        digest=part.problems.digest,
        problems=part.problems.problems,
        prompt_of=part.prompt.render,
        samples=samples,
    )
