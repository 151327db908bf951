"""Process-wide sandboxes for callers that do not manage one, such as notebooks."""

import atexit
from threading import Lock

from tarot_bench.sandbox import Sandbox, open_sandbox

_opening = Lock()
_sandboxes: dict[str, Sandbox] = {}


def shared_sandbox(kind: str) -> Sandbox:
    """Return the process-wide sandbox of a kind, which closes when the process ends.

    Raises:
        SandboxUnavailableError: as `open_sandbox`.
    """
    with _opening:
        if kind not in _sandboxes:
            _sandboxes[kind] = open_sandbox(kind)
            atexit.register(_sandboxes[kind].close)
        return _sandboxes[kind]
