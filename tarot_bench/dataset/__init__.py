"""Problems in, from wherever they are kept: embedded, files, folders, the Hub.

``load_problems`` gives problems; ``load_rows`` gives the raw rows of any dataset, for readers with shapes of their own.
"""

from typing import TYPE_CHECKING, Any

from tarot_bench.dataset.entries import load_entries
from tarot_bench.dataset.entry import Contamination, Entry, Flag, Measurement, Provenance, TestFacts
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.dataset.problem_set import ProblemSet, load_problems
from tarot_bench.dataset.rows import Rows
from tarot_bench.dataset.sources import load_rows

if TYPE_CHECKING:
    from tarot_bench.dataset.embedded import load_embedded, near_misses

__all__ = [
    "Contamination",
    "Entry",
    "Flag",
    "Measurement",
    "ProblemSet",
    "Provenance",
    "Rows",
    "TestFacts",
    "load_embedded",
    "load_entries",
    "load_problems",
    "load_rows",
    "near_misses",
    "write_jsonl",
]


def __getattr__(name: str) -> Any:
    """Read the embedded problems only when somebody asks for them."""
    if name not in ("load_embedded", "near_misses"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tarot_bench.dataset import embedded

    return getattr(embedded, name)
