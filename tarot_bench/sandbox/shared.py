"""Sandboxes for callers that have no place to open and close one, such as a notebook."""

import atexit
from threading import Lock

from tarot_bench.sandbox import Sandbox, open_sandbox

_opening = Lock()
_sandboxes: dict[str, Sandbox] = {}


def shared_sandbox(kind: str) -> Sandbox:
    """The sandbox of a kind that all callers in this process share; it closes when the process ends.

    Raises:
        SandboxUnavailableError: as `open_sandbox`.
    """
    with _opening:
        if kind not in _sandboxes:
            _sandboxes[kind] = open_sandbox(kind)
            atexit.register(_sandboxes[kind].close)
        return _sandboxes[kind]
