"""Open sandboxes by kind: built-in ones, and those of installed plug-ins."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from tarot_bench import plugins
from tarot_bench.errors import SandboxUnavailableError, did_you_mean
from tarot_bench.sandbox.base import Sandbox, SandboxOptions

GROUP = "tarot_bench.sandboxes"
"""Entry-point group: the entry's name is the kind, its value a factory `(SandboxOptions) -> Sandbox`."""

_OFFERED = "info", "workers", "run", "close", "__enter__", "__exit__"

Factory = Callable[[SandboxOptions], Sandbox]


def open_kind(kind: str, options: SandboxOptions) -> Sandbox:
    """Open a sandbox by its kind; see `tarot_bench.sandbox.open_sandbox`.

    Raises:
        SandboxUnavailableError: no such kind, a plug-in that cannot be imported, or what its factory raises.
    """
    if kind in _BUILT_IN:
        return _BUILT_IN[kind](options)
    if kind not in kinds():
        known = ", ".join(kinds())
        raise SandboxUnavailableError(f"unknown sandbox {kind!r}; the kinds are {known}{did_you_mean(kind, kinds())}")
    made: Sandbox = plugins.load_factory(GROUP, kind, SandboxUnavailableError)(options)
    plugins.check_made(made, _OFFERED, GROUP, kind, SandboxUnavailableError)
    return made


def kinds() -> tuple[str, ...]:
    """List all kinds: built-in ones, then those of installed plug-ins, sorted; imports no plug-in."""
    return (*_BUILT_IN, *(name for name in plugins.installed(GROUP) if name not in _BUILT_IN))


def known_kind(kind: str) -> str:
    """Return the kind if it exists.

    Raises:
        ValueError: there is none; lists the kinds.
    """
    if kind not in kinds():
        raise ValueError(f"Input should be {', '.join(map(repr, kinds()))}{did_you_mean(kind, kinds())}")
    return kind


SandboxKind = Annotated[str, AfterValidator(known_kind)]
"""The kind of a sandbox in a settings file: built in, or of an installed plug-in."""


def _local(options: SandboxOptions, *, cold: bool = False, isolate: bool = True) -> Sandbox:
    from tarot_bench.sandbox.backends.local.pool import LocalSandbox

    return LocalSandbox(options.workers, cold=cold, isolate=isolate, least=options.least, importable=options.packages)


def _cold(options: SandboxOptions) -> Sandbox:
    return _local(options, cold=True)


def _unsafe(options: SandboxOptions) -> Sandbox:
    return _local(options, isolate=False)


def _ray(options: SandboxOptions) -> Sandbox:
    from tarot_bench.sandbox.backends.ray.sandbox import RaySandbox

    return RaySandbox(importable=options.packages)


def _e2b(options: SandboxOptions) -> Sandbox:
    if options.packages is not None:
        raise SandboxUnavailableError(
            "sandbox.packages cannot be set for e2b: its machines have what their template has"
        )
    from tarot_bench.sandbox.backends.e2b.sandbox import E2BSandbox

    return E2BSandbox(options.workers)


_BUILT_IN: dict[str, Factory] = {
    "local": _local,
    "cold": _cold,
    "ray": _ray,
    "e2b": _e2b,
    "unsafe-subprocess": _unsafe,
}
