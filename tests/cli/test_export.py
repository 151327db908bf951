"""`export` and `subset` as a user types them."""

import json

import pytest

from tests.cli.command import expect_one_line, tarot


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a small run."""
    folder = tmp_path_factory.mktemp("home")
    said = tarot("evaluate", "-m", "mutant:0.5", "--limit", "2", "-n", "2", "-o", "run", cwd=folder)
    assert said.returncode == 0, said.stderr
    return folder


def test_a_run_is_exported_and_what_is_written_is_said(home, tmp_path):
    said = tarot("export", str(home / "run"), "--to", "every-eval-ever", "-o", "store", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    written, samples, count = said.stdout.splitlines()
    assert written.startswith("every-eval-ever: store/data/tarot/tarot-bench/mutant_0.5/")
    assert (tmp_path / samples.removeprefix("every-eval-ever: ")).is_file()
    assert count == "4 samples in all"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "xml"], "unknown format 'xml'; there are inspect, every-eval-ever, hub, lm-eval, parquet, csv"),
        (["--to", "csv", "--push", "me/model"], "--push is only for --to hub"),
        (["--to", "hub", "--dataset-id", "you/tiers"], "was made with --limit; publish a run of the whole benchmark"),
        (["--to", "hub"], "was made with --limit"),
    ],
)
def test_a_mistake_is_one_line(options, said, home, tmp_path):
    expect_one_line(tarot("export", str(home / "run"), *options, "-o", "out", cwd=tmp_path), said)
    assert not list(tmp_path.iterdir())


def test_a_subset_is_written_with_the_difference_that_it_can_find(tmp_path):
    said = tarot("subset", "embedded", "--problems", "20", "-o", "sub/mini.jsonl", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "20 of 46 problems, seed 0: sub/mini.jsonl" in said.stdout
    assert "44.3 pp with 1, 22.1 pp with 4 and 14.0 pp with 10 samples of each problem" in said.stdout
    rows = [json.loads(line) for line in (tmp_path / "sub/mini.jsonl").read_text().splitlines()]
    assert len(rows) == 20
    again = tarot("subset", "embedded", "--problems", "20", "-o", "sub/mini.jsonl", cwd=tmp_path)
    expect_one_line(again, r"sub/mini\.jsonl exists")
    too_many = tarot("subset", "embedded", "--problems", "99", "-o", "more.jsonl", cwd=tmp_path)
    expect_one_line(too_many, "cannot draw 99 problems: the data have 46; ask for fewer")
