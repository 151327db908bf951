"""JUnit XML for continuous integration: one test case per sample and tier.

There is no official schema; this writes the part that Jenkins' and Surefire's schemas share. A wrong program is a
``failure``, an ungraded one an ``error``, and a tier that a problem lacks is ``skipped``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tarot_bench.errors import RunError, boundary
from tarot_bench.problem import TIERS, Tier
from tarot_bench.verdict import Grade, TestResult, Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) cannot hold, not even escaped."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test case of a CI report.

    Attributes:
        problem_id: becomes the class name.
        index: which sample of the problem.
        tier: whose tests these are; None is the original tests.
        verdict: the first that is not `PASSED`, `UNGRADED` before all others; None where the problem has no such
            tests.
        detail: what went wrong.
        time_s: CPU seconds of all tests of the case.
    """

    problem_id: str
    index: int
    tier: Tier | None
    verdict: Verdict | None
    detail: str = ""
    time_s: float = 0.0


def cases_of(grades: Iterable[Grade]) -> list[Case]:
    """Make one case per grade and tier; the tiers are those that any grade has, the original tests come last."""
    graded = list(grades)
    present = {result.tier for grade in graded for result in grade.results}
    tiers = [tier for tier in (*TIERS, None) if tier in present]
    return [_case(grade, tier) for grade in graded for tier in tiers]


def write_junit(path: Path, suite_name: str, cases: Sequence[Case]) -> None:
    """Write a JUnit report; creates its folder.

    Args:
        path: the file; replaced if it exists.
        suite_name: the benchmark, or the benchmark and the model.
        cases: in the order in which they are to appear.

    Raises:
        RunError: the file cannot be written.
    """
    totals = {
        "name": _legal(suite_name),
        "tests": str(len(cases)),
        "failures": str(sum(_kind(case) == "failure" for case in cases)),
        "errors": str(sum(_kind(case) == "error" for case in cases)),
        "time": _seconds(sum(case.time_s for case in cases)),
    }
    root = ET.Element("testsuites", totals)
    suite = ET.SubElement(root, "testsuite", totals | {"skipped": str(sum(_kind(c) == "skipped" for c in cases))})
    several = any(case.index for case in cases)
    suite.extend(_element(case, several) for case in cases)
    ET.indent(root)
    with boundary(RunError, f"writing {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(grade: Grade, tier: Tier | None) -> Case:
    results = grade.results_at(tier)
    time_s = sum(result.cpu_s for result in results)
    worst = next(_worst_first(results), None)
    if worst is None:
        return Case(grade.problem_id, grade.index, tier, None, "the problem has no such tests")
    return Case(grade.problem_id, grade.index, tier, worst.verdict, worst.detail, time_s)


def _worst_first(results: Sequence[TestResult]) -> Iterator[TestResult]:
    yield from (result for result in results if result.verdict is Verdict.UNGRADED)
    yield from (result for result in results if result.verdict is not Verdict.PASSED)
    yield from results


def _kind(case: Case) -> str | None:
    """The element inside a case; None for a passed one, which is empty."""
    if case.verdict is None:
        return "skipped"
    if case.verdict is Verdict.PASSED:
        return None
    return "error" if case.verdict is Verdict.UNGRADED else "failure"


def _element(case: Case, several: bool) -> ET.Element:
    name = case.tier or "original"
    element = ET.Element(
        "testcase",
        classname=_legal(case.problem_id),
        name=f"{name} [sample {case.index}]" if several else name,
        time=_seconds(case.time_s),
    )
    kind = _kind(case)
    if kind == "skipped":
        ET.SubElement(element, kind, message=_legal(case.detail))
    elif kind and case.verdict:
        message = f"{case.verdict}: {case.detail}" if case.detail else case.verdict
        ET.SubElement(element, kind, message=_legal(message), type=case.verdict).text = _legal(case.detail)
    return element


def _seconds(seconds: float) -> str:
    """Surefire's schema allows three decimals."""
    return f"{seconds:.3f}"


def _legal(text: str) -> str:
    r"""Escape characters that XML cannot hold: an escape character becomes the four characters ``\x1b``."""
    return _NOT_XML.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
