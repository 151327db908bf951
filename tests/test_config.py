"""Settings: overrides, digests, and complaints that fit on one line."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from tarot_bench.config import build, differences, digest, load_yaml, with_overrides
from tarot_bench.errors import RecipeError
from tarot_bench.problem import Frozen


class Inner(Frozen):
    rate: float = 0.5


class Outer(Frozen):
    name: str
    count: int = Field(default=1, ge=1)
    inner: Inner = Inner()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_override_reaches_into_nested_keys_and_reads_its_value_as_yaml():
    assert with_overrides({"a": {"b": 1}}, ["a.c=[1, x]", "d=null", "e.f=0.5"]) == {
        "a": {"b": 1, "c": [1, "x"]},
        "d": None,
        "e": {"f": 0.5},
    }


def test_an_override_reaches_an_item_of_a_list_by_its_position():
    settings = {"generators": [{"model": "a"}, {"model": "b", "extra": {"seed": 1}}], "tiers": ["basic", "edge"]}
    made = with_overrides(settings, ["generators.0.model=c", "generators.1.extra.seed=2", "tiers.1=complex"])
    assert made == {
        "generators": [{"model": "c"}, {"model": "b", "extra": {"seed": 2}}],
        "tiers": ["basic", "complex"],
    }
    assert settings["tiers"] == ["basic", "edge"]


@pytest.mark.parametrize("pair", ["a.1=x", "a.-1=x", "a.first.model=x"])
def test_an_override_of_an_item_that_a_list_lacks_says_how_items_are_counted(pair):
    with pytest.raises(RecipeError, match=r"is no item of a list of 1; items count from 0"):
        with_overrides({"a": [{"model": "b"}]}, [pair])


def test_overrides_leave_the_settings_they_were_laid_over_alone():
    settings = {"a": {"b": 1}}
    with_overrides(settings, ["a.b=2"])
    assert settings == {"a": {"b": 1}}


@pytest.mark.parametrize("pair", ["temperature", "=1", "a.b=2", "x=[1"])
def test_an_override_that_cannot_be_read_says_how_to_write_one(pair):
    with pytest.raises(RecipeError) as caught:
        with_overrides({"a": 1}, [pair])
    assert pair in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_keys_and_bad_values_are_all_named_on_one_line():
    with pytest.raises(RecipeError) as caught:
        build(Outer, {"name": "x", "count": 0, "colour": "red", "inner": {"rate": "fast"}}, "settings")
    message = str(caught.value)
    assert "\n" not in message
    for part in ("settings", "count", "colour", "inner.rate"):
        assert part in message


@pytest.mark.parametrize("text", ["- a list", "a: [", "42"])
def test_a_file_that_is_no_mapping_is_refused_by_its_name(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(RecipeError, match=r"bad\.yaml"):
        load_yaml(Outer, file)


def test_a_missing_file_is_refused_by_its_name(tmp_path):
    with pytest.raises(RecipeError, match=r"absent\.yaml"):
        load_yaml(Outer, tmp_path / "absent.yaml")


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_a_digest_does_not_depend_on_the_order_of_keys(settings):
    assert digest(settings) == digest(dict(reversed(settings.items())))


@given(st.dictionaries(st.text(), JSON, max_size=4), st.dictionaries(st.text(), JSON, max_size=4))
def test_two_settings_have_differences_exactly_if_their_digests_differ(old, new):
    assert bool(differences(old, new)) == (digest(old) != digest(new))


def test_differences_name_the_nested_key_and_both_values():
    assert differences({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": 2}}) == ["a.b: 1 -> 3"]


class Engine(Frozen):
    renamed: ClassVar[dict[str, str]] = {"power": "watts"}
    watts: int = 1


class Car(Frozen):
    engine: Engine | None = None
    doors_: int = Field(default=4, alias="doors")
    spare_: tuple[Engine, ...] = Field(default=(), alias="spare")


def test_a_renamed_key_is_answered_with_its_new_name_at_any_depth():
    with pytest.raises(RecipeError, match=r"^car: engine\.power: renamed to engine\.watts$"):
        build(Car, {"engine": {"power": 3}}, "car")
    with pytest.raises(RecipeError, match=r"^car: spare\.1\.power: renamed to spare\.watts$"):
        build(Car, {"spare": [{"watts": 1}, {"power": 3}]}, "car")
    with pytest.raises(RecipeError, match=r"^car: engine\.power: renamed to engine\.watts$"):
        build(Car, with_overrides({}, ["engine.power=3"]), "car")
    with pytest.raises(RecipeError, match=r"^car: power: unknown key"):
        build(Car, {"power": 3}, "car")


def test_keys_are_named_as_a_file_writes_them():
    with pytest.raises(RecipeError, match=r"dors: unknown key; did you mean doors\?"):
        build(Car, {"dors": 2}, "car")
