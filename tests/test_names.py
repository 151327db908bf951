"""What a file or a command line calls something never leads out of the folder it belongs to."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tarot_bench.config import Name
from tarot_bench.evaluation.settings import BenchmarkEntry, BenchmarkSuite, Evaluation
from tarot_bench.generation.recipe import GenerationRecipe
from tarot_bench.publishing import CardRecipe
from tarot_bench.recipes import root
from tarot_bench.training.curriculum import Curriculum
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.model_spec import ModelSpec
from tarot_bench.training.probe.portfolio import Portfolio
from tarot_bench.training.recipe import TrainingRecipe
from tests.cli.command import expect_one_line, tarot

ALIKE = st.text(st.sampled_from("./\\~ a-_+:\0\n$%é"), max_size=12)


@given(st.one_of(ALIKE, st.text(max_size=120)))
@example("../../x")
@example("..")
@example("a/../../b")
@example("/etc")
@example("~root")
@example("a\0b")
@example("-rf")
@example("é" * 101)
def test_no_name_leads_out_of_its_folder(name):
    try:
        kept = TypeAdapter(Name).validate_python(name)
    except ValidationError:
        return
    assert kept == name
    inside = Path("/runs")
    for made in (inside / name, inside / f"{name}-model", inside / name / "completions.jsonl"):
        assert inside in Path(str(made).replace("\\", "/")).parents
        assert ".." not in made.parts
        assert made.resolve() == made
    assert not name.startswith(("-", ".", "~"))
    assert name.isprintable()


@pytest.mark.parametrize("name", ["tarot", "humaneval_plus", "qwen2.5-coder-1.5b", "My suite", "c++", "日本語"])
def test_ordinary_names_are_kept(name):
    assert TypeAdapter(Name).validate_python(name) == name


@pytest.mark.parametrize(
    "kind",
    [
        BenchmarkEntry, CardRecipe, Curriculum, Evaluation, GenerationRecipe, MiniatureRecipe, ModelSpec, Portfolio,
        BenchmarkSuite, TrainingRecipe,
    ],
)  # fmt: skip
def test_every_kind_of_settings_checks_its_name(kind):
    assert kind.model_fields["name"].metadata == BenchmarkEntry.model_fields["name"].metadata != []


def test_a_suite_or_a_recipe_with_a_path_for_a_name_writes_nothing(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    for folder, name in (
        ("eval/suites", "tarot"),
        ("generation/recipes", "keep"),
        ("training_baselines/recipes", "paper"),
    ):
        text = (root() / folder / f"{name}.yaml").read_text()
        (inner / f"{name}.yaml").write_text(text.replace(f"name: {name}", "name: ../../x", 1))
    for arguments in (
        ("evaluate", "-m", "gold", "--limit", "1", "-s", "tarot.yaml"),
        ("evaluate", "-m", "gold", "--limit", "1", "name=../../x"),
        ("generate", "-r", "keep.yaml", "-d", "embedded"),
        ("train", "-r", "paper.yaml", "--dry-run"),
    ):
        expect_one_line(tarot(*arguments, cwd=inner), "name")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "keep.yaml", "paper.yaml", "tarot.yaml"]
