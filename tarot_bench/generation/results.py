"""The files of one stage in a run directory: a journal while it runs, then results in the order of the source.

``stages/N-NAME/journal.jsonl`` grows with every outcome. At the end ``rejected.jsonl``, ``counts.json`` and, last,
``kept.jsonl`` are written atomically; a stage is finished if and only if ``kept.jsonl`` exists.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tarot_bench.atomic import replacing, write_atomically
from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.outcomes import Outcomes
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Frozen
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import read_lines, write_lines


class Rejected(Frozen):
    """One line of ``rejected.jsonl``."""

    id: str
    """The problem's id; the place of a source row that has none."""
    reason: str
    detail: str = ""


class StageCount(Frozen):
    """The counts of a stage: one step of the funnel."""

    stage: str
    entered: int
    kept: int
    dropped: dict[str, int]
    """Dropped entries by reason."""
    flags: dict[str, int]
    """Flags that the stage added to kept entries, by reason."""


class StageResults:
    """The files of one stage of one run."""

    def __init__(self, run: RunDirectory, number: int, name: str) -> None:
        self.name, self.number = name, number
        self._folder = run.path / "stages" / f"{number}-{name}"
        self._kept = self._folder / "kept.jsonl"

    @property
    def done(self) -> bool:
        """Whether the stage has answered all entries."""
        return self._kept.is_file()

    def outcomes(self, entries: Sequence[Entry] | None) -> Outcomes:
        """Open the journal of a stage that is not finished; see `Outcomes`."""
        return Outcomes(self._folder / "journal.jsonl", self.name, entries)

    def discard(self) -> None:
        """Delete the files of this stage."""
        self._kept.unlink(missing_ok=True)  # first: what is left over must not look done
        shutil.rmtree(self._folder, ignore_errors=True)

    def entries(self) -> Sequence[Entry]:
        """The kept entries, in the order of the source; each is read when it is asked for.

        Raises:
            RunError: the stage is not finished.
        """
        return read_lines(self._kept, Entry)

    def rejected(self) -> Sequence[Rejected]:
        """The dropped entries, in the order of the source."""
        return read_lines(self._folder / "rejected.jsonl", Rejected)

    def counts(self) -> StageCount:
        """The counts of the stage."""
        return read_lines(self._folder / "counts.json", StageCount)[0]

    def finish(self, outcomes: Outcomes) -> None:
        """Write the results and delete the journal; there must be an outcome for every entry."""
        outcomes.close()
        counts = StageCount(
            stage=self.name,
            entered=len(outcomes),
            kept=len(outcomes) - outcomes.dropped.total(),
            dropped=_sorted(outcomes.dropped),
            flags=_sorted(outcomes.flags),
        )
        write_lines(self._folder / "rejected.jsonl", map(_rejected, outcomes.rejected()))
        write_atomically(self._folder / "counts.json", counts.model_dump_json() + "\n")
        with replacing(self._kept) as file:
            file.writelines(outcomes.kept())
        self.drop_journal()

    def copy_kept(self, path: Path) -> None:
        """Write the file of kept entries to another place, atomically."""
        with self._kept.open(encoding="utf-8", newline="\n") as kept, replacing(path) as file:
            shutil.copyfileobj(kept, file)

    def drop_journal(self) -> None:
        """Delete the journal of a finished stage; a process that was killed in `finish` may have left it."""
        (self._folder / "journal.jsonl").unlink(missing_ok=True)


def _rejected(outcome: StageOutcome) -> Rejected:
    reason = outcome.reason or ""
    if outcome.source_id is None:
        return Rejected(id=outcome.id, reason=reason, detail=outcome.detail)
    detail = f"{outcome.id}: {outcome.detail}" if outcome.detail else outcome.id
    return Rejected(id=outcome.source_id, reason=reason, detail=detail)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
