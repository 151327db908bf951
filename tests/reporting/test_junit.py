from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.errors import RunError
from tarot_bench.problem import Tier
from tarot_bench.reporting.junit import Case, cases_of, write_junit
from tarot_bench.verdict import Extraction, Grade, TestResult, Verdict

# What Jenkins' junit-10.xsd and Surefire's schema both allow: attributes (required ones first) and children.
STRUCTURE = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "error", "skipped"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
}


def grade(problem_id, *results, index=0):
    extraction = Extraction(code="pass", how="whole text")
    made = tuple(TestResult(tier=tier, verdict=verdict, detail=detail, cpu_s=0.25) for tier, verdict, detail in results)
    return Grade(problem_id=problem_id, index=index, extraction=extraction, results=made)


def written(path, cases, suite="tarot"):
    write_junit(path, suite, cases)
    return ET.parse(path).getroot()


def assert_structure(element):
    attributes, children = STRUCTURE[element.tag]
    assert set(element.attrib) == attributes
    assert {child.tag for child in element} <= children
    for child in element:
        assert_structure(child)


def grades():
    return [
        grade("HumanEval/0", (Tier.BASIC, Verdict.PASSED, ""), (Tier.EDGE, Verdict.WRONG_ANSWER, "line 1: '3' != '4'")),
        grade("b", (Tier.BASIC, Verdict.UNGRADED, "sandbox died"), (None, Verdict.PASSED, "")),
    ]


def test_a_report_has_the_structure_of_the_common_schema(tmp_path):
    assert_structure(written(tmp_path / "report.xml", cases_of(grades())))


def test_each_problem_has_a_case_per_tier_of_the_suite(tmp_path):
    root = written(tmp_path / "report.xml", cases_of(grades()))
    outcomes = {
        (case.get("classname"), case.get("name")): [child.tag for child in case] for case in root.iter("testcase")
    }
    assert outcomes == {
        ("HumanEval/0", "basic"): [],
        ("HumanEval/0", "edge"): ["failure"],
        ("HumanEval/0", "original"): ["skipped"],
        ("b", "basic"): ["error"],
        ("b", "edge"): ["skipped"],
        ("b", "original"): [],
    }


def test_the_totals_count_the_cases(tmp_path):
    suite = written(tmp_path / "report.xml", cases_of(grades()))[0]
    totals = {"tests": "6", "failures": "1", "errors": "1", "skipped": "2", "time": "1.000", "name": "tarot"}
    assert suite.attrib == totals


def test_a_failure_says_verdict_and_detail(tmp_path):
    (failure,) = written(tmp_path / "report.xml", cases_of(grades())).iter("failure")
    assert failure.attrib == {"type": "WRONG_ANSWER", "message": "WRONG_ANSWER: line 1: '3' != '4'"}
    assert failure.text == "line 1: '3' != '4'"


def test_an_ungraded_test_outranks_a_failed_one_and_a_failed_one_outranks_a_passed_one():
    basic = Tier.BASIC
    rows = [(basic, Verdict.PASSED, ""), (basic, Verdict.TIME_LIMIT, "5 s"), (basic, Verdict.UNGRADED, "down")]
    assert cases_of([grade("a", *rows)])[0].verdict is Verdict.UNGRADED
    (case,) = cases_of([grade("a", *rows[:2])])
    assert (case.verdict, case.detail, case.time_s) == (Verdict.TIME_LIMIT, "5 s", 0.5)


def test_samples_are_told_apart_only_where_there_are_several(tmp_path):
    two = [grade("a", (Tier.BASIC, Verdict.PASSED, ""), index=index) for index in (0, 1)]
    names = [case.get("name") for case in written(tmp_path / "two.xml", cases_of(two)).iter("testcase")]
    assert names == ["basic [sample 0]", "basic [sample 1]"]
    names = [case.get("name") for case in written(tmp_path / "one.xml", cases_of(two[:1])).iter("testcase")]
    assert names == ["basic"]


def test_control_characters_are_spelled_out(tmp_path):
    detail = "\x1b[31mred\x00 \ud800 \uffff <b>&\"'</b> é 😀"
    case = Case("a\x07b", 0, Tier.BASIC, Verdict.RUNTIME_ERROR, detail)
    root = written(tmp_path / "report.xml", [case], suite="s\x01")
    (failure,) = root.iter("failure")
    assert failure.text == r"\x1b[31mred\x00 \ud800 \uffff " + "<b>&\"'</b> é 😀"
    assert next(root.iter("testcase")).get("classname") == r"a\x07b"


@settings(max_examples=200)
@given(st.text(st.characters(categories=None, exclude_categories=())))
def test_any_detail_gives_xml_that_parses(tmp_path_factory, detail):
    path = tmp_path_factory.mktemp("junit") / "report.xml"
    cases = [Case(detail, 0, Tier.EDGE, verdict, detail) for verdict in (None, Verdict.UNGRADED, Verdict.NO_CODE)]
    assert_structure(written(path, cases, suite=detail))


def test_missing_folders_are_made_and_an_old_report_is_replaced(tmp_path):
    path = tmp_path / "deep" / "er" / "report.xml"
    written(path, cases_of(grades()))
    assert written(path, [])[0].get("tests") == "0"


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="writing"):
        write_junit(tmp_path / "file" / "report.xml", "tarot", [])
