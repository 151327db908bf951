"""Grading a run's raw samples again, and explaining them."""

import json

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import RunError
from tarot_bench.evaluation import evaluate, explain, regrade, resolve
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.runs import RunDirectory
from tarot_bench.verdict import Verdict


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run"
    evaluate(resolve("mutant:1.0", "tarot", limit=5, samples=2), path)
    return path


def test_regrading_an_untouched_run_gives_the_same_metrics(run):
    before = json.loads((run / "summary.json").read_text())["summaries"][0]["metrics"]
    (summary,) = regrade(run)
    assert summary.metrics.model_dump(mode="json") == before
    assert not list(run.rglob("regrade-*"))


def test_regrading_repairs_grades_that_were_tampered_with(run):
    grades = run / "tarot/grades.jsonl"
    honest = grades.read_text()
    grades.write_text(honest.replace("WRONG_ANSWER", "PASSED").replace("RUNTIME_ERROR", "PASSED"))
    regrade(run)

    def verdicts(text: str) -> dict:
        made = [json.loads(line) for line in text.splitlines()]
        return {(m["problem_id"], m["index"]): [r["verdict"] for r in m["results"]] for m in made}

    assert verdicts(grades.read_text()) == verdicts(honest)


def test_a_published_graders_numbers_stay_apart_from_ours(tmp_path):
    """A program that prints the first line only: the published comparison passes it, ours does not."""
    problem = Problem(
        id="three-lines",
        statement="Print 1, 2 and 3.",
        solution="print(1)",
        tests=(TestCase(tier=Tier.BASIC, input="", output="1\n2\n3\n"),),
    )
    write_jsonl([problem], tmp_path / "data.jsonl")
    path = tmp_path / "run"
    (ours,) = evaluate(resolve("gold", "tarot", data=(str(tmp_path / "data.jsonl"),)), path)
    before = (path / "tarot/grades.jsonl").read_text(), (path / "summary.json").read_text()
    (theirs,) = regrade(path, compat="tarot")
    assert (ours.metrics.value("basic"), theirs.metrics.value("basic")) == (0.0, 1.0)
    assert theirs.setting["compat"] == "tarot"
    assert ((path / "tarot/grades.jsonl").read_text(), (path / "summary.json").read_text()) == before
    assert (path / "summary.tarot.json").exists()


def test_the_official_form_runs_what_a_continuation_went_on_to_write(tmp_path):
    """By default the wrong assertion after the function is dropped, which is said; the official form runs it."""
    problem = Problem(
        id="double",
        statement="Double x.",
        style="function",
        entry_point="double",
        starter_code="def double(x):\n",
        solution="def double(x):\n    return 2 * x\n",
        tests=(TestCase(tier=Tier.BASIC, kind="call", input="[2]", output="4"),),
    )
    write_jsonl([problem], tmp_path / "data.jsonl")
    said = "    return 2 * x\n\nassert double(1) == 5\n"
    (tmp_path / "said.jsonl").write_text(json.dumps({"problem_id": "double", "text": said}) + "\n")
    asked = {"model": f"replay:{tmp_path / 'said.jsonl'}", "suite": "tarot", "data": (str(tmp_path / "data.jsonl"),)}
    path = tmp_path / "run"
    (ours,) = evaluate(resolve(**asked), path)
    assert "dropped 1 line of code after the function" in explain(path, "double").grade.extraction.how
    (official,) = regrade(path, extraction="verbatim")
    assert (ours.metrics.value("basic"), official.metrics.value("basic")) == (1.0, 0.0)
    assert (ours.setting["extraction"], official.setting["extraction"]) == ("answer", "verbatim")
    assert (path / "summary.verbatim.json").exists()
    (whole,) = evaluate(resolve(**asked, overrides=("extraction=verbatim",)), tmp_path / "official")
    assert whole.metrics.value("basic") == 0.0
    made = explain(tmp_path / "official", "double").grade
    assert made.extraction.code == problem.starter_code + said
    assert made.results[0].verdict is Verdict.RUNTIME_ERROR
    (again,) = regrade(tmp_path / "official", extraction="answer")
    assert again.metrics.value("basic") == 1.0


def test_a_run_whose_data_changed_is_not_regraded(tmp_path):
    problems = load_problems("embedded").problems[:2]
    write_jsonl(problems, tmp_path / "data.jsonl")
    evaluate(resolve("gold", "tarot", data=(str(tmp_path / "data.jsonl"),)), tmp_path / "run")
    write_jsonl(problems[:1], tmp_path / "data.jsonl")
    with pytest.raises(RunError, match="changed since the run"):
        regrade(tmp_path / "run")


def test_only_runs_of_evaluate_can_be_regraded(tmp_path):
    RunDirectory.start(tmp_path / "run", "generate", {}, {}, resume=False)
    with pytest.raises(RunError, match="generate"):
        regrade(tmp_path / "run")


def test_an_explanation_holds_the_failing_test_with_its_reason(run):
    known = [json.loads(line) for line in (run / "tarot/grades.jsonl").read_text().splitlines()]
    failed = next(made for made in known if any(r["verdict"] == "WRONG_ANSWER" for r in made["results"]))
    explanation = explain(run, failed["problem_id"], failed["index"])
    test, result = next(pair for pair in explanation.failures if pair[1].verdict is Verdict.WRONG_ANSWER)
    assert test.reason
    assert "expected" in result.detail
    assert explanation.grade.extraction.code in explanation.completion.text


def test_a_problem_may_be_named_by_the_end_of_its_id(run):
    problem = load_problems("embedded").problems[0]
    assert explain(run, problem.id.rpartition("/")[2]).problem.id == problem.id


def test_unknown_problems_and_samples_are_refused_with_a_hint(run):
    problem = load_problems("embedded").problems[0]
    with pytest.raises(RunError, match=problem.id):
        explain(run, problem.id + "x")
    with pytest.raises(RunError, match=r"no sample 7 .*has \d+ of this problem, numbered from 0$"):
        explain(run, problem.id, 7)
