"""Texts of models and data sets are shown and never obeyed."""

import html
import re

import pytest

import tarot_bench as tb
from tarot_bench.problem import Origin
from tarot_bench.verdict import Verdict
from tests.pages.test_page import Reader
from tests.reporting.report.making import completion, grade, ladder, problem, write_run
from tests.reporting.report.opening import Opened

HOSTILE = {
    "a script": "</script><script>document.title = 'owned'</script>",
    "a comment": "<!--<script>",
    "an image": '<img src=x onerror="document.title = 1">',
    "an attribute": '"\' onmouseover=alert(1) x="',
    "terminal commands": "\x1b[31mred\x1b]0;title\x07\x9b2J\x00",
    "directions": "\u202eright to left\u2066\u200f\u2028",
    "half a pair": "a\ud800b",
    "a template": "{{constructor.constructor('alert(1)')()}} ${1}",
}
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def report_of(text: str, folder):
    text = text.encode("utf-8", "replace").decode() if "\ud800" in text else text
    asked = problem(0, id=f"made/{text}", statement=text, origin=Origin(difficulty=text, extra={"tags": [text, 3]}))
    answer = completion(asked, 0, text, finish_reason=text, note=text)
    made = grade(asked, 0, ladder(asked, 1), code=text)
    made = made.model_copy(
        update={
            "extraction": made.extraction.model_copy(update={"how": text}),
            "results": tuple(result.model_copy(update={"detail": text}) for result in made.results),
        }
    )
    run = write_run(folder / "run", [asked], [answer], [made], model="mutant:0.1")
    return tb.report([run], folder / "report.html")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_adds_no_element_and_no_control_character(name, tmp_path):
    plain = Reader(report_of("plain", tmp_path / "plain").read_text())
    path = report_of(HOSTILE[name], tmp_path / "hostile")
    found = Reader(path.read_text())
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in plain.tags]
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    own = "".join(text for attributes, text in found.scripts if "type" in attributes) + "".join(found.texts)
    assert not _COMMANDS.search(own)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_reaches_the_reader_unchanged_but_for_commands(name, tmp_path):
    opened = Opened.at(report_of(HOSTILE[name], tmp_path))
    (row,) = opened.rows().values()
    (sample,) = opened.samples(row["id"])
    assert not _COMMANDS.search(str([row, sample, opened.problem(row["id"])]))
    if name in ("a script", "a comment", "an image", "an attribute", "a template"):
        assert sample["text"] == sample["code"] == HOSTILE[name]
        assert row["difficulty"] == HOSTILE[name]
    if name == "terminal commands":
        assert sample["text"] == r"\x1b[31mred\x1b]0;title\x07\x9b2J\x00"


def test_a_label_of_a_model_is_escaped(tmp_path):
    asked = problem(0)
    folder = tmp_path / "<b>&run"
    runs = [write_run(folder, [asked], [completion(asked, 0)], [grade(asked, 0, ladder(asked, 4))])]
    runs.append(write_run(tmp_path / "other", [asked], [completion(asked, 0)], [grade(asked, 0, ladder(asked, 4))]))
    text = tb.report(runs, tmp_path / "report.html").read_text()
    assert "<b>" not in text.partition("<script>")[0]
    assert html.escape("<b>&run") in text


def test_a_text_of_ten_mebibytes_is_cut_with_its_length(tmp_path):
    asked = problem(0)
    text = "x" * (10 * 1024 * 1024)
    made = grade(asked, 0, [Verdict.OUTPUT_LIMIT] * 4, code=text)
    run = write_run(tmp_path / "run", [asked], [completion(asked, 0, text)], [made])
    path = tb.report([run], tmp_path / "report.html")
    (sample,) = Opened.at(path).samples(asked.id)
    assert len(sample["text"]) < 30_000
    assert sample["text"].endswith(f"cut here: {len(text)} characters in all")
    assert path.stat().st_size < 2 * 1024 * 1024
