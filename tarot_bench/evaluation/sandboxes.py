"""Open the sandbox of a run, with or without the verdict cache."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tarot_bench.evaluation.settings import SandboxSetting
from tarot_bench.sandbox import Level, open_sandbox
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.sandbox.cache.cached import CachedSandbox


class Sandboxes(NamedTuple):
    """Two views of one sandbox: with and without the verdict cache.

    Attributes:
        plain: always runs; for measuring.
        grading: may answer from the verdict cache.
    """

    plain: Sandbox
    grading: Sandbox


@contextmanager
def opened(setting: SandboxSetting, *, cache: bool, least: Level = "landlock") -> Iterator[Sandboxes]:
    """Open the sandbox of a run.

    Args:
        setting: its kind and packages.
        cache: answer what was run before from the verdict cache on this machine's disk.
        least: the weakest level of isolation to accept.

    Raises:
        SandboxUnavailableError: as `open_sandbox`.
    """
    with open_sandbox(setting.kind, least=least, packages=setting.packages) as plain:
        if cache:
            with CachedSandbox(plain) as cached:
                yield Sandboxes(plain, cached)
        else:
            yield Sandboxes(plain, plain)


def describe(sandbox: Sandbox) -> dict[str, Any]:
    """Describe a sandbox as a run stores it."""
    info = sandbox.info
    return {"kind": info.kind, "level": info.level, "python": info.python, **info.details}
