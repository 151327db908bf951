"""The samples of a submission are the report of its run, on this machine's data."""

import json
from pathlib import Path

import pytest

from tarot_bench.api.samples import samples_writer
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.site.write import write_site
from tests.leaderboard.site.making import Made, write_board
from tests.leaderboard.tampering import Edited
from tests.reporting.report.making import problem
from tests.reporting.report.opening import Opened

pytest.importorskip("altair", reason="needs the extra report")

PROBLEMS = [problem(number) for number in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = [Made("lab/one", lambda n, i: 4 - n - i, samples=2), Made("new/two", verified=False)]
    return write_board(tmp_path_factory.mktemp("samples") / "board", PROBLEMS, made)


def _data(folder: Path) -> dict[str, str]:
    return {"tarot": str(folder.with_name("board-runs") / "0.jsonl")}


def test_a_verified_submission_has_its_answers_and_verdicts_on_a_page(folder, tmp_path):
    moved = tmp_path / "here.jsonl"
    moved.write_bytes(Path(_data(folder)["tarot"]).read_bytes())
    write_site(read_folder(folder), tmp_path, samples_writer({"tarot": str(moved)}))
    (page,) = tmp_path.glob("models/*/samples.html")
    report = Opened.at(page)
    first, second = report.samples(PROBLEMS[1].id)
    assert [result[0] for result in first["results"]] == ["PASSED"] * 3 + ["WRONG_ANSWER"]
    assert [result[0] for result in second["results"]] == ["PASSED"] * 2 + ["WRONG_ANSWER"] * 2
    assert first["text"] == "```python\nprint(2 * int(input()))\n```\n"
    assert report.problem(PROBLEMS[1].id)["statement"] == PROBLEMS[1].statement
    assert 'href="index.html"' in report.text
    assert 'href="samples.html"' in page.with_name("index.html").read_text()
    assert str(tmp_path) not in page.read_text()


def test_without_the_data_of_the_run_the_page_says_why_there_are_no_samples(folder, tmp_path):
    write_site(read_folder(folder), tmp_path, samples_writer())
    assert list(tmp_path.glob("models/*/samples.html")) == []
    page = next(tmp_path.glob("models/lab-one-*/index.html")).read_text()
    assert "Its samples are not shown: the data of tarot here are not those of the run; name them with --data." in page
    assert 'href="samples.html"' not in page


def test_a_bundle_does_not_decide_what_is_read_or_rendered(folder, tmp_path):
    """Its paths are not followed, and a template of its own, which may never end, is not rendered."""
    (submission,) = [each for each in read_folder(folder).submissions if each.said.model == "lab/one"]
    edited = Edited(submission.path, tmp_path / "edited")
    endless = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"

    def change(settings: dict) -> None:
        settings["benchmarks"][0]["data"] = "/etc/passwd"
        settings["data"]["tarot"]["prompt"] = endless

    edited.settings(change)
    changed = submission.__class__(edited.sealed(), submission.digest, submission.said, submission.attestation, ())
    assert samples_writer(_data(folder))(changed, tmp_path / "samples.html") == ""
    shown = Opened.at(tmp_path / "samples.html").problem(PROBLEMS[0].id)
    assert shown["prompt"].startswith("The submitter's own template, which is not rendered here")
    assert json.dumps(endless)[1:-1] not in (tmp_path / "samples.html").read_text()
