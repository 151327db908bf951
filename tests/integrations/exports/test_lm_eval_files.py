"""Files of lm-eval: the same as lm-eval writes when it runs our task on the same answers."""

import json

import pytest

from tarot_bench import export
from tarot_bench.evaluation.importers import agreement, import_results
from tarot_bench.evaluation.regrade import regrade
from tests.integrations.exports.conftest import FORMS, MADE, texts_of
from tests.integrations.lm_eval.recorded import answers_for, data_file, recorded, run

HEAVY = {"pretty_env_info", "git_hash", "transformers_version", "lm_eval_version", "upper_git_hash"}
"""Keys about lm-eval's own installation."""


def written(source, folder):
    made = export(source, "lm-eval", folder)
    results, samples = made.files
    return made, json.loads(results.read_text()), [json.loads(line) for line in samples.read_text().splitlines()]


def test_numbers_and_rows_are_those_of_lm_eval_itself(finished, tmp_path):
    pytest.importorskip("lm_eval")
    answers = {name: texts[:3] for name, texts in answers_for(MADE, FORMS).items()}
    metadata = {"data": data_file(tmp_path, MADE), "repeats": 3, "k": [1, 3]}
    theirs = run(recorded(answers, MADE), ["tarot_all"], metadata, log_samples=True, bootstrap_iters=0)
    _, results, rows = written(finished, tmp_path / "out")
    numbers, expected = results["results"]["tarot_all"], theirs["results"]["tarot_all"]
    assert {name for name in expected if "_stderr" not in name} <= set(numbers) <= set(expected)
    for name, value in numbers.items():
        if "_stderr" not in name:
            assert value == pytest.approx(expected[name]), name
    for ours, other in zip(rows, theirs["samples"]["tarot_all"], strict=True):
        assert set(ours) == set(other)
        for key in ("doc_id", "doc", "target", "resps", "filter", "metrics", "doc_hash", "prompt_hash", "target_hash"):
            assert ours[key] == other[key], key
    assert set(theirs) - set(results) - HEAVY == {"samples"}


def test_standard_errors_are_those_of_lm_eval(finished, tmp_path):
    lm_metrics = pytest.importorskip("lm_eval.api.metrics")
    _, results, rows = written(finished, tmp_path)
    values = [row["edge"] for row in rows]
    assert results["results"]["tarot_all"]["edge_stderr,graded"] == pytest.approx(lm_metrics.mean_stderr(values))


def test_the_files_imported_again_are_the_same_answers_and_verdicts(finished, tmp_path):
    made, _, _ = written(finished, tmp_path)
    found = import_results(made.files[1], tmp_path / "again")
    assert (found.format, found.benchmark, found.samples) == ("lm-eval", "tarot", 15)
    assert texts_of(tmp_path / "again") == texts_of(finished)
    regrade(tmp_path / "again")
    agreed = agreement(tmp_path / "again", "tarot")
    assert (agreed.compared, agreed.disagreements) == (15 * 4, ())


def test_samples_without_a_score_are_no_part_of_a_rate(spoiled, unfinished, tmp_path):
    _, results, rows = written(spoiled, tmp_path / "spoiled")
    assert [len(row["resps"][0]) for row in rows] == [3, 3, 2, 3, 3]
    config = results["configs"]["tarot_all"]["metadata"]
    assert config["samples_left_out"] == {"ungraded": 2, "missing": 0}
    made, results, rows = written(unfinished, tmp_path / "unfinished")
    assert made.missing == 3
    assert "strict@3" not in rows[-1]
    assert results["n-samples"]["tarot_all"] == {"original": 5, "effective": 5}
