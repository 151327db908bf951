"""One run seen in four places: our report, inspect_ai, Every Eval Ever and huggingface-hub show equal numbers."""

import json
import re

import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

from tarot_bench import export, report
from tarot_bench.api.report import reported

NAMES = ["strict", "basic", "intermediate", "complex", "edge"]


def in_the_report(run, path) -> list[str]:
    """The rates of the report's first table, as its readers see them."""
    pytest.importorskip("altair")
    page = report([run], path).read_text()
    (row,) = re.findall(r"<tbody>\s*<tr>(.*?)</tr>", page, re.DOTALL)[:1]
    return re.findall(r"([\d.]+) % \[", row)


def in_inspect(run, path) -> dict[str, float]:
    """As its reader and the list of its viewer have them."""
    log_module = pytest.importorskip("inspect_ai.log")
    export(run, "inspect", path)
    view = path.parent.with_name("view")
    log_module.bundle_log_dir(str(path.parent), str(view))
    listed = json.loads((view / "logs" / "listing.json").read_text())
    assert listed[path.name]["primary_metric"]["value"] == reported([run])[0].metrics.value("strict")
    scores = log_module.read_eval_log(str(path)).results.scores
    return {score.name: score.metrics["accuracy"].value for score in scores if score.reducer == "mean"}


def in_every_eval_ever(run, path) -> dict[str, float]:
    aggregate, _ = export(run, "every-eval-ever", path, model_id="a/b").files
    results = json.loads(aggregate.read_text())["evaluation_results"]
    return {
        result["evaluation_result_id"].removeprefix("tarot."): result["score_details"]["score"]
        for result in results
        if result["metric_config"]["metric_parameters"]["k"] == 1
    }


def in_huggingface_hub(run, path) -> dict[str, float]:
    (file,) = export(run, "hub", path, dataset_id="you/tiers").files
    return {entry.task_id: entry.value for entry in parse_eval_result_entries(yaml.safe_load(file.read_text()))}


@pytest.mark.parametrize("kind", ["finished", "spoiled"])
def test_four_readers_see_equal_numbers(kind, request, tmp_path):
    run = request.getfixturevalue(kind)
    metrics = reported([run])[0].metrics
    ours = {name: metrics.value(name) for name in NAMES}
    assert len(set(ours.values())) > 2
    assert in_the_report(run, tmp_path / "report.html") == [f"{100 * value:.1f}" for value in ours.values()]
    assert in_inspect(run, tmp_path / "logs" / "log.eval") == ours
    assert in_every_eval_ever(run, tmp_path / "eee") == ours
    assert in_huggingface_hub(run, tmp_path / "hub") == ours
