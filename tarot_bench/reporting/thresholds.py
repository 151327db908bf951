"""Thresholds on rates, as in ``--fail-under strict=0.5``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tarot_bench.errors import UserError, did_you_mean
from tarot_bench.metrics.tiers import Metrics
from tarot_bench.problem import TIERS

_TIER = "|".join(TIERS)
_NAME = re.compile(rf"(strict|original|base|plus|{_TIER})(@[1-9]\d*)?|(rate|through|given)\.({_TIER})")
_OF_TIERS = [f"{kind}.{tier}" for kind in ("rate", "through", "given") for tier in TIERS]
_NAMES = ["strict", "original", "base", "plus", *TIERS, *_OF_TIERS]
_SLACK = 1e-9
"""A mean of floats may fall short of the number a user typed by rounding alone."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The minimum of a named rate (`Metrics.value`).

    Attributes:
        name: of the rate, such as ``strict``, ``edge@5`` or ``through.complex``.
        minimum: in [0, 1].
    """

    name: str
    minimum: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``strict=0.5`` or ``strict=50%``.

        A name that no run can have is refused here, before any model is paid for.

        Raises:
            UserError: not of this form, an impossible name, or a minimum outside [0, 1].
        """
        name, equals, number = (part.strip() for part in text.partition("="))
        if not equals or not _NAME.fullmatch(name):
            close = did_you_mean(name, _NAMES) if equals else ""
            raise UserError(
                f"cannot read the threshold {text!r}; write NAME=MINIMUM where NAME is strict, original, base, plus "
                f"or a tier ({', '.join(TIERS)}), each with an optional @k, or rate.TIER, through.TIER or "
                f"given.TIER{close}"
            )
        try:
            minimum = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
        except ValueError:
            minimum = float("nan")
        if not 0 <= minimum <= 1:
            raise UserError(f"the threshold {text!r} needs a minimum between 0 and 1, or between 0% and 100%")
        return cls(name, minimum)

    @property
    def k(self) -> int:
        """The k of the pass@k that this threshold needs; 1 if the name has none."""
        _, _, k = self.name.partition("@")
        return int(k or 1)


def failed(thresholds: Iterable[Threshold], metrics: Metrics) -> list[str]:
    """Return one line for every missed threshold.

    Raises:
        UserError: a threshold names a rate that the run does not have, or has no graded sample for.
    """
    lines = []
    for threshold in thresholds:
        value = metrics.value(threshold.name)
        if value < threshold.minimum - _SLACK:
            lines.append(f"{threshold.name} is {value:.4f}, below the minimum of {threshold.minimum:g}")
    return lines
