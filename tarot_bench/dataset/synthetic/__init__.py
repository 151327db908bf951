"""Procedural problems with exact golds: as many as wanted, offline, the same everywhere."""

import re

from tarot_bench.dataset.synthetic.family import entries
from tarot_bench.dataset.synthetic.small import small_family
from tarot_bench.errors import DataError

__all__ = ["entries", "small_family", "wanted"]

_PREFIX = "synthetic:"
_NAME = re.compile(r"synthetic:(?P<count>[0-9]+)(@(?P<seed>[0-9]+))?")


def wanted(source: str) -> tuple[int, int] | None:
    """The count and seed that ``synthetic:N`` or ``synthetic:N@SEED`` names; None for any other source.

    Raises:
        DataError: begins like one, but is none.
    """
    if not source.startswith(_PREFIX):
        return None
    match = _NAME.fullmatch(source)
    if match is None or int(match["count"]) == 0:
        raise DataError(f"{source}: write synthetic:N or synthetic:N@SEED, as in synthetic:100 or synthetic:100@7")
    return int(match["count"]), int(match["seed"] or 0)
