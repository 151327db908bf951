"""Parquet and CSV: the rows of `Run.to_pandas`."""

import csv

import pandas as pd
import pytest

import tarot_bench as tb
from tarot_bench.errors import RunError


def test_parquet_is_the_table_of_the_run(finished, tmp_path):
    made = tb.export(finished, "parquet", tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(made.files[0]), tb.open_run(finished).to_pandas(), check_dtype=False)


def test_csv_has_the_same_rows_and_stable_columns(finished, tmp_path):
    (path,) = tb.export(finished, "csv", tmp_path / "t.csv").files
    table = tb.open_run(finished).to_pandas()
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        *("benchmark", "problem_id", "sample", "test", "tier", "group", "verdict", "passed"),
        *("cpu_s", "wall_s", "peak_mib", "detail"),
    ]
    assert [row["verdict"] for row in rows] == list(table.verdict)
    assert [row["passed"] for row in rows] == [str(value) for value in table.passed]
    assert [float(row["cpu_s"]) for row in rows] == list(table.cpu_s)


def test_an_ungraded_test_is_neither_passed_nor_failed(spoiled, tmp_path):
    (path,) = tb.export(spoiled, "csv", tmp_path / "t.csv").files
    table = pd.read_csv(path)
    assert table[table.verdict == "UNGRADED"].passed.isna().all()
    assert (table.verdict == "UNGRADED").sum() == 16


def test_an_unfinished_run_has_no_table_yet(unfinished, tmp_path):
    for kind in ("csv", "parquet"):
        with pytest.raises(RunError, match="finish it with `tarot-bench evaluate --resume`"):
            tb.export(unfinished, kind, tmp_path / kind)
        assert not (tmp_path / kind).exists()
