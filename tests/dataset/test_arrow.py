"""Short processes that read Parquet end with their own exit status."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from pyarrow import parquet

PROGRAM = "import sys; from tarot_bench.dataset import load_rows; print(len(load_rows(sys.argv[1]).rows))"


@pytest.mark.slow
def test_a_process_that_ends_right_after_it_read_parquet_is_not_aborted(tmp_path):
    file = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"id": ["a", "b"]}), file)

    def read(_number):
        said = subprocess.run([sys.executable, "-c", PROGRAM, file], capture_output=True, text=True)
        return said.returncode, said.stdout, said.stderr

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(read, range(60))) == {(0, "2\n", "")}
