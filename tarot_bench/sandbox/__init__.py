"""Run untrusted programs, isolated by the kernel or by another machine."""

from collections.abc import Sequence
from threading import Thread
from weakref import WeakSet

from tarot_bench.sandbox.base import Job, Level, Sandbox, SandboxInfo, SandboxOptions

__all__ = [
    "Job",
    "Level",
    "Sandbox",
    "SandboxInfo",
    "SandboxOptions",
    "close_all",
    "open_sandbox",
]

_opened: WeakSet[Sandbox] = WeakSet()


def open_sandbox(
    kind: str = "local",
    *,
    workers: int | None = None,
    least: Level = "landlock",
    packages: Sequence[str] | None = None,
) -> Sandbox:
    """Open a sandbox.

    Args:
        kind: ``local`` isolates every test in warm jails; ``cold`` starts a fresh interpreter for every test in the
            same jails; ``ray`` runs local ones on the nodes of a Ray cluster; ``e2b`` runs them on E2B's cloud
            machines; ``unsafe-subprocess`` isolates nothing. Any other name is looked up among the entry points of the
            group ``tarot_bench.sandboxes``.
        workers: how many jobs run at the same time; None takes every core (``e2b``: four machines). A Ray cluster
            always takes all of its CPUs.
        least: ``local`` and ``cold``: the weakest level of isolation to accept; see `SandboxInfo`.
        packages: installed packages that programs may import, beside the standard library; their dependencies come
            with them. None is numpy, where it is installed. ``ray``: every node needs them in the same versions;
            ``e2b``: cannot be chosen.

    Raises:
        SandboxUnavailableError: no such kind or package, or this machine cannot isolate programs; says what to do.
    """
    from tarot_bench.sandbox.registry import open_kind  # here, as a cloud machine has this package without pydantic

    opened = open_kind(kind, SandboxOptions(workers, least, packages))
    _opened.add(opened)
    return opened


def close_all() -> None:
    """Close every sandbox that `open_sandbox` opened in this process, in parallel: one cannot block the others."""
    closing = [Thread(target=sandbox.close, daemon=True) for sandbox in _opened]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()
