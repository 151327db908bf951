"""A sandbox that runs programs on the nodes of a Ray cluster."""

from collections.abc import Sequence

from tarot_bench.errors import SandboxError, one_line
from tarot_bench.sandbox.backends.ray.cluster import connect
from tarot_bench.sandbox.backends.ray.nodes import Nodes
from tarot_bench.sandbox.base import Closing, Job, SandboxInfo
from tarot_bench.verdict import Execution

_MAX_LOSSES = 2


class RaySandbox(Closing):
    """Implements `base.Sandbox` with one actor per node, which owns a local sandbox with a worker for every CPU.

    No node is given more jobs than it has workers; the others wait here. A job whose node is lost runs again on
    another one, and fails when it has lost two. Nodes that join later, or come back, are used. The loss of the
    cluster's head ends the run, which can be resumed.
    """

    def __init__(self, address: str | None = None, importable: Sequence[str] | None = None) -> None:
        """Connect to a cluster and open a local sandbox on each of its nodes.

        Args:
            address: the cluster's, as in ``10.0.0.1:6379``; None takes ``RAY_ADDRESS``, or the cluster that this
                machine belongs to. Every node needs this package, installed, in the same version.
            importable: as for `LocalSandbox`; every node needs the same packages in the same versions.

        Raises:
            SandboxUnavailableError: Ray is not installed, there is no such cluster, or a node cannot isolate programs
                or does so otherwise than the rest.
        """
        self._mine = connect(address)
        import ray

        self._ray = ray
        try:
            self._nodes = Nodes(importable)
        except BaseException:
            self._disconnect()
            raise

    @property
    def workers(self) -> int:
        """How many jobs the cluster ran at the same time when it was opened."""
        return self._nodes.workers

    @property
    def info(self) -> SandboxInfo:
        """The description of the nodes' sandboxes."""
        info = self._nodes.info
        details = info.details | {"ray": self._ray.__version__, "nodes": self._nodes.count}
        return SandboxInfo("ray", info.level, info.python, details)

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job on a node with a free slot; see `base.Sandbox.run`.

        Raises:
            SandboxError: the node's sandbox failed, two nodes were lost, or none is left.
        """
        losses: list[str] = []
        while len(losses) < _MAX_LOSSES:
            with self._nodes.place() as node:
                try:
                    answer: tuple[Execution, ...] | str = self._ray.get(node.actor.run.remote(job))
                except self._ray.exceptions.RayTaskError:
                    raise  # a bug, with its traceback
                except self._ray.exceptions.RayError as error:
                    losses.append(f"{node}: {one_line(error, 100)}")
                    self._nodes.lose(node, one_line(error))
                    continue
            if isinstance(answer, str):
                raise SandboxError(f"{node}: {answer}")
            return answer
        raise SandboxError(f"the job lost {_MAX_LOSSES} nodes ({'; '.join(losses)})")

    def close(self) -> None:
        """Stop the actors and their jails, and disconnect if this sandbox connected. Idempotent."""
        self._nodes.close()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._mine:
            self._mine = False
            self._ray.shutdown()
