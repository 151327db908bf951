"""The page that shows two models side by side. Its script computes, so that it need not hold every pair."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from tarot_bench.leaderboard.entries import Entry
from tarot_bench.leaderboard.site.parts import ASSETS, SCOPES, rates_of
from tarot_bench.leaderboard.site.standing import Group, slug
from tarot_bench.metrics.comparison import rates, scopes
from tarot_bench.pages.chunks import Chunk
from tarot_bench.pages.page import Markup, page, trail
from tarot_bench.texts import inline

NAME = "compare.html"


def page_of(groups: Sequence[Group], with_samples: Collection[str] = ()) -> Iterable[str]:
    """Yield the page in pieces.

    Args:
        groups: of the leaderboard.
        with_samples: the bundles (SHA-256) whose samples the site has.
    """
    comparable = [group for group in groups if sum(map(_has_verdicts, group.verified)) > 1]
    data = [
        {
            "title": group.title,
            "benchmark": group.verified[0].benchmark,
            "models": [
                _known(entry) | {"samples": entry.bundle in with_samples}
                for entry in group.verified
                if _has_verdicts(entry)
            ],
        }
        for group in comparable
    ]
    said = (
        "Rates are pass@1 with 95 % intervals. The difference is paired: it is over the problems that both models have "
        "answered, and its interval over these problems. Only verified entries can be compared."
        if data
        else "There are no two verified entries on the same problems."
    )
    body = [
        trail({"Leaderboard": "index.html"}),
        Markup(f"<p>{said}</p>\n<div id=compare></div>\n"),
        Markup("<noscript><p>This page needs JavaScript; the numbers of each model are on its page.</p></noscript>\n"),
    ]
    return page(
        "Two models side by side",
        body,
        data=data,
        chunks=_chunks(comparable),
        scripts=[ASSETS / "compare.js"],
        styles=[ASSETS / "site.css"],
        libraries=False,
    )


def address_of(entry: Entry, other: Entry | None = None, above: str = "") -> str:
    """The address of the comparison of an entry with another, or with one that is chosen there.

    Args:
        entry: the first one.
        other: the second one.
        above: leads from the page with the link to the start page's folder.
    """
    pair = ",".join(slug(each.model, each.bundle) for each in (entry, other) if each)
    return f"{above}{NAME}#compare={pair}&benchmark={entry.benchmark}"


def _has_verdicts(entry: Entry) -> bool:
    return bool(entry.verdicts)


def _known(entry: Entry) -> dict[str, Any]:
    found = rates_of(entry.metrics)
    return {
        "name": inline(entry.model),
        "slug": slug(entry.model, entry.bundle),
        "rates": {scope: [rate.value, rate.low, rate.high] for scope, rate in found.items()},
    }


def _chunks(groups: Sequence[Group]) -> Iterator[Chunk]:
    """For each group its problems, and for each of its models the rates of these problems by scope."""
    for number, group in enumerate(groups):
        entries = [entry for entry in group.verified if _has_verdicts(entry)]
        problems = list(dict.fromkeys(problem for entry in entries for problem in entry.verdicts))
        yield Chunk.of(f"problems.{number}", [inline(problem) for problem in problems])
        for place, entry in enumerate(entries):
            yield Chunk.of(f"rates.{number}.{place}", _rates(entry, problems))


def _rates(entry: Entry, problems: Sequence[str]) -> dict[str, list[float | None]]:
    matrices = [verdicts.matrix(problem) for problem, verdicts in entry.verdicts.items()]
    known = {scope: rates(matrices, tiers) for scope, tiers in scopes(matrices).items()}
    return {scope: [known[scope].get(problem) for problem in problems] for scope in SCOPES if scope in known}
