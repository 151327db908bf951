"""A sandbox that runs programs on E2B's cloud machines."""

import logging
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version

from tarot_bench.errors import SandboxError, SandboxUnavailableError
from tarot_bench.sandbox.backends.e2b.machine import Machine, MachineError
from tarot_bench.sandbox.base import Closing, Job, SandboxInfo
from tarot_bench.verdict import Execution

_TESTS_PER_CALL = 16
_ATTEMPTS = 2
_log = logging.getLogger(__name__)


class _Place:
    """A worker's slot for a machine; empty before the first job and after a failure."""

    machine: Machine | None = None

    def clear(self) -> None:
        if self.machine is not None:
            self.machine.kill()
            self.machine = None


class E2BSandbox(Closing):
    """Implements `base.Sandbox` with one cloud machine per worker, each with this package's sandbox inside.

    Machines are kept from job to job, have no internet access, and never see an expected output. A job goes there in
    one call (sixteen tests at most), and once more, to a new machine, when anything fails on the way. A machine
    whose kernel offers no isolation of its own serves one job only.
    """

    def __init__(self, workers: int | None = None, *, template: str | None = None) -> None:
        """Start the first machine; the others start when they are needed.

        Args:
            workers: how many machines; None is 4.
            template: what they are made from: a name or id, with Python 3.11 or later; None is E2B's default.

        Raises:
            SandboxUnavailableError: the SDK is not installed, ``E2B_API_KEY`` is not set, or no machine can be started
                with them.
        """
        try:
            import e2b
        except ImportError:
            raise SandboxUnavailableError("E2B's SDK is not installed: pip install 'tarot-bench[e2b]'") from None
        self._key = os.environ.get("E2B_API_KEY", "")
        if not self._key:
            raise SandboxUnavailableError("E2B_API_KEY is not set; make a key at https://e2b.dev/dashboard")
        self._sdk, self._template = e2b, template
        places = [_Place() for _ in range(workers or 4)]
        try:
            places[0].machine = Machine(e2b, template, self._key)
        except MachineError as error:
            raise SandboxUnavailableError(f"E2B: a machine {error}") from None
        self._inside = places[0].machine.info
        if self._inside.level == "none":
            _log.warning("E2B: machines of this template cannot isolate programs, so each machine runs one job only")
        self._workers = len(places)
        self._free: queue.LifoQueue[_Place] = queue.LifoQueue()
        for place in reversed(places):
            self._free.put(place)
        self._closing = threading.Lock()
        self._closed = False

    @property
    def workers(self) -> int:
        """How many machines run at the same time."""
        return self._workers

    @property
    def info(self) -> SandboxInfo:
        """The description of the sandbox on each machine."""
        details = self._inside.details | {"e2b": version("e2b"), "template": self._template or "default"}
        return replace(self._inside, kind="e2b", details=details)

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job on a machine; see `base.Sandbox.run`.

        Raises:
            SandboxError: two machines in a row failed.
        """
        made: list[Execution] = []
        with self._place() as place:
            for start in range(0, len(job.inputs), _TESTS_PER_CALL):
                part = replace(job, inputs=job.inputs[start : start + _TESTS_PER_CALL])
                made += self._run_part(place, part)
        return tuple(made)

    def close(self) -> None:
        """Kill every machine. Idempotent; waits for jobs that are running."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        places = [self._free.get() for _ in range(self._workers)]
        for place in places:
            place.clear()
            self._free.put(place)  # for those who wait, so that they see it is over

    @contextmanager
    def _place(self) -> Iterator[_Place]:
        place = self._free.get()
        try:
            if self._closed:
                raise SandboxError("this sandbox is closed")
            yield place
        finally:
            if self._inside.level == "none":
                place.clear()
            self._free.put(place)

    def _run_part(self, place: _Place, job: Job) -> tuple[Execution, ...]:
        failures: list[str] = []
        while len(failures) < _ATTEMPTS:
            try:
                if place.machine is None:
                    place.machine = self._start()
                return place.machine.run(job)
            except MachineError as error:
                failures.append(str(error))
                place.clear()
        raise SandboxError(f"E2B: {_ATTEMPTS} machines failed: {'; '.join(dict.fromkeys(failures))}")

    def _start(self) -> Machine:
        machine = Machine(self._sdk, self._template, self._key)
        ours, theirs = ((info.level, info.python) for info in (self._inside, machine.info))
        if ours != theirs:
            machine.kill()
            raise MachineError(f"a new machine differs from the first: {theirs} instead of {ours}")
        return machine
