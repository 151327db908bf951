"""Load problems: embedded, from files and folders, from the Hub.

``load_problems`` returns problems; ``load_rows`` returns the raw rows of any dataset, for other row formats.
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
    """Load the embedded problems on first use."""
    if name not in ("load_embedded", "near_misses"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tarot_bench.dataset import embedded

    return getattr(embedded, name)
