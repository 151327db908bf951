"""The report's file: its numbers are those of the run, whatever the state of the run."""

import json
import threading

import pytest

import tarot_bench as tb
from tarot_bench.errors import RunError, UserError
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import SampleOutcome, Verdict
from tests.reporting.report.making import completion, grade, ladder, problem, write_run
from tests.reporting.report.opening import Opened

PROBLEMS = [problem(number) for number in range(4)]


def some_run(folder, **given):
    """Four problems, two samples each: of problem n, the first sample passes n tests and the second one all."""
    answers = [completion(asked, index) for asked in PROBLEMS for index in (0, 1)]
    grades = [
        grade(asked, index, ladder(asked, 4 if index else number))
        for number, asked in enumerate(PROBLEMS)
        for index in (0, 1)
    ]
    return write_run(folder, PROBLEMS, answers, grades, samples=2, **given)


def test_the_rates_are_those_of_the_summary(tmp_path):
    run = some_run(tmp_path / "run")
    text = Opened.at(tb.report([run], tmp_path / "report.html")).text
    for rate in ("50.0 %", "87.5 %", "75.0 %", "62.5 %"):  # strict and edge, basic, intermediate, complex
        assert f"<td>{rate} [" in text
    assert "<td>+37.5 pp [" in text
    assert "Most tests fail in edge: 50.0 % of 8; all of these are wrong answers." in text


def test_every_problem_has_a_row_with_the_counts_of_its_samples(tmp_path):
    rows = Opened.at(tb.report([some_run(tmp_path / "run")], tmp_path / "report.html")).rows()
    assert list(rows) == [asked.id for asked in PROBLEMS]
    found = rows[PROBLEMS[1].id]
    assert (found["difficulty"], found["tags"]) == ("medium", ["tag1"])
    (results,) = found["runs"]
    assert (results.pop("place"), results.pop("asked")) == (["samples.0.0.0", 1], ["problems.0.0.0", 1])
    assert results == {
        "samples": 2,
        "graded": 2,
        "solved": 1,
        "tiers": {"basic": 2, "intermediate": 1, "complex": 1, "edge": 1},
        "verdicts": {"WRONG_ANSWER": 3},
    }


def test_runs_of_one_model_in_folders_of_one_name_are_told_apart(tmp_path):
    grades = {folder: [grade(PROBLEMS[0], 0, ladder(PROBLEMS[0], count))] for folder, count in (("x", 4), ("y", 0))}
    runs = [write_run(tmp_path / folder / "mine", PROBLEMS[:1], (), made) for folder, made in grades.items()]
    opened = Opened.at(tb.report(runs, tmp_path / "report.html"))
    assert [run["label"] for run in opened.data[0]["runs"]] == list(map(str, runs))
    assert "<td>-100.0 pp</td>" in opened.text


def test_each_run_is_shown_with_the_tests_and_prompts_that_it_has(tmp_path):
    whole, part = PROBLEMS[0], PROBLEMS[0].model_copy(update={"tests": PROBLEMS[0].tests[3:]})
    runs = [
        write_run(tmp_path / name, [asked], (), [grade(asked, 0, ladder(asked, 0))])
        for name, asked in (("part", part), ("whole", whole))
    ]
    opened = Opened.at(tb.report(runs, tmp_path / "report.html"))
    shown = [[test["tier"] for test in opened.problem(whole.id, run)["tests"]] for run in (0, 1)]
    assert shown == [["edge"], ["basic", "intermediate", "complex", "edge"]]
    assert "whole is not compared: it differs from the first in data." in opened.text


def test_a_sample_has_its_texts_and_its_results(tmp_path):
    opened = Opened.at(tb.report([some_run(tmp_path / "run")], tmp_path / "report.html"))
    asked = opened.problem(PROBLEMS[2].id)
    assert asked["statement"] == PROBLEMS[2].statement
    assert asked["statement"] in asked["prompt"]
    assert asked["tests"][3] == {
        "tier": "edge",
        "kind": "stdin",
        "input": "1000\n",
        "output": "2000\n",
        "reason": "tests edge",
    }
    first, second = opened.samples(PROBLEMS[2].id)
    assert (first["index"], first["how"], first["code"]) == (0, "the only block", "print(1)")
    assert first["text"] == completion(PROBLEMS[2], 0).text
    assert [result[0] for result in first["results"]] == ["PASSED", "PASSED", "WRONG_ANSWER", "WRONG_ANSWER"]
    assert {result[0] for result in second["results"]} == {"PASSED"}


def test_many_problems_are_found_in_the_right_chunks(tmp_path):
    problems = [problem(number, statement=f"{number} " + "word " * 4000) for number in range(40)]
    run = write_run(tmp_path / "run", problems, [completion(asked, 0) for asked in problems])
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert sum(name.startswith("problems.") for name in opened.chunks) > 1
    for asked in problems:
        assert opened.problem(asked.id)["statement"].split()[0] == asked.statement.split()[0]


def test_runs_are_shown_side_by_side_also_where_their_problems_differ(tmp_path):
    more = [*PROBLEMS, problem(9)]
    runs = [
        some_run(tmp_path / "one", model="mutant:0.1"),
        write_run(tmp_path / "two", more, [completion(more[-1], 0)]),
    ]
    opened = Opened.at(tb.report(runs, tmp_path / "report.html"))
    assert [run["label"] for run in opened.data[0]["runs"]] == ["mutant:0.1", "gold"]
    rows = opened.rows()
    assert [len(row["runs"]) for row in rows.values()] == [2] * 5
    assert rows[more[-1].id]["runs"][0] is None
    assert opened.samples(more[-1].id, 1)[0]["index"] == 0


def test_runs_of_one_model_are_told_apart_by_their_directories(tmp_path):
    runs = [some_run(tmp_path / name) for name in ("before", "after")]
    opened = Opened.at(tb.report(runs, tmp_path / "report.html"))
    assert [run["label"] for run in opened.data[0]["runs"]] == ["before", "after"]


def test_a_run_without_any_grade_says_so(tmp_path):
    run = write_run(tmp_path / "run", PROBLEMS, [completion(asked, 0) for asked in PROBLEMS])
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert "Nothing was graded yet." in opened.text
    assert "<figure" not in opened.text
    assert "results" not in opened.samples(PROBLEMS[0].id)[0]
    assert opened.rows()[PROBLEMS[0].id]["runs"][0]["graded"] == 0


def test_a_run_without_any_answer_has_its_problems(tmp_path):
    opened = Opened.at(tb.report([write_run(tmp_path / "run", PROBLEMS)], tmp_path / "report.html"))
    assert opened.samples(PROBLEMS[0].id) == []
    assert "PENDING: 4 samples; no answer yet" in opened.text


def test_refused_samples_are_counted_apart(tmp_path):
    refused = completion(
        PROBLEMS[0], 0, "-", outcome=SampleOutcome.REFUSED_BY_SERVICE, note="too long", finish_reason="context_length"
    )
    run = write_run(tmp_path / "run", PROBLEMS[:1], [refused])
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert "REFUSED_BY_SERVICE context_length: 1 sample; no score" in opened.text
    assert opened.samples(PROBLEMS[0].id)[0]["note"] == "too long"


def test_a_torn_last_line_is_left_out(tmp_path):
    run = some_run(tmp_path / "run")
    for name in ("completions", "grades"):
        with (run / "tarot" / f"{name}.jsonl").open("ab") as file:
            file.write(b'{"problem_id": "made/app')
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert len(opened.samples(PROBLEMS[0].id)) == 2


@pytest.mark.parametrize("damage", [b"\xff\xfe not UTF-8\n", b'{"problem_id": 3}\n'])
def test_a_damaged_line_is_named_and_no_report_is_left(damage, tmp_path):
    run = some_run(tmp_path / "run")
    with (run / "tarot" / "grades.jsonl").open("ab") as file:
        file.write(damage)
    with pytest.raises(RunError, match=r"grades\.jsonl:9 is not a Grade record"):
        tb.report([run], tmp_path / "report.html")
    assert list(tmp_path.glob("report*")) == []


def test_the_later_grade_of_a_sample_counts(tmp_path):
    run = some_run(tmp_path / "run")
    with EvaluationRun.open(run).benchmark("tarot").write_grades() as grades:
        grades.append(grade(PROBLEMS[0], 0, ladder(PROBLEMS[0], 4)))
    rows = Opened.at(tb.report([run], tmp_path / "report.html")).rows()
    assert rows[PROBLEMS[0].id]["runs"][0]["solved"] == 2


def test_a_run_of_an_older_version_is_read(tmp_path):
    run = some_run(tmp_path / "run")
    manifest = json.loads((run / "run.json").read_text())
    for key in ("extraction", "isolation", "gold_factor", "system"):
        manifest["settings"].pop(key, None)
    manifest["environment"] = {"sandbox": {"level": "full"}}
    (run / "run.json").write_text(json.dumps(manifest))
    for name, keys in (("grades", ("problem_digest",)), ("completions", ("outcome", "note", "usage"))):
        path = run / "tarot" / f"{name}.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps({k: v for k, v in line.items() if k not in keys}) + "\n" for line in lines))
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert opened.rows()[PROBLEMS[3].id]["runs"][0]["solved"] == 1


def test_a_run_that_is_being_written_is_read_as_it_is(tmp_path):
    run = write_run(tmp_path / "run", PROBLEMS, samples=50)
    stop = threading.Event()

    def write():
        files = EvaluationRun.open(run).benchmark("tarot")
        with files.write_completions() as answers, files.write_grades() as grades:
            for index in range(50):
                for asked in PROBLEMS:
                    answers.append(completion(asked, index))
                    grades.append(grade(asked, index, ladder(asked, index % 5)))
                if stop.wait(0.01):
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(2):
            rows = Opened.at(tb.report([run], tmp_path / "report.html")).rows()
            assert all(row["runs"][0]["graded"] <= row["runs"][0]["samples"] <= 50 for row in rows.values())
    finally:
        stop.set()
        writer.join()


def test_changed_data_are_refused(tmp_path):
    run = some_run(tmp_path / "run")
    data = tmp_path / "run.jsonl"
    data.write_text(data.read_text().replace("2000", "2001"))
    with pytest.raises(UserError, match="changed since the run"):
        tb.report([run], tmp_path / "report.html")


def test_no_run_is_one_line(tmp_path):
    with pytest.raises(RunError, match="is not a run directory"):
        tb.report([tmp_path], tmp_path / "report.html")
    with pytest.raises(RunError, match="there is no run to report"):
        tb.report([], tmp_path / "report.html")


def test_a_problem_that_only_ungraded_samples_answer_has_no_rate(tmp_path):
    made = [grade(PROBLEMS[0], 0, [Verdict.UNGRADED] * 4)]
    run = write_run(tmp_path / "run", PROBLEMS[:1], [completion(PROBLEMS[0], 0)], made)
    (row,) = Opened.at(tb.report([run], tmp_path / "report.html")).rows().values()
    assert (row["runs"][0]["graded"], row["runs"][0]["tiers"]) == (0, {})
    assert row["runs"][0]["verdicts"] == {"UNGRADED": 4}
