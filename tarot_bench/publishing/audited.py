"""Read what an audit measured of the tests that are published."""

from collections.abc import Sequence
from pathlib import Path

from tarot_bench.dataset import Entry
from tarot_bench.dataset.audited import TestColumns, with_columns
from tarot_bench.errors import DataError
from tarot_bench.problem import digest_of
from tarot_bench.reading import parse_json
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.audits import COLUMNS, KIND, REPORT
from tarot_bench.runs.generation import read_lines


def audited(entries: Sequence[Entry], run: Path) -> list[Entry]:
    """The entries with the measurements of an audit of them.

    Args:
        entries: as they were audited.
        run: the directory of the audit.

    Raises:
        RunError: not a run, or a file is missing or malformed.
        DataError: no finished audit, or one of other tests.
    """
    path = RunDirectory.open(run)
    if path.manifest.kind != KIND or not (run / REPORT).is_file():
        raise DataError(f"{run} holds no finished audit; finish it with `tarot-bench audit --resume`")
    about = parse_json((run / REPORT).read_bytes())
    digest = digest_of([entry.problem for entry in entries])
    if about.get("digest") != digest:
        raise DataError(
            f"{run} is an audit of other tests (digest {about.get('digest')}, not {digest}); audit this dataset again"
        )
    return with_columns(entries, read_lines(run / COLUMNS, TestColumns))
