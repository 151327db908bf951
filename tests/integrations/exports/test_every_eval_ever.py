"""Records of Every Eval Ever; checked by its own validator where that is installed.

Its requirements exclude ours (huggingface-hub below 2), so it is looked for in the folder that TAROT_EVERY_EVAL_EVER
names: ``pip install --no-deps --ignore-requires-python --target FOLDER every-eval-ever==0.3.0``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench import export
from tarot_bench.api.report import reported
from tarot_bench.errors import UserError
from tarot_bench.integrations.exports.every_eval_ever import model_id
from tests.integrations.exports.conftest import texts_of


def records(run, folder):
    made = export(run, "every-eval-ever", folder, model_id="a/b:1")
    aggregate, samples = made.files
    rows = [json.loads(line) for line in samples.read_text().split("\n") if line]
    return made, json.loads(aggregate.read_text()), rows


@pytest.fixture(scope="module")
def validator():
    folder = os.environ.get("TAROT_EVERY_EVAL_EVER", "")
    if not Path(folder, "every_eval_ever").is_dir():
        pytest.skip("every-eval-ever is not there; name the folder that it is installed in in TAROT_EVERY_EVAL_EVER")

    def run(*files):
        return subprocess.run(
            [sys.executable, "-m", "every_eval_ever.validate", "--format", "json", *map(str, files)],
            env={**os.environ, "PYTHONPATH": folder},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_its_own_validator_finds_nothing(spoiled, unfinished, tmp_path, validator):
    for run in (spoiled, unfinished):
        made, _, _ = records(run, tmp_path / run.name)
        said = validator(*made.files)
        assert said.returncode == 0, said.stdout + said.stderr


def test_its_own_validator_refuses_a_record_of_another_schema(finished, tmp_path, validator):
    made, told, _ = records(finished, tmp_path)
    made.files[0].write_text(json.dumps(told | {"tiers": {}}))
    assert validator(*made.files).returncode == 1


def test_a_line_for_each_graded_sample_and_rate_and_the_others_counted(spoiled, tmp_path):
    made, told, rows = records(spoiled, tmp_path)
    assert (made.ungraded, made.missing) == (2, 0)
    assert len(rows) == 13 * 5 == told["detailed_evaluation_results"]["total_rows"]
    assert told["source_metadata"]["additional_details"]["samples_left_out_ungraded"] == "2"
    assert ("times/2", "0") not in {(row["sample_id"], row["metadata"]["sample"]) for row in rows}
    texts = texts_of(spoiled)
    for row in rows:
        assert row["output"]["raw"] == [texts[row["sample_id"], int(row["metadata"]["sample"])]]
        assert row["evaluation"]["is_correct"] == (row["evaluation"]["score"] == 1.0)


def test_lines_average_to_the_rate_that_they_belong_to(spoiled, tmp_path):
    _, told, rows = records(spoiled, tmp_path)
    for result in told["evaluation_results"]:
        by_problem = {}
        for row in rows:
            if row["evaluation_result_id"] == result["evaluation_result_id"]:
                by_problem.setdefault(row["sample_id"], []).append(row["evaluation"]["score"])
        if result["metric_config"]["metric_parameters"]["k"] == 1:
            means = [sum(scores) / len(scores) for scores in by_problem.values()]
            assert result["score_details"]["score"] == pytest.approx(sum(means) / len(means))
        else:
            assert not by_problem


def test_every_rate_has_its_interval(finished, tmp_path):
    _, told, _ = records(finished, tmp_path)
    named = reported([finished])[0].metrics.named()
    assert {"tarot.strict", "tarot.edge", "tarot.edge@3"} <= {
        r["evaluation_result_id"] for r in told["evaluation_results"]
    }
    for result in told["evaluation_results"]:
        estimate = named[result["evaluation_result_id"].removeprefix("tarot.")]
        interval = result["score_details"]["uncertainty"]["confidence_interval"]
        assert (interval["lower"], interval["upper"]) == (estimate.low, estimate.high)


def test_the_same_run_has_the_same_files_and_another_run_others(finished, tmp_path):
    first, second = (export(finished, "every-eval-ever", tmp_path / name, model_id="a/b") for name in "xy")
    for one, other in zip(first.files, second.files, strict=True):
        assert one.relative_to(tmp_path / "x") == other.relative_to(tmp_path / "y")
        assert one.read_bytes() == other.read_bytes()
    assert re.search(r"x/data/tarot/a/b/[0-9a-f]{8}-[0-9a-f]{4}-4", str(first.files[0]))
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    manifest = (run / "run.json").read_text()
    created = re.search(r'"created": "(\d{4})', manifest)
    (run / "run.json").write_text(manifest.replace(created[0], '"created": "2001'))
    assert export(run, "every-eval-ever", tmp_path / "z", model_id="a/b").files[0].name != first.files[0].name


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("hf/org/name", "org/name"),
        ("vllm/org/name", "org/name"),
        ("imported/openai/gpt-9", "openai/gpt-9"),
        ("mutant:0.4", "tarot-bench/mutant:0.4"),
    ],
)
def test_the_id_of_a_model_is_what_others_call_it(name, known):
    assert model_id(name) == known


@pytest.mark.parametrize("name", ["hf/gpt2", "replay:answers.jsonl", "hf//home/me/model", "a/../b", "data/x", "a/b\n"])
def test_a_name_that_tells_no_developer_asks_for_an_id(name):
    with pytest.raises(UserError, match="--model-id"):
        model_id(name)
