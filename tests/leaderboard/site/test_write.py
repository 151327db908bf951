"""The files of a site: the same for the same folder, and only those of what is in it."""

import pytest

from tarot_bench.api.samples import samples_writer
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.site.write import write_site
from tests.cli.command import expect_one_line, tarot
from tests.leaderboard.site.making import entry, folder_of

pytest.importorskip("altair", reason="needs the extra report")


def _files(site):
    return {str(file.relative_to(site)): file.read_bytes() for file in site.rglob("*") if file.is_file()}


def _gold(folder):
    return next(page.name for page in (folder / "a/models").iterdir() if page.name.startswith("gold"))


def test_two_builds_of_a_folder_have_the_same_bytes(board, tmp_path):
    for name in ("a", "b"):
        write_site(read_folder(board), tmp_path / name, samples_writer())
    assert _files(tmp_path / "a").keys() >= {"feed.xml", f"models/{_gold(tmp_path)}/samples.html"}
    assert _files(tmp_path / "a") == _files(tmp_path / "b")


def test_a_submission_that_is_gone_has_no_page_and_other_files_stay(tmp_path):
    write_site(folder_of(entry("a", [True]), entry("b", [True])), tmp_path)
    (tmp_path / "CNAME").write_text("board.example.org")
    write_site(folder_of(entry("a", [True])), tmp_path)
    assert [page.name.partition("-")[0] for page in (tmp_path / "models").iterdir()] == ["a"]
    assert (tmp_path / "CNAME").exists()


def test_entries_without_a_problem_in_common_have_no_ranks(tmp_path):
    one, two = entry("a", [True], rates={"p": 1.0}), entry("b", [True], rates={"q": 1.0})
    for entries, ranked in (((one, two), False), ((one, entry("c", [False], rates={"p": 0.0})), True)):
        write_site(folder_of(*entries), tmp_path / str(ranked))
        assert (">band</th>" in (tmp_path / str(ranked) / "index.html").read_text()) == ranked


def test_no_name_of_a_model_leads_out_of_the_site(tmp_path):
    site = tmp_path / "inner" / "site"
    write_site(folder_of(entry("../../../x", [True]), entry("/etc/passwd", [True]), entry("模型", [True])), site)
    assert {path.name for path in tmp_path.iterdir()} == {"inner"}
    names = sorted(page.name.rpartition("-")[0] for page in (site / "models").iterdir())
    assert names == ["etc-passwd", "model", "x"]


def test_the_verb_builds_the_site(board, tmp_path):
    said = tarot("leaderboard", "build", str(board), "--output", "site", cwd=tmp_path)
    assert (said.returncode, said.stdout) == (0, "site: site/index.html\n"), said.stderr
    assert {file.name for file in (tmp_path / "site").iterdir()} == {
        "compare.html", "feed.xml", "index.html", "leaderboard.json", "leaderboard.csv", "models",
    }  # fmt: skip
    expect_one_line(
        tarot("leaderboard", "build", "nowhere", "-o", "site", cwd=tmp_path), "nowhere holds no submissions"
    )
