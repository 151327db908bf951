"""Runs programs that nobody trusts: sealed by the kernel, and warm."""

from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.sandbox.base import Job, Sandbox, SandboxInfo

KINDS = ("local", "cold", "unsafe-subprocess")

__all__ = ["KINDS", "Job", "Sandbox", "SandboxInfo", "open_sandbox"]


def open_sandbox(kind: str = "local", *, workers: int | None = None) -> Sandbox:
    """Open a sandbox.

    Args:
        kind: ``local`` isolates every test in warm jails; ``cold`` starts a fresh interpreter for every test in the
            same jails; ``unsafe-subprocess`` isolates nothing.
        workers: how many jobs run at the same time; None takes every core.

    Raises:
        SandboxUnavailableError: no such kind, or this machine cannot isolate programs; says what to do.
    """
    from tarot_bench.sandbox.local import LocalSandbox

    if kind not in KINDS:
        raise SandboxUnavailableError(f"unknown sandbox {kind!r}; the kinds are {', '.join(KINDS)}")
    return LocalSandbox(workers, cold=kind == "cold", isolate=kind != "unsafe-subprocess")
