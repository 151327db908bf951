"""Procedural problems with exact golds: any number, offline, reproducible."""

import re

from tarot_bench.dataset.synthetic.family import entries
from tarot_bench.dataset.synthetic.small import small_family
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem

__all__ = ["entries", "small_family", "small_wanted", "wanted"]

_PREFIX = "synthetic:"
_SMALL = re.compile(r"synthetic-small:(?P<count>[0-9]+)(@(?P<seed>[0-9]+))?")
_NAME = re.compile(r"synthetic:(?P<count>[0-9]+)(@(?P<seed>[0-9]+))?")


def wanted(source: str) -> tuple[int, int] | None:
    """The count and seed that ``synthetic:N`` or ``synthetic:N@SEED`` names; None for any other source.

    Raises:
        DataError: malformed.
    """
    if not source.startswith(_PREFIX):
        return None
    match = _NAME.fullmatch(source)
    if match is None or int(match["count"]) == 0:
        raise DataError(f"{source}: write synthetic:N or synthetic:N@SEED, as in synthetic:100 or synthetic:100@7")
    return int(match["count"]), int(match["seed"] or 0)


def small_wanted(source: str) -> tuple[Problem, ...] | None:
    """The problems of the small family that ``synthetic-small:N[@SEED]`` names; None for any other source.

    The first 48 of seed 0 are those that the miniature (``tarot-bench train --recipe miniature``) is measured on.

    Raises:
        DataError: malformed, or more problems than the family has.
    """
    if not source.startswith("synthetic-small:"):
        return None
    match = _SMALL.fullmatch(source)
    if match is None:
        raise DataError(f"{source}: write synthetic-small:N or synthetic-small:N@SEED, as in synthetic-small:48")
    family = small_family(int(match["seed"] or 0))
    if not 0 < int(match["count"]) <= len(family):
        raise DataError(f"{source}: the small family has {len(family)} problems")
    return family[: int(match["count"])]
