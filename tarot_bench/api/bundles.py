"""Read the run of a submission with this machine's data: nothing of the bundle decides what is read or imported."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.evaluation.parts import LoadedBenchmark, load_parts
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.evaluation.settings import BenchmarkEntry, Evaluation, SandboxSetting
from tarot_bench.leaderboard.bundle import Stated
from tarot_bench.recipes import root
from tarot_bench.runs.evaluation import EvaluationRun


@dataclass(frozen=True, slots=True)
class OwnData:
    """The settings of a submitted run, with this machine's data and sandbox.

    Attributes:
        settings: of the run.
        parts: its benchmarks, with all problems of the source.
        shipped: for each of them, whether its prompt is one that this package ships. Others are never rendered.
    """

    settings: Evaluation
    parts: list[LoadedBenchmark]
    shipped: list[bool]

    def narrowed(self, part: LoadedBenchmark, stated: Stated) -> LoadedBenchmark:
        """A benchmark with the problems that the run requests, and without errata that it was made before.

        Raises:
            UserError: the run requests problems that there are not.
        """
        chosen = self.settings
        problems = part.problems.select(ids=chosen.ids, limit=chosen.limit, tiers=chosen.tiers)
        return replace(part, problems=problems.with_digest(stated.digest))


def settings_of(run: EvaluationRun) -> Evaluation:
    """The settings that a run states.

    Raises:
        pydantic.ValidationError: they are not those of an evaluation.
    """
    return Evaluation.model_validate({key: value for key, value in run.manifest.settings.items() if key != "data"})


def load_own(run: EvaluationRun, data: Mapping[str, str], sandbox: SandboxSetting, scratch: Path) -> OwnData:
    """Load this machine's data for the benchmarks of a submitted run.

    Args:
        run: an extracted bundle whose settings are valid.
        data: sources of the problems by benchmark; others have their default source.
        sandbox: where programs run.
        scratch: a folder that receives templates that this package does not ship.

    Raises:
        UserError: the data cannot be loaded.
    """
    stated = settings_of(run)
    stored = run.manifest.settings["data"]
    chosen = [_prompt(entry.name, stored[entry.name]["prompt"], scratch) for entry in stated.benchmarks]
    entries = tuple(
        BenchmarkEntry(name=entry.name, data=data.get(entry.name), split=entry.split, prompt=prompt)
        for entry, (prompt, _) in zip(stated.benchmarks, chosen, strict=True)
    )
    ours = stated.model_copy(update={"benchmarks": entries, "sandbox": sandbox, "isolation": "landlock"})
    whole = load_parts(ours.model_copy(update={"ids": None, "limit": None, "tiers": None}))
    return OwnData(ours, whole, [shipped for _, shipped in chosen])


def _prompt(benchmark: str, source: str, scratch: Path) -> tuple[str, bool]:
    """The argument of the template with this text, and whether it is one of ours; another is written to a file."""
    shipped = sorted(file.stem for file in (root() / "eval" / "prompts").glob("*.jinja"))
    for argument in (open_benchmark(benchmark).default_prompt, *shipped):
        if Prompt(argument).source == source:
            return argument, True
    own = scratch / f"{benchmark}.jinja"
    own.write_text(source, encoding="utf-8")
    return str(own), False
