"""Charts: one specification, rendered to every format, with a text alternative."""

import json
import xml.etree.ElementTree as ET

import pytest

from tarot_bench.charts import figure as charts
from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure
from tarot_bench.errors import UserError

NASTY = "<script>alert(1)</script>"
ROWS = [
    {"run": run, "tier": tier, "value": 0.5, "low": 0.4, "high": 0.6}
    for run in ("a", NASTY)
    for tier in ("basic", "edge")
]


def profile(rows=ROWS) -> Figure:
    return Figure("profile", "Rates", "Rates of two runs.", rows, shapes.intervals(rows, "tier", "", "rate"))


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<svg"), (".png", b"\x89PNG\r\n"), (".pdf", b"%PDF-"), (".json", b"{")]
)
def test_a_figure_is_saved_in_the_format_of_its_suffix(suffix, start, tmp_path):
    path = tmp_path / f"figure{suffix}"
    profile().save(path)
    assert path.read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["figure.gif", "figure"])
def test_an_unknown_format_is_refused_with_the_known_ones(name, tmp_path):
    with pytest.raises(UserError, match=r"use \.svg, \.png, \.pdf, \.json"):
        profile().save(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_markup_in_a_label_stays_text():
    drawn = profile().svg()
    assert "<script" not in drawn
    texts = [node.text for node in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and text.startswith("<script>") for text in texts)


def test_a_chart_in_a_page_takes_the_colour_of_its_text():
    assert "currentColor" in profile().svg()
    assert "currentColor" not in profile().svg("#222222")


def test_the_specification_has_the_words_and_the_numbers(tmp_path):
    profile().save(tmp_path / "figure.json")
    spec = json.loads((tmp_path / "figure.json").read_text())
    assert spec["description"] == "Rates of two runs."
    assert ROWS in spec["datasets"].values() if "datasets" in spec else spec["data"]["values"] == ROWS


def test_one_run_has_no_legend():
    legend = profile().spec()["layer"][0]["encoding"]["color"]["legend"]
    assert legend["orient"] == "bottom"
    assert profile(ROWS[:2]).spec()["layer"][0]["encoding"]["color"]["legend"] is None


BOX = {"low": 1, "lower": 2, "median": 3, "upper": 5, "high": 9}
SHAPES = {
    "amounts": lambda rows: shapes.amounts(rows, "tier", "problems"),
    "boxes": lambda rows: shapes.beside([shapes.boxes([row | BOX for row in rows], "tier", "t", logarithmic=True)] * 2),
    "grid": lambda rows: shapes.curve_grid(
        [row | {"level": row["tier"], "step": n} for row in rows for n in (0, 5)], "step", "s", "rate", "level", "tier"
    ),
    "bars": lambda rows: shapes.bars(rows, "tier", "tier", "share", share=True),
    "heat": lambda rows: shapes.heat([row | {"verdict": "PASSED"} for row in rows], "verdict", "tier"),
    "curves": lambda rows: shapes.curves([row | {"k": n + 1} for n, row in enumerate(rows)], "k", "k", "pass@k"),
    "scatter": lambda rows: shapes.scatter([row | {"x": n} for n, row in enumerate(rows)], "USD", "rate"),
    "intervals": lambda rows: shapes.intervals(rows, "tier", "", "rate"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1]], ids=["two runs", "one mark"])
def test_every_shape_is_drawn(shape, rows):
    drawn = Figure(shape, "title", "summary", rows, SHAPES[shape](rows)).svg()
    assert ET.fromstring(drawn).tag.endswith("svg")
    assert drawn.count("<path") > len(rows)


def test_a_missing_library_is_one_line_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'tarot-bench\[report\]'"):
        charts.require()
