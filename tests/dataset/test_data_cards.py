"""The dataset card renders from real data, and the configurations it declares load."""

from collections import Counter

import datasets
import jinja2
import pytest
import yaml

from tarot_bench import __version__
from tarot_bench.dataset import load_problems, load_rows, published, tarot_v1
from tarot_bench.problem import TIERS
from tarot_bench.recipes import find, root


@pytest.fixture
def recipe():
    return yaml.safe_load(find("smoke", "data_cards").read_text())


@pytest.fixture
def data(recipe):
    return load_problems(recipe["data"])


@pytest.fixture
def card(recipe, data):
    """The card of the embedded problems."""
    counts = {
        "problems": len(data),
        "tests": {str(tier): sum(len(problem.at(tier)) for problem in data) for tier in TIERS},
        "original_tests": sum(len(problem.original_tests) for problem in data),
        "styles": Counter(problem.style for problem in data),
        "sources": Counter(problem.origin.source for problem in data),
        "licenses": Counter(problem.origin.license for problem in data),
    }
    folder = jinja2.FileSystemLoader(root() / "data_cards")
    environment = jinja2.Environment(loader=folder, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    template = environment.get_template("dataset_card.md.jinja")
    return template.render(recipe=recipe, repo="org/embedded", data=data, counts=counts, version=__version__)


def test_the_card_has_front_matter_and_the_computed_counts(card, data):
    front = yaml.safe_load(card.split("---\n")[1])
    assert [config["config_name"] for config in front["configs"]] == ["default", *TIERS, "tarot_v1"]
    assert front["license"] == "apache-2.0"
    for tier in TIERS:
        assert f"| {tier} tests | {sum(len(problem.at(tier)) for problem in data)} |" in card
    assert data.revision in card
    assert "2602.15449" in card
    assert 'load_dataset("org/embedded", "edge", split="train")' in card


def test_the_sections_of_the_card_are_apart(card):
    lines = card.splitlines()
    headings = [number for number, line in enumerate(lines) if line.startswith("## ")]
    assert len(headings) == 5
    assert all(lines[number - 1] == lines[number + 1] == "" for number in headings)


def test_a_folder_with_this_card_loads_in_every_configuration(card, data, tmp_path, own_cache):
    tables = {
        "data": [published.to_row(problem) for problem in data],
        "tarot_v1": [tarot_v1.to_row(problem) for problem in data],
        **{
            f"tiers/{tier}": [
                {"problem_id": problem.id, **test.model_dump(include={"kind", "input", "output", "reason"})}
                for problem in data
                for test in problem.at(tier)
            ]
            for tier in TIERS
        },
    }
    root = tmp_path / "set"
    for name, rows in tables.items():
        (root / name).mkdir(parents=True)
        datasets.Dataset.from_list(rows).to_parquet(root / name / "train-00000.parquet")
    (root / "README.md").write_text(card)
    assert load_problems(root).problems == data.problems
    again = load_problems(root, config_name="tarot_v1")
    assert [problem.all_tests for problem in again] == [problem.all_tests for problem in data]
    for tier in TIERS:
        assert len(load_rows(root, config_name=str(tier))) == sum(len(problem.at(tier)) for problem in data)
