"""Read what became of each entry of a run: kept, dropped with a reason, or pending."""

import json
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import RunError
from tarot_bench.generation.results import Rejected
from tarot_bench.problem import TIERS, Frozen
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import KIND, read_lines

State = Literal["kept", "dropped", "pending"]


class StageFolder(NamedTuple):
    """The files of one stage that has begun.

    Attributes:
        name: of the stage.
        path: of its folder.
    """

    name: str
    path: Path

    @property
    def done(self) -> bool:
        """Whether the stage has answered all entries."""
        return (self.path / "kept.jsonl").is_file()

    def entries(self) -> Iterator[Entry]:
        """The kept entries."""
        return iter(read_lines(self.path / "kept.jsonl", Entry))

    def rejected(self) -> Iterator[Rejected]:
        """The dropped entries."""
        return iter(read_lines(self.path / "rejected.jsonl", Rejected))

    def entry(self, name: str) -> Entry | None:
        """The kept entry of this id; None if there is none.

        Raises:
            RunError: the stage is not finished, or a line is no entry.
        """
        path = self.path / "kept.jsonl"
        written = json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            with path.open("rb") as lines:
                found = (Entry.model_validate_json(line) for line in lines if written in line)  # parsing is slow
                return next((entry for entry in found if entry.problem.id == name), None)
        except (OSError, ValueError) as error:
            raise RunError(f"cannot read {path}: {error}") from None


class EntryState(Frozen):
    """What became of one entry."""

    id: str
    """The problem's id; the place of a source row that has none."""
    state: State
    stage: str
    """The last stage that kept it, the one that dropped it, or the one that is under way; empty where none is."""
    reason: str | None = None
    """Why it was dropped."""
    detail: str = ""
    tests: dict[str, int] = Field(default_factory=dict)
    """Number of tests by tier, and ``original``, after the last stage that kept the entry."""


def open_generation(path: Path) -> RunDirectory:
    """Open a run of `generate` for reading.

    Raises:
        RunError: there is no run, or one of another verb.
    """
    run = RunDirectory.open(path)
    if run.manifest.kind != KIND:
        other = "; use `tarot-bench explain`" if run.manifest.kind == "evaluate" else ""
        raise RunError(f"{path} holds a run of `{run.manifest.kind}`, not of `{KIND}`{other}")
    return run


def stages_of(run: RunDirectory) -> list[StageFolder]:
    """The stages that have begun, in order."""
    folders = sorted((run.path / "stages").glob("*-*"), key=lambda folder: int(folder.name.partition("-")[0]))
    return [StageFolder(folder.name.partition("-")[2], folder) for folder in folders]


def states(run: RunDirectory) -> Iterator[EntryState]:
    """What became of each entry, in the order of the source; rows that the source refused come last.

    Such a row may have the id of an entry, or of another such row.

    Raises:
        RunError: the first stage is not finished.
    """
    stages = stages_of(run)
    if not stages or not stages[0].done:
        raise RunError(f"{run.path} holds no entries yet: its source is not read; finish the run with --resume")
    finished = list(takewhile(lambda stage: stage.done, stages))
    is_complete = finished == stages and (run.path / "entries.jsonl").is_file()
    source, *later = finished
    dropped = {found.id: (stage.name, found) for stage in later for found in stage.rejected()}
    last = {entry.problem.id: counted(entry) for stage in finished for entry in stage.entries()}
    waits_for = stages[len(finished)].name if finished != stages else ""
    for entry in source.entries():
        name = entry.problem.id
        if name in dropped:
            yield _dropped(*dropped[name], last[name])
        elif is_complete:
            yield EntryState(id=name, state="kept", stage=finished[-1].name, tests=last[name])
        else:
            yield EntryState(id=name, state="pending", stage=waits_for, tests=last[name])
    for found in source.rejected():
        yield _dropped(source.name, found, {})


def _dropped(stage: str, found: Rejected, tests: dict[str, int]) -> EntryState:
    return EntryState(id=found.id, state="dropped", stage=stage, reason=found.reason, detail=found.detail, tests=tests)


def counted(entry: Entry) -> dict[str, int]:
    """The number of tests of an entry by tier, and ``original``."""
    counts = {str(tier): len(entry.problem.at(tier)) for tier in TIERS}
    return counts | {"original": len(entry.problem.original_tests)}
