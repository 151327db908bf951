"""The dataset card: texts from a recipe in ``data_cards/``, everything else computed from the data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from tarot_bench.config import Name
from tarot_bench.problem import Frozen
from tarot_bench.publishing.layout import Config
from tarot_bench.publishing.plots import Plot
from tarot_bench.publishing.provenance import About
from tarot_bench.publishing.statistics import FunnelStage, Statistics
from tarot_bench.recipes import root
from tarot_bench.templates import environment, parsed, rendered
from tarot_bench.texts import Verbatim, code_span, markdown, words

_TEMPLATE = "dataset_card.md.jinja"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""The Hub's size categories, by their exclusive upper bound in rows."""


class CardRecipe(Frozen):
    """A file of ``data_cards/``: the texts of a card that cannot be computed."""

    name: Name
    """Of the recipe."""
    title: str
    """Heading, and ``pretty_name`` on the Hub."""
    summary: str
    """One paragraph: what the dataset is and who it is for."""
    license: str
    """The Hub's id of the dataset's licence."""
    statement_language: str = "en"
    """Languages of the problem texts."""
    limitations: tuple[str, ...]
    """Limitations that cannot be computed; one sentence each."""


@dataclass(frozen=True, slots=True)
class Making:
    """The origin of the entries.

    Attributes:
        source: name of the run or the dataset, for readers.
        digest: of the problems (`tarot_bench.problem.digest_of`).
        settings: digest of the run's settings; None if no run made the entries.
        made_by: version of tarot-bench.
        date: day they were made, as in 2026-11-21.
    """

    source: str
    digest: str
    settings: str | None
    made_by: str
    date: str


@dataclass(frozen=True, slots=True)
class Release:
    """The repository and version of a dataset.

    Attributes:
        repo: the Hub id.
        version: of the dataset, as in 1.0.0.
        content: checksum of the tables. It is in the front matter because ``load_dataset`` keeps what it prepared
            of a local folder under the folder's name and front matter, regardless of the files.
    """

    repo: str
    version: str
    content: str


def render_card(
    recipe: CardRecipe,
    release: Release,
    making: Making,
    statistics: Statistics,
    configs: Sequence[Config],
    funnel: Sequence[FunnelStage],
    plots: Sequence[Plot],
    parts: Sequence[About] = (),
) -> str:
    """The ``README.md`` of a dataset: front matter with its configurations, then the card."""
    path = root() / "data_cards" / _TEMPLATE
    # All values in the card are escaped, unless a filter has made them Markdown.
    opened = environment(keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True, finalize=markdown)
    opened.filters |= {"measure": _measure, "words": words, "code": code_span, "quoted": _quoted}
    values = {
        "front_matter": front_matter(recipe, release, statistics, configs),
        "recipe": recipe,
        "repo": release.repo,
        "making": making,
        "statistics": statistics,
        "configs": configs,
        "funnel": funnel,
        "plots": plots,
        "parts": parts,
    }
    return rendered(parsed(opened, path.read_text(encoding="utf-8"), path), path, values)


def front_matter(recipe: CardRecipe, release: Release, statistics: Statistics, configs: Sequence[Config]) -> Verbatim:
    """The YAML that the Hub and ``load_dataset`` read."""
    described = [
        {"config_name": config.name, "version": release.version, "description": f"content {release.content}"}
        | ({"default": True} if config.name == "default" else {})
        | {"data_files": [{"split": "train", "path": config.pattern}]}
        for config in configs
    ]
    fields = {
        "pretty_name": _line(recipe.title),
        "license": _line(recipe.license),
        "language": [_line(recipe.statement_language)],
        "task_categories": ["text-generation"],
        "tags": [
            *("code", "code-generation", "benchmark", "test-cases"),
            "evaluation-only" if statistics.evaluation_only else "curriculum",
        ],
        "size_categories": [size_category(statistics.problems)],
        "configs": described,
    }
    return Verbatim(yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=10_000))


def _line(text: str) -> str:
    """Text on a single line: some readers search the end of the front matter without parsing YAML."""
    return " ".join(text.split())


def size_category(rows: int) -> str:
    """The Hub's size category for a number of rows."""
    return next((name for end, name in _SIZES if rows < end), "1M<n<10M")


def _measure(value: float | None, digits: int = 3) -> str:
    """Format a measured number; a dash if there is none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.{digits}g}"


def _quoted(text: str) -> str:
    """Quote a string for Python and JSON."""
    return Verbatim(json.dumps(text))
