"""Write the verdicts of a finished run as a table, a row for each test result: `Run.to_pandas` as Parquet or CSV."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tarot_bench.api.run import open_run
from tarot_bench.integrations.exports.files import created
from tarot_bench.texts import spreadsheet_cell

if TYPE_CHECKING:
    import pandas as pd


def write_parquet(run: Path, path: Path, benchmark: str | None) -> list[Path]:
    """Write Parquet; texts are exactly those of the run.

    Raises:
        RunError: the run is not finished, it has no such benchmark, or the file exists or cannot be written.
    """
    table = _table(run, benchmark)
    with created(path) as partial:
        table.to_parquet(partial, index=False)
    return [path]


def write_csv(run: Path, path: Path, benchmark: str | None) -> list[Path]:
    """Write CSV for spreadsheets.

    Control characters are escaped, and a text that a spreadsheet would take for a formula (it starts with ``=``, ``+``,
    ``-`` or ``@``) gets an apostrophe in front. A missing value is an empty cell.

    Raises:
        RunError: as `write_parquet`.
    """
    table = _table(run, benchmark)
    for column in table.columns[~table.dtypes.map(_is_number)]:
        table[column] = table[column].map(spreadsheet_cell)
    with created(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n")
    return [path]


def _table(run: Path, benchmark: str | None) -> "pd.DataFrame":
    opened = open_run(run)
    table = opened.to_pandas()
    return table if benchmark is None else table[table.benchmark == opened.of(benchmark).benchmark]


def _is_number(kind: Any) -> bool:
    return bool(getattr(kind, "kind", "O") in "biuf")
