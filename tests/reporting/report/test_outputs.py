"""The actual outputs of failed tests, made again when the report is written."""

import pytest

import tarot_bench as tb
from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.problem import TestCase, Tier
from tarot_bench.reporting.report.outputs import chosen
from tarot_bench.reporting.report.reported import Answers
from tarot_bench.verdict import Verdict
from tests.reporting.report.making import completion, grade, ladder, problem, write_run
from tests.reporting.report.opening import Opened

PROBLEMS = [problem(number) for number in range(3)]
FAILS = "print('<b>three</b>', 3)"
CRASHES = "print(1)\nraise ValueError('on\\x1b[31mly')"


def _run(folder, codes, **given):
    """One sample of each problem, which passes `basic` and fails the other tests."""
    answers = [completion(asked, 0) for asked in PROBLEMS]
    grades = [grade(asked, 0, ladder(asked, 1), code=code) for asked, code in zip(PROBLEMS, codes, strict=True)]
    return write_run(folder, PROBLEMS, answers, grades, **given)


def _actual(opened, asked):
    return [result[3] if len(result) > 3 else None for result in opened.samples(asked.id)[0]["results"]]


def test_failed_tests_show_what_the_program_wrote(tmp_path):
    run = _run(tmp_path / "run", [FAILS, CRASHES, "print(4)"])
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert _actual(opened, PROBLEMS[0]) == [None] + ["<b>three</b> 3\n"] * 3
    for text in _actual(opened, PROBLEMS[1])[1:]:
        assert text.startswith("1\n\nTraceback")
        assert text.endswith("ValueError: on\\x1b[31mly\n")


def test_the_budget_is_spread_over_the_problems_and_0_runs_nothing(tmp_path):
    run = _run(tmp_path / "run", ["print(3)"] * 3)
    opened = Opened.at(tb.report([run], tmp_path / "report.html", outputs=4))
    assert [sum(text is not None for text in _actual(opened, asked)) for asked in PROBLEMS] == [2, 1, 1]
    opened = Opened.at(tb.report([run], tmp_path / "report.html", outputs=0))
    assert [set(_actual(opened, asked)) for asked in PROBLEMS] == [{None}] * 3


def test_programs_of_a_run_without_isolation_are_never_run_again(tmp_path, monkeypatch):
    run = _run(tmp_path / "run", ["print(3)"] * 3, settings={"sandbox": "unsafe-subprocess"})
    monkeypatch.setattr("tarot_bench.api.report.opened", lambda *_, **__: pytest.fail("a sandbox was opened"))
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert set(_actual(opened, PROBLEMS[0])) == {None}


def test_without_a_sandbox_the_report_is_written_and_says_why(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise SandboxUnavailableError("bubblewrap is missing")

    run = _run(tmp_path / "run", ["print(3)"] * 3)
    monkeypatch.setattr("tarot_bench.api.report.opened", refuse)
    assert "without actual outputs: bubblewrap is missing" in tb.report([run], tmp_path / "report.html").read_text()


def test_return_values_are_shown_in_the_form_of_the_expected_ones(tmp_path):
    tests = (TestCase(tier=Tier.BASIC, input="[1]", output="[1,2]", kind="call"),)
    asked = problem(0, style="function", entry_point="f", solution="def f(x): return [x, 2]", tests=tests)
    made = grade(asked, 0, [Verdict.WRONG_ANSWER], code="def f(x):\n    return [x, 'é']")
    run = write_run(tmp_path / "run", [asked], [completion(asked, 0)], [made])
    opened = Opened.at(tb.report([run], tmp_path / "report.html"))
    assert opened.problem(asked.id)["tests"][0]["output"] == "[1, 2]"
    assert _actual(opened, asked) == ['[1, "é"]']


def test_the_first_failures_of_all_samples_come_before_second_ones():
    asked = PROBLEMS[0]
    grades = {index: grade(asked, index, ladder(asked, 2 - index)) for index in (0, 1)}
    found = chosen([asked], {asked.id: Answers({}, grades)}, 3)
    assert [(each.made.index, each.place) for each in found] == [(0, 2), (1, 1), (0, 3)]


def test_slow_programs_and_those_at_a_limit_are_not_run_again():
    asked = PROBLEMS[0]
    made = grade(asked, 0, [Verdict.TIME_LIMIT, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.PASSED])
    slow = made.results[1].model_copy(update={"cpu_s": 1.5})
    made = made.model_copy(update={"results": (made.results[0], slow, *made.results[2:])})
    assert [each.place for each in chosen([asked], {asked.id: Answers({}, {0: made})}, 9)] == [2]
