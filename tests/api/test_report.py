"""Runs as a report reads them."""

import pytest

import tarot_bench as tb
from tarot_bench.api.report import reported
from tarot_bench.evaluation import regrade
from tarot_bench.reporting.report.figures import figures_of


def test_the_cost_of_a_run_comes_from_the_prices_it_began_with(tmp_path):
    run = tb.evaluate("gold", tmp_path / "run", limit=2, input_price=2.0, output_price=8.0)
    journal = run.path / "tarot/completions.jsonl"
    used = '"usage":{"input_tokens":1000,"output_tokens":500}'
    journal.write_text(journal.read_text().replace('"usage":{"input_tokens":0,"output_tokens":0}', used))
    (found,) = reported([run.path])
    assert found.usd == pytest.approx(2 * (1000 * 2.0 + 500 * 8.0) / 1e6)
    assert "cost" in {figure.name for figure in figures_of([found])}
    regrade(run.path)
    assert reported([run.path])[0].usd == found.usd


def test_a_run_without_prices_has_no_cost(tmp_path):
    run = tb.evaluate("gold", tmp_path / "run", limit=1)
    (found,) = reported([run.path])
    assert found.usd is None
    assert "cost" not in {figure.name for figure in figures_of([found])}


def test_the_report_of_two_runs_shows_the_numbers_of_compare(tmp_path):
    runs = [tb.evaluate(model, tmp_path / model[:4], limit=5, samples=2) for model in ("gold", "mutant:1.0")]
    page = tb.report([run.path for run in runs], tmp_path / "report.html").read_text()
    strict = tb.compare(*runs).differences["strict"]
    assert "Comparison on tarot" in page
    assert f"<td>{100 * strict.difference.value:+.1f} pp</td>" in page
    assert "Rank bands" not in page
    assert "Comparison" not in tb.report([runs[0].path], tmp_path / "one.html").read_text().partition("<script")[0]


def test_three_runs_are_ranked_and_runs_on_other_data_are_named(tmp_path):
    runs = [tb.evaluate(model, tmp_path / model[:8], limit=4) for model in ("gold", "mutant:1.0", "mutant:0.5")]
    other = tb.evaluate("mutant:0.1", tmp_path / "other", limit=3)
    page = tb.report([run.path for run in (*runs, other)], tmp_path / "report.html").read_text()
    assert "Rank bands on all tiers" in page
    assert "mutant:0.1 is not compared" in page
