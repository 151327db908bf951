"""`tarot-bench audit` from the command line."""

import json

import pytest

from tests.cli.command import expect_one_line, tarot
from tests.cli.test_mistakes import row

QUICK = ("--limit", "1", "--times", "1", "--mutants", "2")

MISTAKES = {
    "empty data": (["data.jsonl"], "", "no rows"),
    "no golds": (["data.jsonl"], row(solution=None, origin={"source": "s"}), "give some with --programs"),
    "a programs file that is absent": (["embedded", "--programs", "absent.jsonl"], "", r"absent\.jsonl"),
    "an unknown id": (
        ["embedded", "--programs", "data.jsonl"],
        '{"problem_id": "embedded/absent", "program": "x", "correct": true}\n',
        r"data\.jsonl:1: the dataset has no problem 'embedded/absent'",
    ),
    "a pool that is absent": (["embedded", "--pool", "absent.jsonl"], "", r"absent\.jsonl"),
    "resume without a run": (["embedded", "--resume"], "", "--output"),
    "a page in a folder that is absent": (["embedded", "--html", "absent/page.html"], "", "create it first"),
    "an unknown sandbox": (["embedded", "--sandbox", "other"], "", "unsafe-subprocess"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_and_leaves_no_run(name, tmp_path):
    arguments, content, said = MISTAKES[name]
    (tmp_path / "data.jsonl").write_text(content)
    expect_one_line(tarot("audit", *arguments, cwd=tmp_path), said)
    assert not (tmp_path / "runs").exists()


def test_the_tables_show_every_tier_and_the_findings(tmp_path):
    said = tarot("audit", "embedded", *QUICK, "-o", "run", "--html", "page.html", cwd=tmp_path, COLUMNS="200")
    assert said.returncode == 0, said.stderr
    for word in ("basic", "intermediate", "complex", "edge", "TPR", "VAcc", "mutation", "rejection", "findings: none"):
        assert word in said.stdout
    assert "audit: 1/1" in said.stderr
    assert "What the tests accept and reject" in (tmp_path / "page.html").read_text()


def test_the_report_as_json_is_that_of_the_run(tmp_path):
    said = tarot("audit", "embedded", *QUICK, "-o", "run", "--format", "json", cwd=tmp_path)
    assert json.loads(said.stdout) == json.loads((tmp_path / "run/audit.json").read_text())
