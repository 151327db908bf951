"""The files of one stage in a run directory: a journal while it runs, then results in the order of the source.

``stages/N-NAME/journal.jsonl`` grows with every outcome. At the end ``rejected.jsonl``, ``counts.json`` and, last,
``kept.jsonl`` are written atomically; a stage is finished if and only if ``kept.jsonl`` exists.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence

from tarot_bench.atomic import write_atomically
from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Frozen
from tarot_bench.runs import JournalWriter, RunDirectory
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

    def journal(self) -> JournalWriter[StageOutcome]:
        """The journal of outcomes, in order of arrival."""
        return JournalWriter(self._folder / "journal.jsonl", StageOutcome)

    def discard(self) -> None:
        """Delete the files of this stage."""
        self._kept.unlink(missing_ok=True)  # first: what is left over must not look done
        shutil.rmtree(self._folder, ignore_errors=True)

    def entries(self) -> list[Entry]:
        """The kept entries, in the order of the source.

        Raises:
            RunError: the stage is not finished.
        """
        return list(read_lines(self._kept, Entry))

    def rejected(self) -> list[Rejected]:
        """The dropped entries, in the order of the source."""
        return list(read_lines(self._folder / "rejected.jsonl", Rejected))

    def counts(self) -> StageCount:
        """The counts of the stage."""
        return next(read_lines(self._folder / "counts.json", StageCount))

    def finish(self, order: Sequence[str], outcomes: dict[str, StageOutcome], before: Sequence[Entry] = ()) -> None:
        """Write the results and delete the journal.

        Args:
            order: ids in the order of the source.
            outcomes: one for each.
            before: the entries as the stage got them; the flags that they had are not counted again.
        """
        made = [outcomes[name] for name in order]
        dropped = [_rejected(outcome, outcome.reason) for outcome in made if outcome.reason is not None]
        kept = [outcome.entry for outcome in made if outcome.entry is not None]
        known = {entry.problem.id: set(entry.flags) for entry in before}
        added = [flag for entry in kept for flag in entry.flags if flag not in known.get(entry.problem.id, ())]
        counts = StageCount(
            stage=self.name,
            entered=len(order),
            kept=len(kept),
            dropped=_counted(reject.reason for reject in dropped),
            flags=_counted(flag.reason for flag in added if flag.stage == self.name),
        )
        write_lines(self._folder / "rejected.jsonl", dropped)
        write_atomically(self._folder / "counts.json", counts.model_dump_json() + "\n")
        write_lines(self._kept, kept)
        self.drop_journal()

    def drop_journal(self) -> None:
        """Delete the journal of a finished stage; a process that was killed in `finish` may have left it."""
        (self._folder / "journal.jsonl").unlink(missing_ok=True)


def _rejected(outcome: StageOutcome, reason: str) -> Rejected:
    if outcome.source_id is None:
        return Rejected(id=outcome.id, reason=reason, detail=outcome.detail)
    detail = f"{outcome.id}: {outcome.detail}" if outcome.detail else outcome.id
    return Rejected(id=outcome.source_id, reason=reason, detail=detail)


def _counted(reasons: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(reasons).items()))
