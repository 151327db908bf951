"""Distribute a stage over the nodes of a Ray cluster with Ray Data.

The driver reads entries, writes the journal and keeps their order, as without a cluster. Every CPU of every node has a
worker with a sandbox and a stage of its own, which answers small blocks of entries.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

from tarot_bench import __version__
from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import InfrastructureError, SandboxUnavailableError, one_line
from tarot_bench.generation.stage import Stage, StageOutcome
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.backends.ray.cluster import connect
from tarot_bench.sandbox.base import Sandbox, SandboxInfo

_log = logging.getLogger(__name__)
_WINDOW = 16_384
"""Entries that are in the cluster's memory at the same time; workers start anew for each window."""
_BLOCK = 16
"""Entries that a worker gets at once."""

Engine = Literal["local", "ray"]
"""What answers the entries of stages that look at one entry at a time: this machine, or a Ray cluster."""
Settings = TypeVar("Settings")
MakeStage = Callable[[Sandbox], Stage]
_Columns = dict[str, list[Any]]


def placed(
    engine: Engine, kind: str, sandbox: Sandbox, make: Callable[[Settings, Sandbox], Stage], settings: Settings
) -> Stage:
    """A stage on this machine, in `sandbox`, or on a cluster, where workers open sandboxes of this kind."""
    stage = make(settings, sandbox)
    return stage if engine == "local" else RayStage(stage.name, partial(make, settings), kind, sandbox.info)


class RayStage:
    """Implements `stage.Stage`: answers each entry on some node of the cluster, with the same outcome as here.

    A block of entries whose node is lost is answered by another worker.
    """

    whole = False

    def __init__(self, name: str, make: MakeStage, sandbox: str, info: SandboxInfo) -> None:
        """Set up; nothing is sent.

        Args:
            name: of the stage.
            make: makes the stage around a sandbox, on the nodes. It is pickled; its outcomes must not depend on other
                entries.
            sandbox: the kind that every worker opens.
            info: the sandbox of this process; those of the workers must isolate as much, with the same Python.
        """
        self.name = name
        self._worker = make, sandbox, info, __version__

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in any order.

        Raises:
            SandboxUnavailableError: there is no cluster, or a node's sandbox is missing or differs from that here.
            InfrastructureError: the cluster failed; what has no outcome is pending.
        """
        mine = connect()
        import ray

        try:
            for start in range(0, len(entries), _WINDOW):
                yield from self._window(list(entries[start : start + _WINDOW]))
        except ray.exceptions.RayTaskError:
            raise  # a bug, with its traceback
        except ray.exceptions.RayError as error:
            raise InfrastructureError(
                f"stage {self.name}: the Ray cluster failed: {one_line(error)}; the entries left are pending: --resume"
            ) from error
        finally:
            if mine:
                ray.shutdown()

    def _window(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        import pyarrow
        import ray.data

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        lines = [entry.model_dump_json() for entry in entries]
        blocks = [pyarrow.table({"entry": lines[start : start + _BLOCK]}) for start in range(0, len(lines), _BLOCK)]
        workers = max(1, min(int(ray.cluster_resources().get("CPU", 1)), len(blocks)))
        pool = ray.data.ActorPoolStrategy(size=workers)
        answers = ray.data.from_arrow(blocks).map_batches(
            _Worker, fn_constructor_args=self._worker, batch_size=None, compute=pool, num_cpus=1
        )
        for rows in answers.iter_batches(batch_size=None, batch_format="pyarrow"):
            yield from self._outcomes(rows.to_pylist())

    def _outcomes(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[StageOutcome]:
        for row in rows:
            if row["unusable"]:
                raise SandboxUnavailableError(f"a node of the Ray cluster cannot be used: {row['trouble']}")
            if row["trouble"]:
                _log.warning("%s", row["trouble"])
            else:
                yield StageOutcome.model_validate_json(row["outcome"])


class _Worker:
    """Answers blocks of entries, on a node. What goes wrong comes back as text: logs stay on the node."""

    def __init__(self, make: MakeStage, kind: str, expected: SandboxInfo, version: str) -> None:
        self._unusable = ""
        try:
            if version != __version__:
                raise SandboxUnavailableError(f"it has tarot-bench {__version__} instead of {version}")
            sandbox = open_sandbox(kind, workers=1)
            theirs, ours = ((info.kind, info.level, info.python) for info in (sandbox.info, expected))
            if theirs != ours:
                raise SandboxUnavailableError(f"its sandbox differs from that of this machine: {theirs}, not {ours}")
            self._stage = make(sandbox)
        except SandboxUnavailableError as error:
            self._unusable = str(error)

    def __call__(self, block: Mapping[str, Sequence[str]]) -> _Columns:
        """Answer the entries of a block; one row for each outcome, and for each error that leaves some pending."""
        made: _Columns = {"outcome": [], "trouble": [], "unusable": []}

        def add(outcome: str, trouble: str) -> None:
            for column, value in zip(made.values(), (outcome, trouble, bool(self._unusable)), strict=True):
                column.append(value)

        if self._unusable:
            add("", self._unusable)
            return made
        entries = [Entry.model_validate_json(line) for line in block["entry"]]
        answered = set()
        try:
            for outcome in self._stage.run(entries):
                answered.add(outcome.id)
                add(outcome.model_dump_json(), "")
        except InfrastructureError as error:
            add("", one_line(error))
        pending = [entry.problem.id for entry in entries if entry.problem.id not in answered]
        if pending:
            add("", f"{', '.join(pending)}: still pending, because of an infrastructure error on a node")
        return made
