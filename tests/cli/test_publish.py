"""What `publish` says to mistakes, before the Hub is spoken to."""

import pytest
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.errors import DataError, RecipeError, RunError
from tarot_bench.runs import RunDirectory


@pytest.mark.parametrize(
    ("arguments", "kind", "fault"),
    [
        (["embedded", "--repo", "a/b", "--tag", "newest"], RecipeError, "--tag newest: write a version such as v1.0.0"),
        (["embedded", "--repo", "a/b", "--card", "none"], RecipeError, "shipped: smoke, tarot-4tier"),
        (["embedded", "--repo", "no such name"], RunError, "no such name cannot be a repository of the Hub: "),
        (["gone.jsonl", "--repo", "a/b"], DataError, "no such file or folder: gone.jsonl"),
        (["unfinished", "--repo", "a/b"], RunError, "it is no finished run of `generate`"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, monkeypatch, arguments, kind, fault):
    monkeypatch.chdir(tmp_path)
    RunDirectory.start(tmp_path / "unfinished", "generate", {}, {}, resume=False)
    done = CliRunner().invoke(app, ["publish", *arguments])
    assert isinstance(done.exception, kind)
    assert fault in str(done.exception)
    assert "\n" not in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["unfinished"], "nothing is written before names are right"
