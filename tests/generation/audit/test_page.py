"""The page of an audit: every number of the report, and no markup or command of untrusted text."""

import pytest

from tarot_bench.dataset import write_jsonl
from tarot_bench.generation.audit.auditing import audit
from tarot_bench.generation.audit.measuring import Effort
from tarot_bench.generation.audit.page import shares_of, write_page
from tests.generation.making import case_of, entry_of
from tests.pages.test_page import HOSTILE, Reader


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited")
    broken = entry_of(HOSTILE, tests=(case_of("edge", "1 2", "4\n"),)).problem
    write_jsonl([entry_of("good").problem, broken], folder / "problems.jsonl")
    return audit(str(folder / "problems.jsonl"), folder / "run", effort=Effort(times=1, most_mutants=2))


@pytest.fixture(scope="module")
def made(report, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "audit.html"
    write_page(report, path)
    return Reader(path.read_text())


def test_the_page_holds_every_part_share_finding_and_problem(made, report):
    text = " ".join(made.texts)
    for name, part in report.parts.items():
        assert name in made.texts
        for estimate in shares_of(part).values():
            if estimate:
                assert f"{100 * estimate.value:.1f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]" in made.texts
    assert len(report.findings) > 0
    assert all(finding.reason in made.texts for finding in report.findings)
    assert "good" in made.texts
    assert f"revision {report.revision}" in text


def test_charts_show_intervals_with_a_text_alternative(made, report):
    labels = [attributes["aria-label"] for tag, attributes in made.tags if attributes.get("role") == "img"]
    assert any(label.startswith("What the tests accept and reject") for label in labels)
    tpr = report.parts["edge"].detection.tpr
    assert f"TPR, edge: {100 * tpr.value:.0f} %" in labels[0]


def test_hostile_ids_are_text(made):
    assert not any("alert(1)" in code for _, code in made.scripts if code.startswith("alert"))
    assert "\x1b" not in "".join(made.texts)
    assert any("alert(1)" in text for text in made.texts), "it is shown"
    assert not any(tag == "b" for tag, _ in made.tags)


def test_a_report_without_anything_to_measure_has_no_charts(report, tmp_path):
    parts = {name: part.model_copy(update={"detection": type(part.detection)()}) for name, part in report.parts.items()}
    none = {"exclusion": None, "mutation_score": None}
    parts = {name: part.model_copy(update=none) for name, part in parts.items()}
    write_page(report.model_copy(update={"parts": parts, "orders": {}, "findings": ()}), tmp_path / "page.html")
    assert "<figure" not in (tmp_path / "page.html").read_text()
