"""The local sandbox: a pool of slots, each with warm jails."""

import logging
import os
import platform
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

from tarot_bench.errors import SandboxError, SandboxUnavailableError
from tarot_bench.sandbox.backends.local import children, interpreter, isolation, jail, packages, scratch, uids
from tarot_bench.sandbox.backends.local.slot import Slot
from tarot_bench.sandbox.backends.local.worker import Worker
from tarot_bench.sandbox.base import Closing, Job, Level, SandboxInfo
from tarot_bench.verdict import Execution

_log = logging.getLogger(__name__)


class LocalSandbox(Closing):
    """Implements `base.Sandbox` with `workers` slots, each with one jail per class of job."""

    def __init__(
        self,
        workers: int | None = None,
        *,
        cold: bool = False,
        isolate: bool = True,
        least: Level = "landlock",
        importable: Sequence[str] | None = None,
        landlock_abi: int | None = None,
    ) -> None:
        """Check the machine; jails start when they are first needed.

        Args:
            workers: how many jobs run at the same time; None takes every core.
            cold: run a fresh interpreter for every test.
            isolate: without it programs run with all the rights of this process, under resource limits only.
            least: the weakest level to accept; a level below `full` is logged once.
            importable: installed packages that programs may import; None is numpy, where it is installed.
            landlock_abi: pretend that the kernel's Landlock is this old.

        Raises:
            SandboxUnavailableError: this machine cannot isolate programs, or a package is not installed; says what to
                install or enable.
        """
        children.can_be_waited_for()
        self._packages = packages.installed(importable)
        self._cold = cold
        self._level = _level_of(least) if isolate else "none"
        self._landlock_abi = min(isolation.landlock_abi(), landlock_abi or isolation.landlock_abi())
        self._slots = [self._make_slot() for _ in range(workers or len(os.sched_getaffinity(0)))]
        self._free: queue.LifoQueue[Slot] = queue.LifoQueue()
        for slot in reversed(self._slots):
            self._free.put(slot)
        self._gathering = threading.Lock()
        self._closed = False

    @property
    def workers(self) -> int:
        """How many jobs run at the same time."""
        return len(self._slots)

    @property
    def info(self) -> SandboxInfo:
        """The description of this sandbox."""
        details: dict[str, str | int | float | bool] = {
            "kernel": platform.release(),
            "hash_seed": jail.HASH_SEED,
            "warm": not self._cold,
            "packages": ", ".join(f"{name} {version}" for name, version in self._packages.versions.items()),
        }
        if self._level != "none":
            details["landlock_abi"] = self._landlock_abi
        if self._level == "full":
            details["bubblewrap"] = isolation.bubblewrap_version() or ""
        kind = "unsafe-subprocess" if self._level == "none" else "cold" if self._cold else "local"
        return SandboxInfo(kind, self._level, interpreter.current().version, details)

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job's program on each of its inputs; see `base.Sandbox.run`.

        Raises:
            SandboxError: no jail could be started, or this sandbox is closed.
        """
        with self._slot() as slot:
            done = slot.run(job)
        if len(done) == len(job.inputs):
            return done
        rest = replace(job, inputs=job.inputs[len(done) :])
        with self._every_slot() as slot:
            return done + slot.run(rest, alone=True)

    def close(self) -> None:
        """Kill all jails and release their resources; running jobs raise SandboxError. Idempotent."""
        if self._closed:
            return
        self._closed = True
        idle = []
        with suppress(queue.Empty):
            while True:
                idle.append(self._free.get_nowait())
        for slot in self._slots:
            if slot not in idle:
                slot.abort()
        for slot in idle:  # for those who wait for one, so that they see that it is over
            self._free.put(slot)
        with self._gathering:  # from here on no thread holds one slot and waits for another
            slots = [self._free.get() for _ in self._slots]
        for slot in slots:
            slot.close()
            self._free.put(slot)

    @contextmanager
    def _slot(self) -> Iterator[Slot]:
        slot = self._free.get()
        try:
            if self._closed:
                raise SandboxError("this sandbox is closed")
            yield slot
        finally:
            self._free.put(slot)

    @contextmanager
    def _every_slot(self) -> Iterator[Slot]:
        """Hold every slot, so that no other job runs, and return one of them."""
        with self._gathering, ExitStack() as others:
            for _ in self._slots[1:]:
                others.enter_context(self._slot())
            with self._slot() as slot:
                yield slot

    def _make_slot(self) -> Slot:
        # Without a pid namespace nothing would hold what a program starts.
        return Slot(self._open_worker, self._packages, cold=self._cold, may_fork=self._level != "landlock")

    def _open_worker(self, name: str) -> Worker:
        with ExitStack() as held:
            directory = held.enter_context(scratch.directory()) if self._level != "full" else None
            uid = held.enter_context(uids.reserved()) if self._level != "none" and os.geteuid() == 0 else None
            shown = (self._packages.paths, self._packages.preload) if name == "packages" else ({}, ())
            plan = jail.JailPlan(self._level, uid, self._landlock_abi, directory, *shown)
            return Worker(lambda channel: jail.command(plan, channel), held.pop_all())


def _level_of(least: Level) -> Level:
    level = isolation.require()
    if level != "full":
        if least == "full":
            raise SandboxUnavailableError(f"isolation at level `full` is not available: {isolation.lacking_for_full()}")
        _log.warning(
            "programs are isolated at level `landlock`, without files of their own; %s", isolation.lacking_for_full()
        )
    return level
