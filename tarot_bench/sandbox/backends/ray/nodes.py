"""Track the nodes of a Ray cluster: one actor per node, free slots, joining nodes and lost nodes."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tarot_bench import __version__
from tarot_bench.errors import SandboxError, SandboxUnavailableError, one_line
from tarot_bench.sandbox.base import Job, Sandbox, SandboxInfo
from tarot_bench.verdict import Execution

_START_S = 60.0  # for a node to start its actor and check its machine
_LOOK_S = 5.0  # between two looks for nodes that have joined
_PATIENCE_S = 120.0  # how long a job waits for a node when none is left
_CLOSE_S = 10.0
_log = logging.getLogger(__name__)


class NodeSandbox:
    """The actor of one node, with a local sandbox. Jails are started by exec; the Ray process is never forked.

    What goes wrong comes back as text, as an exception would arrive wrapped in a remote traceback.
    """

    def __init__(self, workers: int, importable: Sequence[str] | None) -> None:
        self._workers, self._importable = workers, importable
        self._sandbox: Sandbox | None = None

    def open(self, version: str) -> SandboxInfo | str:
        """Open the local sandbox; return its description, or why this version of the package cannot use it."""
        from tarot_bench.sandbox.backends.local.pool import LocalSandbox

        if version != __version__:
            return f"it has tarot-bench {__version__} instead of {version}"
        try:
            self._sandbox = LocalSandbox(self._workers, importable=self._importable)
        except SandboxUnavailableError as error:
            return str(error)
        return self._sandbox.info

    def run(self, job: Job) -> tuple[Execution, ...] | str:
        """Run a job; return its executions, or why the sandbox failed."""
        assert self._sandbox is not None
        try:
            return self._sandbox.run(job)
        except SandboxError as error:
            return one_line(error)

    def close(self) -> None:
        """Close the sandbox of this node."""
        if self._sandbox is not None:
            self._sandbox.close()


@dataclass(eq=False)
class Node:
    """A node and its actor; `running` never exceeds `workers`."""

    id: str
    actor: Any
    workers: int
    running: int = 0

    def __str__(self) -> str:
        return f"node {self.id[:8]} of the Ray cluster"


class Nodes:
    """Every node of the connected cluster that has a CPU. Thread-safe.

    Attributes:
        workers: how many places there were at the start.
        count: how many nodes.
    """

    def __init__(self, importable: Sequence[str] | None) -> None:
        """Open a sandbox on every node, and watch for nodes that join.

        Args:
            importable: as for `LocalSandbox`.

        Raises:
            SandboxUnavailableError: there is no node with a free CPU, or one of them cannot isolate programs or does
                so otherwise than the rest.
        """
        import ray

        self._ray, self._importable = ray, importable
        self._changed = threading.Condition()
        self._nodes: dict[str, Node] = {}
        self._closed = threading.Event()
        self._complained: set[str] = set()
        self._watcher: threading.Thread | None = None
        self._info: SandboxInfo | None = None
        complaints = self._join()
        if complaints or not self._nodes:
            self.close()
            raise SandboxUnavailableError("; ".join(complaints) or "the Ray cluster has no CPUs")
        self.count = len(self._nodes)
        self.workers = sum(node.workers for node in self._nodes.values())
        self._watcher = threading.Thread(target=self._watch, name="ray-nodes", daemon=True)
        self._watcher.start()

    @property
    def info(self) -> SandboxInfo:
        """The description of the local sandboxes; the same on every node."""
        assert self._info is not None
        return self._info

    @contextmanager
    def place(self) -> Iterator[Node]:
        """Reserve a slot on the node with the most free slots; waits for one.

        Raises:
            SandboxError: closed, or there has been no node for two minutes.
        """
        node = self._take()
        try:
            yield node
        finally:
            with self._changed:
                node.running -= 1
                self._changed.notify()

    def lose(self, node: Node, why: str) -> None:
        """Send no more jobs to a node; if it is still alive, it joins again with a new actor."""
        with self._changed:
            known = self._nodes.get(node.id) is node
            if known:
                del self._nodes[node.id]
        if known:  # else another thread was first
            _log.warning("%s is lost, its jobs run again elsewhere: %s", node, why)
            self._ray.kill(node.actor)

    def close(self) -> None:
        """Stop the actors and their jails. Idempotent."""
        self._closed.set()
        if self._watcher is not None:
            self._watcher.join(_CLOSE_S)
        with self._changed:
            nodes = list(self._nodes.values())
            self._nodes.clear()
            self._changed.notify_all()
        self._settle([node.actor.close.remote() for node in nodes], _CLOSE_S)
        for node in nodes:
            self._ray.kill(node.actor)

    def _take(self) -> Node:
        with self._changed:
            while not self._closed.is_set():
                node = max(self._nodes.values(), key=lambda node: node.workers - node.running, default=None)
                if node is not None and node.running < node.workers:
                    node.running += 1
                    return node
                if not self._changed.wait(_PATIENCE_S) and not self._nodes:
                    raise SandboxError("no node of the Ray cluster is left")
        raise SandboxError("this sandbox is closed")

    def _watch(self) -> None:
        while not self._closed.wait(_LOOK_S):
            try:
                complaints = self._join()
            except self._ray.exceptions.RayError as error:
                complaints = [one_line(error)]
            for complaint in complaints:
                if complaint not in self._complained and not self._closed.is_set():
                    self._complained.add(complaint)
                    _log.warning("%s", complaint)

    def _join(self) -> list[str]:
        """Open a sandbox on every node that has none; return why some nodes cannot be used."""
        alive = [node for node in self._ray.nodes() if node["Alive"] and node["NodeID"] not in self._nodes]
        cpus = {node["NodeID"]: int(node["Resources"].get("CPU", 0)) for node in alive}
        actors = {id_: self._start_actor(id_, count) for id_, count in cpus.items() if count >= 1}
        opened = {id_: actor.open.remote(__version__) for id_, actor in actors.items()}
        self._settle(list(opened.values()), _START_S)
        complaints = []
        for id_, reference in opened.items():
            node = Node(id_, actors[id_], cpus[id_])
            complaint = self._admit(node, self._outcome(reference))
            if complaint:
                complaints.append(f"{node}: {complaint}")
                self._ray.kill(node.actor)
        return complaints

    def _start_actor(self, id_: str, workers: int) -> Any:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(id_, soft=False)
        remote = self._ray.remote(NodeSandbox)
        options = {"num_cpus": workers, "max_concurrency": workers + 1, "scheduling_strategy": here}
        return remote.options(**options).remote(workers, self._importable)

    def _outcome(self, reference: Any) -> SandboxInfo | str:
        """The result of an actor's attempt to open its sandbox."""
        try:
            found: SandboxInfo | str = self._ray.get(reference, timeout=0)
        except self._ray.exceptions.GetTimeoutError:
            return f"did not start within {_START_S:.0f} s; its CPUs may be taken"
        except self._ray.exceptions.RayError as error:
            return one_line(error)
        return found

    def _admit(self, node: Node, found: SandboxInfo | str) -> str | None:
        """Add a node, or return why it cannot be used."""
        if isinstance(found, str):
            return found
        self._info = self._info or found
        ours, theirs = ((info.kind, info.level, info.python, info.details["packages"]) for info in (self._info, found))
        if ours != theirs:
            return f"its sandbox differs from that of other nodes: {theirs} instead of {ours}"
        with self._changed:
            if self._closed.is_set():
                return "it joined after the sandbox was closed"
            self._nodes[node.id] = node
            self._changed.notify_all()
        return None

    def _settle(self, references: list[Any], timeout: float) -> None:
        if references:
            self._ray.wait(references, num_returns=len(references), timeout=timeout)
