"""`tarot-bench view` in a process of its own."""

import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.cli.command import tarot
from tests.reporting.report.making import completion, grade, ladder, problem, write_run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_address_and_ends_cleanly(number, tmp_path):
    asked = problem(0)
    run = write_run(tmp_path / "run", [asked], [completion(asked, 0)], [grade(asked, 0, ladder(asked, 4))])
    process = subprocess.Popen(
        [sys.executable, "-m", "tarot_bench", "view", str(run), "--outputs", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )
    line = process.stdout.readline()
    assert line.startswith("view: http://127.0.0.1:")
    with urllib.request.urlopen(line.split()[1], timeout=60) as answer:
        assert answer.url.endswith("/runs/run/")
        assert b"gold on tarot" in answer.read()
    process.send_signal(number)
    rest = process.communicate(timeout=60)
    assert (process.returncode, *rest) == (0, "", "")
    assert list(tmp_path.glob("tarot-bench-view-*")) == []


def test_what_cannot_be_served_is_one_line(tmp_path):
    said = tarot("view", "nothing", cwd=tmp_path)
    assert said.returncode == 2
    assert said.stderr == "tarot-bench: there is no folder nothing; name a run directory or a folder with runs\n"
