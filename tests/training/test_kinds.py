"""A recipe's kind decides what `train` does with it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.errors import RecipeError
from tarot_bench.progress import Silent
from tarot_bench.recipes import root
from tarot_bench.training import kinds
from tarot_bench.training.kinds import TrainingJob, job_class, kind_of, open_job
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.prepare import Prepared
from tarot_bench.training.lint.files import lint_files
from tarot_bench.training.miniature.job import MiniatureJob
from tarot_bench.training.recipe import RECIPES
from tarot_bench.training.trainer.job import GrpoJob


class EchoJob(TrainingJob):
    """A third kind, which `train` has never heard of."""

    @property
    def output(self):
        return Path("runs/echo")

    def prepare(self, launch, gpus):
        return Prepared([f"launch {launch} on {gpus}"], commands=["echo"])

    def run(self, prompts, progress):
        progress.note("working")
        return [f"echo of {self.invocation.recipe}"]

    @staticmethod
    def lint(path):
        raise RecipeError(f"{path}: nothing to echo")


@pytest.fixture
def echo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["tarot-bench", "train", "-r", "echo.yaml"])
    monkeypatch.setitem(kinds.KINDS, "echo", f"{__name__}:EchoJob")
    Path("echo.yaml").write_text("name: echo\nkind: echo\n")
    return "echo.yaml"


def test_every_shipped_recipe_is_of_a_known_kind():
    names = [file.stem for file in (root() / RECIPES).glob("*.yaml")]
    assert {name: kind_of(name) for name in names} == {
        name: "miniature" if name.startswith("miniature") else "grpo" for name in names
    }
    assert {name: job_class(name) for name in ("smoke", "miniature")} == {"smoke": GrpoJob, "miniature": MiniatureJob}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["trainer.num_iterations=2", "trainer.save_steps=3"], "must be a multiple of 2 to resume to the same curve"),
        (["trainer.learning_rate=abc"], "trainer.learning_rate is 'abc', and must be a number"),
        (["data.held_out=0"], "evaluation.every without data.held_out"),
        (["max_completion_tokens=2100"], "exceeds tiny's 2048 positions"),
    ],
)
def test_what_the_linter_refuses_is_not_trained(settings, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pytest.importorskip("trl", reason="needs the extra train")
    job = open_job(Invocation("smoke", overrides=tuple(settings)))
    with pytest.raises(RecipeError, match=told):
        job.run(lambda name: None, Silent())
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_is_one_line_with_the_kinds(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("name: r\nkind: miniatur\n")
    with pytest.raises(RecipeError, match=r"unknown kind 'miniatur'; the kinds are grpo, miniature; did you mean"):
        open_job(Invocation(str(path)))


def test_a_recipe_may_name_the_kind_that_is_the_default(tmp_path):
    text = (root() / RECIPES / "smoke.yaml").read_text()
    (tmp_path / "smoke.yaml").write_text(f"kind: grpo\n{text}")
    named, plain = open_job(Invocation(str(tmp_path / "smoke.yaml"))), open_job(Invocation("smoke"))
    assert isinstance(named, GrpoJob)
    assert isinstance(plain, GrpoJob)
    assert named.training.identity == plain.training.identity
    assert "kind" not in plain.training.identity["recipe"]
    assert lint_files([tmp_path / "smoke.yaml"]) == []


def test_train_runs_launches_and_lints_a_kind_by_its_job_alone(echo):
    ran = CliRunner().invoke(app, ["train", "-r", echo])
    assert (ran.exit_code, ran.stdout) == (0, "echo of echo.yaml\n"), ran.stderr
    assert "working" in ran.stderr
    shown = CliRunner().invoke(app, ["train", "-r", echo, "--launch", "moon", "--gpus", "3"])
    assert shown.stdout == "# launch moon on 3\necho\n"
    linted = CliRunner().invoke(app, ["recipes", "lint", echo])
    assert (linted.exit_code, linted.stdout) == (1, "echo.yaml: error: nothing to echo\n")
