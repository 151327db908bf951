"""Rates as tables for papers and scripts, and figures as files."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.api.report import reported
from tarot_bench.errors import UserError
from tarot_bench.reporting.report.figures import NAMES, figures_of, save_figures
from tarot_bench.reporting.report.rates import FORMATS, _latex_row, rates_as, rows_of, write_rates
from tests.cli.command import tarot
from tests.reporting.report.making import completion, grade, ladder, problem, write_run

PROBLEMS = [problem(number) for number in range(4)]


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rates")
    made = []
    for name, passes in (("a|b_c", 4), ("other & 50%", 2)):
        answers = [completion(asked, index) for asked in PROBLEMS for index in (0, 1)]
        grades = [grade(asked, index, ladder(asked, passes - index)) for asked in PROBLEMS for index in (0, 1)]
        made.append(write_run(folder / name, PROBLEMS, answers, grades, samples=2))
    return made


@pytest.fixture(scope="module")
def runs(paths):
    return reported(paths)


def test_there_is_a_row_for_every_rate_of_every_run(runs):
    rows = rows_of(runs)
    assert len(rows) == sum(len(run.metrics.named()) for run in runs)
    for row in rows:
        run = next(run for run in runs if run.label == row["run"])
        rate = run.metrics.named()[row["metric"]]
        ends = (rate.value, rate.low, rate.high) if rate else (None, None, None)
        assert (row["value"], row["low"], row["high"]) == ends
        assert row["revision"] == run.setting["revision"]


def test_csv_json_and_parquet_hold_the_same_numbers(runs, tmp_path):
    from pyarrow import parquet

    rows = rows_of(runs)
    assert json.loads(rates_as("json", runs)) == rows
    read = list(csv.DictReader(io.StringIO(rates_as("csv", runs))))
    assert [row["metric"] for row in read] == [row["metric"] for row in rows]
    assert [float(row["value"]) if row["value"] else None for row in read] == [row["value"] for row in rows]
    write_rates("parquet", runs, tmp_path / "rates.parquet")
    assert parquet.read_table(tmp_path / "rates.parquet").to_pylist() == rows


def test_markdown_has_a_row_for_every_run_with_intervals(runs):
    lines = rates_as("md", runs).splitlines()
    assert lines[0] == (
        "| run | benchmark | strict | strict@2 | basic | basic@2 | intermediate | intermediate@2 | complex | complex@2 "
        "| edge | edge@2 | problems | samples | ungraded |"
    )
    assert {line.replace(r"\|", "").count("|") for line in lines[:4]} == {16}
    assert lines[2].startswith(r"| a\|b_c | tarot | 50.0 [")
    assert "clustered by problem" in lines[-1]


def test_latex_escapes_what_it_would_obey(runs):
    text = rates_as("latex", runs)
    assert r"other \& 50\% & tarot & 0.0 [" in text
    assert text.count(r"\\") == 3
    assert r"\end{tabular}" in text


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_no_text_breaks_a_row_of_latex(cells):
    row = _latex_row(cells)
    assert "\n" not in row
    bare = row.replace(r"\textbackslash{}", "").removesuffix(r" \\")
    for mark in "&%$#_{}":
        bare = bare.replace("\\" + mark, "")
    bare = bare.replace(r"\textasciitilde", "").replace(r"\textasciicircum", "")
    assert bare.count("&") == len(cells) - 1
    assert not set("%$#_~^") & set(bare)


def test_figures_are_named_by_their_files(runs, tmp_path):
    names = [figure.name for figure in figures_of(runs)]
    assert names == list(NAMES[:5])
    written = save_figures(runs, [tmp_path / f"{name}.svg" for name in names])
    assert [path.read_bytes()[:4] for path in written] == [b"<svg"] * 5


def test_an_unknown_figure_is_refused_with_the_known_ones(runs, tmp_path):
    with pytest.raises(UserError, match=r"the figures are tier-profile, .*; did you mean verdicts\?"):
        save_figures(runs, [tmp_path / "verdict.svg"])
    with pytest.raises(UserError, match="have no numbers for the figure cost"):
        save_figures(runs, [tmp_path / "cost.svg"])


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_had_from_the_command(form, paths, runs, tmp_path):
    said = tarot("report", *map(str, paths), "--format", form, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    if form == "parquet":
        assert said.stdout == "rates: rates.parquet\n"
        assert (tmp_path / "rates.parquet").read_bytes()[:4] == b"PAR1"
    else:
        assert said.stdout == rates_as(form, runs)


def test_figures_and_mistakes_as_a_user_types_them(paths, tmp_path):
    said = tarot("report", str(paths[0]), "--figure", "tier-profile.pdf", "--figure", "verdicts.png", cwd=tmp_path)
    assert (said.returncode, said.stdout) == (0, "figure: tier-profile.pdf\nfigure: verdicts.png\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tier-profile.pdf", "verdicts.png"]
    said = tarot("report", str(paths[0]), "--format", "cvs", cwd=tmp_path)
    assert said.returncode == 2
    assert "did you mean csv?" in said.stderr
    said = tarot("report", str(paths[0]), "-o", "r.html", "--outputs", "0", cwd=tmp_path)
    assert said.stdout == "report: r.html\n"
