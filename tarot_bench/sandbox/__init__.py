"""Runs programs that nobody trusts: sealed by the kernel, and warm."""

from collections.abc import Sequence
from threading import Thread
from weakref import WeakSet

from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.sandbox.base import Job, Level, Sandbox, SandboxInfo

KINDS = ("local", "cold", "ray", "e2b", "unsafe-subprocess")

__all__ = ["KINDS", "Job", "Level", "Sandbox", "SandboxInfo", "close_all", "open_sandbox"]

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
            machines; ``unsafe-subprocess`` isolates nothing.
        workers: how many jobs run at the same time; None takes every core (``e2b``: four machines). A Ray cluster
            always takes all of its CPUs.
        least: ``local`` and ``cold``: the weakest level of isolation to make do with; see `SandboxInfo`.
        packages: installed packages that programs may import, beside the standard library; what they depend on comes
            with them. None is numpy, where it is installed. ``ray``: every node needs them in the same versions;
            ``e2b``: cannot be chosen.

    Raises:
        SandboxUnavailableError: no such kind or package, or this machine cannot isolate programs; says what to do.
    """
    opened = _open(kind, workers, least, packages)
    _opened.add(opened)
    return opened


def close_all() -> None:
    """Close every sandbox that `open_sandbox` opened here, each in a thread of its own: one cannot hold up the rest."""
    closing = [Thread(target=sandbox.close, daemon=True) for sandbox in _opened]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()


def _open(kind: str, workers: int | None, least: Level, packages: Sequence[str] | None) -> Sandbox:
    if kind == "ray":
        from tarot_bench.sandbox.backends.ray.sandbox import RaySandbox

        return RaySandbox(importable=packages)
    if kind == "e2b" and packages is not None:
        raise SandboxUnavailableError(
            "sandbox.packages cannot be set for e2b: its machines have what their template has"
        )
    if kind == "e2b":
        from tarot_bench.sandbox.backends.e2b.sandbox import E2BSandbox

        return E2BSandbox(workers)
    if kind not in KINDS:
        raise SandboxUnavailableError(f"unknown sandbox {kind!r}; the kinds are {', '.join(KINDS)}")
    from tarot_bench.sandbox.backends.local.pool import LocalSandbox

    isolate = kind != "unsafe-subprocess"
    return LocalSandbox(workers, cold=kind == "cold", isolate=isolate, least=least, importable=packages)
