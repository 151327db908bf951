from pathlib import Path

import pytest

from tarot_bench.errors import RecipeError
from tarot_bench.generation.factory import generate
from tarot_bench.generation.recipe import GenerationRecipe, load_recipe
from tarot_bench.progress import Silent
from tarot_bench.recipes import root

SHIPPED = sorted((root() / "generation" / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_every_shipped_recipe_loads_by_its_name_and_describes_itself(file):
    recipe = load_recipe(file.stem)
    assert recipe.name == file.stem
    assert recipe.description


def test_model_ids_live_in_recipes_and_never_in_code():
    names = [g.model.partition("/")[2] for file in SHIPPED for g in load_recipe(file.stem).generators]
    models = {name for name in names if name}
    assert {"o1-pro", "o4-mini"} <= models
    package = Path(__file__).parents[2] / "tarot_bench" / "generation"
    code = "\n".join(file.read_text() for file in package.rglob("*.py"))
    assert [model for model in models if model in code] == []


def test_the_recipes_of_the_paper_tell_when_their_models_end():
    for name, day in (("paper-o1-pro", "2026-10-23"), ("paper-o4-mini", "2026-10-23"), ("paper-o3", "2026-12-11")):
        assert day in (root() / "generation" / "recipes" / f"{name}.yaml").read_text()


def test_settings_are_overridden_by_key_and_mistakes_are_named(tmp_path):
    recipe = load_recipe("smoke", ["source.data=synthetic:3@7", "measure.share=0.5", "dedup=null"])
    assert (recipe.source.data, recipe.measure.share, recipe.dedup) == ("synthetic:3@7", 0.5, None)
    with pytest.raises(RecipeError, match=r"validate\.policy: Input should be 'gold', 'majority' or 'drop'"):
        load_recipe("smoke", ["validate.policy=trust"])
    with pytest.raises(RecipeError, match=r"nothing.*shipped: .*smoke"):
        load_recipe("nothing")
    file = tmp_path / "own.yaml"
    file.write_text("name: own\nsource: {data: embedded}\ntiers: [basic]\n")
    assert load_recipe(str(file)) == GenerationRecipe.model_validate(
        {"name": "own", "source": {"data": "embedded"}, "tiers": ["basic"]}
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("validation", "validate"),
        ("deduplication", "dedup"),
        ("decontamination", "decontaminate"),
        ("measurement", "measure"),
    ],
)
def test_a_section_under_its_old_name_is_one_line_with_the_new_one(old, new, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(f"name: own\nsource: {{data: embedded}}\n{old}: {{}}\n")
    with pytest.raises(RecipeError, match=rf"^\S*own\.yaml: {old}: renamed to {new}$"):
        load_recipe(str(file))
    with pytest.raises(RecipeError, match=rf"{old}: renamed to {new}$"):
        load_recipe("smoke", [f"{old}.policy=drop"])


def test_every_section_of_a_stage_is_called_like_the_stage(tmp_path):
    text = "name: own\nsource: {data: 'synthetic:1@5'}\nvalidate: {times: 1}\ndecontaminate: null\nmeasure: null\n"
    (tmp_path / "own.yaml").write_text(text)
    recipe = load_recipe(str(tmp_path / "own.yaml"))
    generate(recipe, tmp_path / "run", Silent())
    names = [folder.name.partition("-")[2] for folder in sorted((tmp_path / "run" / "stages").iterdir())]
    assert names == ["source", "validate", "complete", "ambiguity", "dedup"]
    sections = recipe.model_dump(by_alias=True)
    assert set(names) - {"complete"} <= set(sections)
    assert {"decontaminate", "measure"} <= set(sections)
