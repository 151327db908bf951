"""A finished run as Python objects: tables, comparison, and what is refused."""

import pytest

import tarot_bench as tb
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import RunError

LIMIT = 4


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return [tb.evaluate(model, folder / model[:4], limit=LIMIT, samples=2) for model in ("gold", "mutant:1.0")]


def test_a_run_is_opened_again_as_it_was_returned(runs):
    for run in runs:
        assert tb.open_run(str(run.path)) == run
        assert run.summary == run.summaries[0]


def test_a_table_has_a_row_for_every_test_result(runs):
    table = runs[1].to_pandas()
    problems = tb.load_problems()[:LIMIT]
    assert len(table) == sum(len(problem.all_tests) for problem in problems) * 2
    tiers = table[table.tier != "original"].groupby("tier").passed.mean()
    for tier, found in runs[1].summary.metrics.tiers.items():
        assert tiers[tier] == pytest.approx(found.pass_rate.value)
    first = table[(table.problem_id == problems[0].id) & (table["sample"] == 0)]
    assert list(first.test) == list(range(len(problems[0].all_tests)))
    assert (table.cpu_s > 0).any()
    assert set(table.verdict) <= {verdict.value for verdict in tb.Verdict}


def test_an_ungraded_test_neither_passed_nor_failed(runs, monkeypatch):
    made = runs[0].grades()[0]
    ungraded = made.results[0].model_copy(update={"verdict": tb.Verdict.UNGRADED})
    grade = made.model_copy(update={"results": (ungraded, *made.results[1:])})
    monkeypatch.setattr(tb.Run, "grades", lambda self, benchmark: [grade])
    passed = runs[0].to_pandas().passed
    assert passed.isna().sum() == 1
    assert passed.mean() == 1.0


def test_two_runs_are_compared_tier_by_tier(runs):
    comparison = tb.compare(runs[1], runs[0].path)
    assert list(comparison.differences)[:2] == ["strict", "basic"]
    strict = comparison.differences["strict"]
    assert (strict.first, strict.second) == tuple(run.summary.metrics.value("strict") for run in reversed(runs))
    assert strict.difference.value == pytest.approx(strict.second - strict.first)
    assert strict.difference.value > 0
    assert comparison.uncompared == 0


def test_runs_on_other_data_are_not_compared(runs, tmp_path):
    write_jsonl(tb.load_problems()[:2], tmp_path / "data.jsonl")
    other = tb.evaluate("gold", tmp_path / "run", data=tmp_path / "data.jsonl")
    with pytest.raises(RunError, match=r"differ in data \(\w{16}, \w{16}\); evaluate both models on the same"):
        tb.compare(runs[0], other)


def test_a_benchmark_that_is_not_there_is_named(runs):
    with pytest.raises(RunError, match="has the benchmarks tarot; name one of them"):
        tb.compare(*runs, benchmark="humaneval")


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="is not a run directory"):
        tb.open_run(tmp_path)
