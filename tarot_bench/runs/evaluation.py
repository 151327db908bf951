"""A run of `evaluate`, with the names of all its files.

::

    run.json                        settings and environment
    summary[.LABEL].json            metrics, written last
    BENCHMARK/completions.jsonl     raw answers
    BENCHMARK/grades[.LABEL].jsonl  verdicts; LABEL names a published grader, or another extraction, that made them
    BENCHMARK/regrade-KEY.jsonl     grades of a regrade that is not finished
    BENCHMARK/claims.jsonl          the verdicts of an imported file
    BENCHMARK/limits.json           CPU seconds that the golds need on this host
    BENCHMARK/fidelity.json         counts of the sample that was graded again in fresh interpreters
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from tarot_bench.atomic import move
from tarot_bench.errors import RunError, one_line
from tarot_bench.reading import parse_json
from tarot_bench.runs.journal import JournalReader, JournalWriter, Record
from tarot_bench.runs.run import CutBack, RunDirectory
from tarot_bench.verdict import Completion, Grade, Usage

KIND = "evaluate"
_Price = Annotated[float, Field(ge=0, le=1e9)]  # USD per million tokens; no sum becomes infinite
_PRICES: TypeAdapter[tuple[_Price, _Price] | None] = TypeAdapter(tuple[_Price, _Price] | None)


class BenchmarkFiles:
    """The files of one benchmark in a run of `evaluate`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.limits = folder / "limits.json"
        self.fidelity = folder / "fidelity.json"

    @property
    def completions(self) -> JournalReader[Completion]:
        """The raw answers."""
        return JournalReader(self._folder / "completions.jsonl", Completion)

    @property
    def grades(self) -> JournalReader[Grade]:
        """The verdicts of our own grader; where a sample was graded twice, the later grade counts."""
        return JournalReader(self._grades(""), Grade)

    def claims(self, kind: type[Record]) -> JournalReader[Record]:
        """The verdicts of an imported file."""
        return JournalReader(self._folder / "claims.jsonl", kind)

    def write_completions(self) -> JournalWriter[Completion]:
        """Open the raw answers for writing. They were paid for, so the journal is durable."""
        return JournalWriter(self.completions.path, Completion, durable=True)

    def write_grades(self) -> JournalWriter[Grade]:
        """Open the verdicts for writing."""
        return JournalWriter(self.grades.path, Grade)

    def write_claims(self, kind: type[Record]) -> JournalWriter[Record]:
        """Open an imported file's claims for writing."""
        return JournalWriter(self.claims(kind).path, kind)

    def write_regrade(self, key: str) -> JournalWriter[Grade]:
        """Open the verdicts of an unfinished regrade for writing.

        Args:
            key: a digest of everything that decides the verdicts.
        """
        return JournalWriter(self._regrade(key), Grade)

    def finish_regrade(self, key: str, label: str) -> None:
        """Replace the grades with this label by a complete, closed regrade; "" means our own grader.

        Raises:
            RunError: it could not be written; the old grades are kept.
        """
        try:
            move(self._regrade(key), self._grades(label))
        except OSError as error:
            raise RunError(f"cannot write {self._grades(label)}: {error.strerror}") from None

    def _regrade(self, key: str) -> Path:
        return self._folder / f"regrade-{key}.jsonl"

    def _grades(self, label: str) -> Path:
        return self._folder / _labelled("grades", label, "jsonl")


class EvaluationRun(RunDirectory):
    """An open run of `evaluate`, or of `import`."""

    def benchmark(self, name: str) -> BenchmarkFiles:
        """The files of one benchmark, which need not exist yet."""
        return BenchmarkFiles(self.path / name)

    @property
    def benchmarks(self) -> tuple[str, ...]:
        """The benchmarks that the run includes."""
        return tuple(entry["name"] for entry in self.manifest.settings.get("benchmarks", ()))

    @property
    def graded(self) -> tuple[str, ...]:
        """The benchmarks that have grades, sorted."""
        return tuple(sorted(path.parent.name for path in self.path.glob("*/grades.jsonl")))

    def usd(self, used: Usage) -> float | None:
        """What tokens cost, by the prices that the run began with; None where it had none.

        Raises:
            RunError: ``run.json`` has something else as prices.
        """
        try:
            prices = _PRICES.validate_python(self.manifest.environment.get("prices"))
        except ValidationError:
            raise RunError(f"{self.path / 'run.json'}: environment.prices are no two prices") from None
        return used.usd(*prices) if prices else None

    def _extend(self, settings: dict[str, Any], cut_back: CutBack | None) -> None:
        """Adopt larger settings, and remove the summaries, which are of fewer samples."""
        super()._extend(settings, cut_back)
        for path in self.path.glob("summary*.json"):
            path.unlink()

    def write_summary(self, content: dict[str, Any], label: str = "") -> Path:
        """Write the metrics of a grader in one step, and return the file's path."""
        return self.write_json(_labelled("summary", label, "json"), content)

    def read_summary(self, label: str = "") -> Any:
        """The metrics of a grader as written by `write_summary`; None if they are not written yet.

        Raises:
            RunError: the file cannot be read.
        """
        path = self.path / _labelled("summary", label, "json")
        try:
            return parse_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise RunError(f"cannot read {path}: {one_line(error)}") from None


def _labelled(stem: str, label: str, suffix: str) -> str:
    return f"{stem}.{label}.{suffix}" if label else f"{stem}.{suffix}"
