"""Logs of inspect_ai, read by inspect_ai and by our own import."""

import math

import pytest

pytest.importorskip("inspect_ai")

from inspect_ai.log import read_eval_log, recompute_metrics

from tarot_bench import export
from tarot_bench.api.report import reported
from tarot_bench.errors import UserError
from tarot_bench.evaluation.importers import import_results
from tests.integrations.exports.conftest import MADE, texts_of


@pytest.fixture(params=["eval", "json"])
def ending(request):
    return request.param


def read(run, path):
    export(run, "inspect", path)
    return read_eval_log(str(path))


def test_a_log_has_every_sample_with_prompt_answer_verdicts_and_setting(finished, tmp_path, ending):
    log = read(finished, tmp_path / f"log.{ending}")
    assert log.status == "success"
    assert {(sample.id, sample.epoch - 1): sample.output.completion for sample in log.samples} == texts_of(finished)
    for sample in log.samples:
        assert sample.input == sample.messages[0].text
        assert "print it times" in sample.input
        score = sample.scores["tiers_passed"]
        assert list(score.value) == ["strict", "basic", "intermediate", "complex", "edge"]
        assert [test["tier"] for test in score.metadata["tests"]] == [t.tier for t in MADE[0].all_tests]
    (run,) = reported([finished])
    assert log.eval.metadata["data_digest"] == run.setting["data_digest"]
    assert log.eval.metadata["settings"]["samples"] == 3
    assert log.eval.dataset.sample_ids == [problem.id for problem in MADE]


def test_its_numbers_are_what_inspect_computes_of_the_scores(spoiled, tmp_path):
    log = read(spoiled, tmp_path / "log.eval")
    written = {s.name: s.metrics["accuracy"].value for s in log.results.scores if s.reducer == "mean"}
    recompute_metrics(log)
    computed = {s.name: s.metrics["accuracy"].value for s in log.results.scores}
    assert list(written) == list(computed)
    assert written == pytest.approx(computed)


def test_a_sample_without_a_score_has_no_value_and_one_without_an_answer_an_error(spoiled, tmp_path, ending):
    log = read(spoiled, tmp_path / f"log.{ending}")
    by_name = {(sample.id, sample.epoch): sample for sample in log.samples}
    unscored = by_name["times/2", 1]
    assert math.isnan(unscored.scores["tiers_passed"].value)
    assert unscored.error is None
    refused = by_name["times/4", 1]
    assert refused.error.message == "FILTERED_BY_SERVICE: not allowed"
    assert (refused.output.choices, refused.metadata["withheld"]) == ([], "half")
    assert (log.eval.metadata["ungraded"], log.results.completed_samples) == (2, 14)


def test_an_unfinished_run_is_marked_and_counted(unfinished, tmp_path):
    made = export(unfinished, "inspect", tmp_path / "log.eval")
    assert (made.samples, made.ungraded, made.missing) == (15, 0, 3)
    log = read_eval_log(str(made.files[0]))
    assert (log.status, len(log.samples), log.eval.metadata["missing"]) == ("cancelled", 13, 3)
    assert sum(sample.scores is None for sample in log.samples) == 1


def test_a_log_imported_again_has_the_same_answers_and_claims(spoiled, tmp_path, ending):
    export(spoiled, "inspect", tmp_path / f"log.{ending}")
    found = import_results(tmp_path / f"log.{ending}", tmp_path / "again")
    assert (found.samples, found.left_out) == (14, 1)
    kept = {name: text for name, text in texts_of(spoiled).items() if name[0] != "times/4"}
    again = texts_of(tmp_path / "again")
    assert {name: again[name] for name in kept} == kept


def test_another_ending_is_refused(finished, tmp_path):
    with pytest.raises(UserError, match=r"log\.txt: a log of inspect_ai ends in \.eval or \.json"):
        export(finished, "inspect", tmp_path / "log.txt")
