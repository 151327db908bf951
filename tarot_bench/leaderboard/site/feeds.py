"""The numbers of a leaderboard for programs: JSON and CSV."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from tarot_bench.leaderboard.entries import Entry
from tarot_bench.leaderboard.site.standing import Group, address
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.ranking import Ranked
from tarot_bench.texts import spreadsheet_cell


def json_of(groups: Sequence[Group]) -> str:
    """``leaderboard.json``: an object whose ``entries`` are in the order of the page."""
    return json.dumps({"entries": list(_rows(groups))}, indent=1, ensure_ascii=False) + "\n"


def csv_of(groups: Sequence[Group]) -> str:
    """``leaderboard.csv``: the same as a table."""
    rows = list(_rows(groups))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: spreadsheet_cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _rows(groups: Sequence[Group]) -> Iterator[dict[str, Any]]:
    return (_row(entry, group.ranks.get(entry.bundle)) for group in groups for entry in group.entries)


def _row(entry: Entry, ranked: Ranked | None) -> dict[str, Any]:
    """One entry; rates are in [0, 1]."""
    known: dict[str, Any] = {
        "benchmark": entry.benchmark,
        "model": entry.model,
        "verified": entry.verified,
        "band": ranked.band if ranked else None,
        "best_rank": ranked.ranks[0] if ranked else None,
        "worst_rank": ranked.ranks[1] if ranked else None,
        "best_weighted_rank": ranked.weighted_ranks[0] if ranked and ranked.weighted_ranks else None,
        "worst_weighted_rank": ranked.weighted_ranks[1] if ranked and ranked.weighted_ranks else None,
        "rate": ranked.rate if ranked else None,
    }
    rates = {"strict": entry.metrics.strict.get(1)}
    rates |= {tier.value: tiers.pass_at.get(1) for tier, tiers in entry.metrics.tiers.items()}
    if entry.metrics.original:
        rates["original"] = entry.metrics.original.pass_at.get(1)
    for name, estimate in rates.items():
        known |= _estimated(name, estimate)
    return known | _signs(entry) | _about(entry)


def _estimated(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    return {
        name: estimate.value if estimate else None,
        f"{name}_low": estimate.low if estimate else None,
        f"{name}_high": estimate.high if estimate else None,
    }


def _signs(entry: Entry) -> dict[str, Any]:
    """Contamination and errata; only what is known of some entry becomes a column."""
    found, rescored = entry.contamination, entry.rescored
    known: dict[str, Any] = {}
    if found:
        known |= _estimated("original_minus_tiers", found.original_minus_tiers)
        known |= {"cutoff": found.cutoff.isoformat() if found.cutoff else None}
        known |= _estimated("before_cutoff", found.before) | _estimated("after_cutoff", found.after)
        known |= _estimated("before_minus_after", found.before_minus_after)
    if rescored:
        strict = rescored.before.strict.get(1)
        known |= {"strict_before_errata": strict.value if strict else None, "retracted_tests": rescored.retracted}
        known |= {"corrected_tests": rescored.corrected, "samples_to_grade_again": rescored.unknown}
    return known


def _about(entry: Entry) -> dict[str, Any]:
    return {
        "problems": entry.problems,
        "samples": entry.samples,
        "ungraded": entry.metrics.counts.ungraded,
        "input_tokens": entry.input_tokens,
        "output_tokens": entry.output_tokens,
        "usd": entry.usd,
        "parameters_b": entry.about.parameters_b,
        "open_weights": entry.about.open_weights,
        "reasoning": entry.about.reasoning,
        "suspicions": " ".join(f"{name}:{count}" for name, count in entry.suspicions.items()),
        "revision": entry.revision,
        "data_digest": entry.digest,
        "compat": entry.compat,
        "extraction": entry.extraction,
        "created": entry.created,
        "model_card": entry.model_card,
        "command": entry.command,
        "bundle": entry.bundle,
        "file": entry.file,
        "page": address(entry.model, entry.bundle),
    }
