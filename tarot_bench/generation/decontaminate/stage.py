"""Decontaminate: drop or flag problems that a benchmark contains."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from tarot_bench.dataset.entry import Contamination, Entry, Flag
from tarot_bench.generation.decontaminate.behaviour import Behaviour
from tarot_bench.generation.decontaminate.overlap import Overlap
from tarot_bench.generation.decontaminate.references import BenchmarkName, load_references
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Frozen
from tarot_bench.sandbox.base import Sandbox

_TELLING_ANSWERS = 3
"""A suite with fewer different answers is easily passed by chance (yes or no), so it never drops a problem."""


class DecontaminateSettings(Frozen):
    """The section ``decontaminate`` of a generation recipe."""

    benchmarks: Mapping[BenchmarkName, str | None] = {"humaneval": None, "mbpp": None, "livecodebench": None}
    """The source of each benchmark: a file, a folder or a Hub id; null as in `load_references`."""
    reject: float = Field(default=0.5, gt=0, le=1)
    """Drop problems with at least this containment or Jaccard index."""
    flag: float = Field(default=0.2, gt=0, le=1)
    """Flag problems with at least this containment or Jaccard index."""
    behaviour: bool = True
    """Run the tests of benchmark functions on the golds of function problems."""


class DecontaminateStage:
    """Drops problems of a benchmark, flags similar ones, and records the nearest benchmark problem of all others."""

    name = "decontaminate"
    whole = False

    def __init__(self, settings: DecontaminateSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._sandbox = sandbox

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in the order given.

        Raises:
            DataError: a benchmark cannot be read.
            SandboxError: a benchmark's test could not be run.
        """
        references = load_references(self._settings.benchmarks)
        overlap = Overlap(references)
        behaviour = Behaviour(references, self._sandbox) if self._settings.behaviour else None
        for entry in entries:
            found = overlap.nearest(entry.problem.statement)
            yield self._outcome(entry.model_copy(update={"contamination": found}), found, behaviour)

    def _outcome(self, entry: Entry, found: Contamination, behaviour: Behaviour | None) -> StageOutcome:
        nearness = max(found.score, found.jaccard)
        said = f"{found.score:.2f} of the n-grams of {found.match}, Jaccard index {found.jaccard:.2f}"
        if nearness >= self._settings.reject:
            return StageOutcome.drop(entry, "benchmark-statement", said)
        same = behaviour.same_as(entry.problem) if behaviour else []
        passed = ", ".join(one.reference for one in same)
        if any(one.answers >= _TELLING_ANSWERS for one in same):
            return StageOutcome.drop(entry, "benchmark-behaviour", f"the gold passes the tests of {passed}")
        flags = list(entry.flags)
        if nearness >= self._settings.flag:
            flags.append(Flag(stage=self.name, reason="benchmark-near", detail=said))
        if same:
            flags.append(Flag(stage=self.name, reason="benchmark-behaviour", detail=f"passes the tests of {passed}"))
        return StageOutcome.keep(entry.model_copy(update={"flags": tuple(flags)}))
