"""The section ``validate`` of a generation recipe."""

from typing import Literal

from pydantic import Field

from tarot_bench.problem import Frozen

Policy = Literal["gold", "majority", "drop"]
"""How outputs are settled.

``majority``: the output that more than half of all programs give that are executed. A test whose author predicted
another output needs two programs that agree. ``gold``: the gold's output. ``drop``: the gold's output, and a test that
declares another one is dropped.
"""

Unvalidated = Literal["keep", "drop"]
"""What happens to a problem without a validator that is believed: it keeps the last flag, or is dropped."""


class ValidateSettings(Frozen):
    """The section ``validate`` of a generation recipe."""

    times: int = Field(default=3, ge=1, le=10)
    """How often the gold runs every test."""
    policy: Policy = "majority"
    damage_rejected: float = Field(default=0.7, ge=0, le=1)
    """The least share of illegal inputs that a validator must reject to be kept."""
    contradicted: float = Field(default=0.5, ge=0, le=1)
    """A problem is dropped if a brute force contradicts its gold on a larger share of the tests that both can run."""
    unvalidated: Unvalidated = "keep"
    """Where generators write: ``drop`` problems without a believed validator after the last round of repair."""
    output_kib: int = Field(default=1024, ge=1)
    """A new test whose expected output is larger, in KiB as UTF-8, is dropped: outputs are stored, unlike large inputs.
    """
    record_cpu: bool = True
    """Record the gold's CPU seconds per test, which differ between runs; without them equal runs write equal bytes."""
