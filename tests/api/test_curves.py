"""``tarot-bench curves`` on the files that trainings leave."""

import json

import pytest
from typer.testing import CliRunner

from tarot_bench.api.curves import read_curves
from tarot_bench.cli.main import app
from tarot_bench.errors import RunError
from tarot_bench.runs import RunDirectory


@pytest.fixture
def runs(tmp_path):
    """Two trainings under way, in directories of the same name."""
    paths = [tmp_path / name / "run" for name in ("one", "two")]
    for number, path in enumerate(paths):
        RunDirectory.start(path, "train", {}, {}, resume=False)
        entries = [{"step": step, "loss": 0.1, "reward": number + step / 10} for step in (1, 2)]
        (path / "curve.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return paths


def test_several_trainings_are_drawn_on_one_page_and_their_names_are_told_apart(runs, tmp_path):
    page, figure = tmp_path / "curves.html", tmp_path / "reward.svg"
    said = CliRunner().invoke(app, ["curves", *map(str, runs), "-o", str(page), "--figure", str(figure)])
    assert said.stdout == f"figure: {figure}\ncurves: {page}\n", said.output
    assert all(str(path) in page.read_text() for path in runs)
    assert figure.read_text().startswith("<svg")
    assert [training.label for training in read_curves(runs)] == [str(path) for path in runs]
    assert [training.label for training in read_curves(runs[:1])] == ["run"]


def test_a_directory_without_a_training_is_one_line(runs, tmp_path):
    with pytest.raises(RunError, match="is not a run directory"):
        read_curves([runs[0], tmp_path])
    with pytest.raises(RunError, match="name a run directory"):
        read_curves([])
