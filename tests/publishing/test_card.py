"""The card: words from a recipe, everything else from the data."""

from dataclasses import replace

import pytest
import yaml
from markdown_it import MarkdownIt

from tarot_bench.config import load_yaml
from tarot_bench.dataset import Entry, Measurement, TestFacts
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tarot_bench.publishing import CardRecipe, FunnelStage
from tarot_bench.publishing.card import Release, render_card, size_category
from tarot_bench.publishing.layout import configs_of
from tarot_bench.publishing.plots import Plot
from tarot_bench.publishing.statistics import statistics_of
from tarot_bench.recipes import root


@pytest.fixture
def render(recipe, making):
    def card(entries, funnel=(), plots=(), **changes):
        facts = (statistics_of(entries), configs_of(entries), funnel, plots)
        return render_card(recipe, Release("org/tiers", "1.2.0", "c0ffee"), replace(making, **changes), *facts)

    return card


def rows_of(card, heading):
    """The cells of the first table below a heading."""
    lines = card.split(f"## {heading}\n")[1].splitlines()
    table = [line for line in lines[: lines.index("", 1)] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").replace("\\|", "¦").split("|")] for line in table[2:]]


def test_counts_are_those_of_the_entries(render, entries):
    counted = dict(rows_of(render(entries), "Contents"))
    assert counted == {
        "problems": "4",
        "problems with tests in all four tiers": "1",
        "basic tests": "3",
        "intermediate tests": "1",
        "complex tests": "1",
        "edge tests": "2",
        "original tests, outside the tiers": "1",
        "stdin problems": "2",
        "function problems": "2",
        "problems with a validator of inputs": "1",
    }


def test_the_front_matter_is_what_the_hub_reads(render, entries):
    front = yaml.safe_load(render(entries).split("---\n")[1])
    assert front["license"] == "apache-2.0"
    assert front["size_categories"] == ["n<1K"]
    assert [config["config_name"] for config in front["configs"]] == ["default", *TIERS, "tarot_v1"]
    assert {config["version"] for config in front["configs"]} == {"1.2.0"}
    assert [config.get("default", False) for config in front["configs"]] == [True] + [False] * 5


def test_the_funnel_names_every_reason_with_its_count(render, entries, funnel):
    rows = rows_of(render(entries, funnel), "Funnel")
    assert rows == [["source", "9", "9", "", ""], ["validate", "9", "4", "gold-crashes 5", "gold-disagrees 1"]]


def test_text_from_elsewhere_cannot_break_a_table(render, entries):
    stage = FunnelStage(stage="a|b", entered=2, kept=1, dropped={"x |\ny": 1, "z": 2})
    assert rows_of(render(entries, [stage]), "Funnel") == [["a¦b", "2", "1", "x ¦ y 1, z 2", ""]]


def test_measurements_are_summed_up_by_tier(render, entries):
    rows = {row[0]: row[1:] for row in rows_of(render(entries), "Measured")}
    assert rows["complex"] == ["1", "30", "3", "0.3", "–", "0.5", "1"]
    assert rows["basic"][-1] == "1"


def test_counts_are_middled_and_rates_are_averaged(entries):
    def known(steps, rate):
        facts = TestFacts(measurement=Measurement(steps=steps, kill_rate=rate, unique_kills=steps))
        return entries[1].model_copy(update={"facts": (facts,)})

    found = statistics_of([known(1, 0.0), known(2, 0.3), known(9, 0.9), entries[2]]).tiers[Tier.BASIC]
    assert (found.tests, found.measured, found.steps) == (4, 3, 2)
    assert (found.kill_rate, found.unique_kills) == (pytest.approx(0.4), 4)
    assert found.gold_cpu_s is None


def test_what_was_not_measured_is_not_in_the_card(render, entries):
    card = render(entries[1:])
    assert "## Measured" not in card
    assert "## Funnel" not in card
    assert "No problem was compared with benchmarks." in card


def test_limits_of_the_data_are_computed(render, entries):
    card = render(entries)
    assert "- 1 problems were compared with benchmarks; 1 come near one (0.2 or more)" in card
    assert "- 2 of 3 basic tests have no kill rate." in card
    assert "1 problems are not in the configuration `tarot_v1`" in card


def test_licences_and_sources_are_those_of_the_origins(render, entries):
    card = render(entries)
    assert "- contest: 1 problems\n- unknown: 3 problems\n" in card.replace(
        "- unknown: 3 problems\n- contest: 1 problems\n", "- contest: 1 problems\n- unknown: 3 problems\n"
    )
    assert "- MIT: 1 problems\n" in card
    assert "- no licence stated by the source: 3 problems\n" in card


def test_the_card_says_what_it_was_made_of(render, entries):
    card = render(entries)
    assert "from `the-recipe` on 2026-11-20; digest of the problems `0123456789abcdef`" in card
    assert "of the settings `fedcba9876543210`." in card
    assert "settings" not in render(entries, settings=None).split("## Sources")[0]
    assert "2602.15449" in card


def test_only_configurations_that_exist_are_shown_to_be_loaded(render):
    problem = Problem(id="p", statement="", tests=(TestCase(tier=Tier.BASIC, input="1"),))
    card = render([Entry(problem=problem)])
    assert 'load_dataset("org/tiers", split="train")' in card
    assert '"edge"' not in card


def test_sections_stand_apart_whatever_is_left_out(render, entries, funnel):
    plots = [Plot("assets/funnel.png", "One."), Plot("assets/tiers.png", "Two.")]
    for card in (render(entries, funnel, plots), render(entries[1:])):
        lines = card.split("---\n", 2)[2].splitlines()
        for number, line in enumerate(lines):
            if line.startswith(("## ", "![")):
                assert lines[number - 1] == lines[number + 1] == "", line
        assert "\n\n\n" not in card.split("---\n", 2)[2]


@pytest.mark.parametrize("path", sorted((root() / "data_cards").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_recipe_is_one(path):
    recipe = load_yaml(CardRecipe, path)
    assert recipe.name == path.stem
    assert recipe.limitations


def test_size_categories_are_the_hubs():
    assert [size_category(rows) for rows in (0, 999, 1000, 15_500, 100_000)] == [
        "n<1K",
        "n<1K",
        "1K<n<10K",
        "10K<n<100K",
        "100K<n<1M",
    ]


HOSTILE = 'x\n---\nlicense: mit\n# Heading | <img src=x onerror="alert(1)"> `code` [link](javascript:1) {{ 7 * 7 }}'


def test_no_field_of_a_card_becomes_yaml_markdown_or_html(recipe, entries, making):
    hostile = recipe.model_copy(
        update={"title": HOSTILE, "summary": HOSTILE, "license": HOSTILE, "statement_language": HOSTILE}
        | {"limitations": (HOSTILE, HOSTILE)}
    )
    origin = entries[0].problem.origin.model_copy(update={"source": HOSTILE, "license": HOSTILE})
    problems = [entry.problem.model_copy(update={"origin": origin}) for entry in entries]
    spoilt = [entry.model_copy(update={"problem": problem}) for entry, problem in zip(entries, problems, strict=True)]
    funnel = [FunnelStage(stage=HOSTILE, entered=9, kept=4, dropped={HOSTILE: 5}, flags={HOSTILE: 1})]
    where = replace(making, source=HOSTILE, made_by=HOSTILE, date=HOSTILE)
    facts = (statistics_of(spoilt), configs_of(spoilt), funnel, ())
    card = render_card(hostile, Release('org/"x', "1.2.0", "c0ffee"), where, *facts)
    _, front, text = card.split("---\n", 2)
    fields, line = yaml.safe_load(front), HOSTILE.replace("\n", " ")
    assert (fields["pretty_name"], fields["license"], fields["language"]) == (line, line, [line])
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inlines = [child for token in tokens for child in token.children or ()]
    assert not [token for token in (*tokens, *inlines) if token.type.startswith("html") or token.type == "image"]
    assert {child.attrs["href"] for child in inlines if child.type == "link_open"} == {
        "https://arxiv.org/abs/2602.15449"
    }
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert len(headings) == 9, headings
    assert 'load_dataset("org/\\"x", split="train")' in text


def test_a_set_made_from_a_benchmark_says_that_it_is_not_for_training(render, entries):
    plain = render(entries)
    assert "evaluation only" not in plain
    problem = entries[0].problem
    origin = problem.origin.model_copy(update={"extra": {"evaluation_only": True}})
    marked = entries[0].model_copy(update={"problem": problem.model_copy(update={"origin": origin})})
    card = render([marked, *entries[1:]])
    assert "**Do not train on this dataset.** 1 of its 4 problems" in card
    assert "evaluation-only" in yaml.safe_load(card.split("---\n")[1])["tags"]
    assert "evaluation-only" not in yaml.safe_load(plain.split("---\n")[1])["tags"]
