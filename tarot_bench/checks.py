"""The result of one check of a machine: what was found, and what to do if it is not enough."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """The result of one check.

    Attributes:
        name: what was checked.
        ok: whether it works.
        detail: what was found.
        remedy: what to install, enable or change; empty when `ok`.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
