"""A grid is expanded to trainings with names of their own."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.errors import RecipeError
from tarot_bench.training.sweep.grid import _split, digest_of, expand

RUNS = Path("runs/train")
VALUE = st.text("abc019.-_/", min_size=1, max_size=5)
LIST = st.lists(VALUE, max_size=3).map(lambda values: f"[{','.join(values)}]")
QUOTED = st.text("ab,[]{", max_size=5).map(lambda text: f'"{text}"')


def test_every_combination_is_a_training_and_the_last_key_varies_fastest():
    cells = expand("smoke", ["curriculum=static,hard_first", "trainer.beta=0, 0.01", "seed=3"], RUNS)
    assert [cell.label for cell in cells] == [
        "curriculum=static trainer.beta=0",
        "curriculum=static trainer.beta=0.01",
        "curriculum=hard_first trainer.beta=0",
        "curriculum=hard_first trainer.beta=0.01",
    ]
    assert {cell.training.recipe.seed for cell in cells} == {3}
    assert [cell.training.recipe.trainer["beta"] for cell in cells] == [0, 0.01, 0, 0.01]
    assert cells[0].overrides == ("curriculum=static", "trainer.beta=0", "seed=3")
    assert cells[0].run == RUNS / cells[0].training.run_name == cells[0].training.output
    assert len({cell.run for cell in cells}) == 4


def test_any_key_of_a_recipe_can_vary_and_a_list_is_one_value():
    cells = expand("smoke", ["model=tiny,smollm2-135m", "lora.target_modules=[q_proj,v_proj],all-linear"], RUNS)
    assert [cell.training.model.name for cell in cells] == ["tiny", "tiny", "smollm2-135m", "smollm2-135m"]
    assert [cell.training.recipe.lora.target_modules for cell in cells[:2]] == [("q_proj", "v_proj"), "all-linear"]


@settings(max_examples=50)
@given(st.lists(VALUE | LIST | QUOTED, min_size=1, max_size=4))
def test_values_are_separated_by_commas_outside_of_brackets_and_quotes(values):
    assert list(_split(",".join(values))) == values


def test_the_digest_of_a_sweep_depends_on_its_trainings_and_not_on_their_order():
    one, other = expand("smoke", ["seed=0,1"], RUNS), expand("smoke", ["seed=1,0"], RUNS)
    assert digest_of(one) == digest_of(other) != digest_of(expand("smoke", ["seed=0,2"], RUNS))


@pytest.mark.parametrize(
    ("recipe", "pairs", "complaint"),
    [
        ("smoke", ["seed=1"], "needs a key with several values, as in seed=0,1,2"),
        ("smoke", ["seed"], "not of the form key=value,value"),
        ("smoke", ["seed=1,,2"], "not of the form key=value,value"),
        ("smoke", ["seed=1,1"], "seed=1 and seed=1 are the same training"),
        ("smoke", ["hub.push=true,false"], "are the same training"),
        ("smoke", ["sead=1,2"], "sead: unknown key; did you mean seed"),
        ("miniature", ["seeds=1,2"], "trains one model, which miniature does not"),
    ],
)
def test_a_grid_with_a_mistake_is_refused_before_anything_runs(recipe, pairs, complaint):
    with pytest.raises(RecipeError, match=complaint):
        expand(recipe, pairs, RUNS)
