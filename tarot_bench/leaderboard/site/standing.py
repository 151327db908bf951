"""What is compared with what on a leaderboard, and who stands where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.leaderboard.entries import Entry, Folder
from tarot_bench.leaderboard.submission import slug_of
from tarot_bench.metrics.ranking import Ranked, rank
from tarot_bench.texts import inline


@dataclass(frozen=True, slots=True)
class Group:
    """Entries with comparable numbers: one benchmark, the same problems, the same rules.

    Attributes:
        title: as headings have it.
        verified: the best first.
        stated: entries that nobody verified, the best first; they have no rank.
        ranks: of the verified ones, by bundle.
    """

    title: str
    verified: tuple[Entry, ...]
    stated: tuple[Entry, ...]
    ranks: Mapping[str, Ranked]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The verified ones, then the others."""
        return self.verified + self.stated


def groups_of(folder: Folder) -> list[Group]:
    """The groups of a leaderboard, sorted."""
    keys = sorted({entry.group for entry in folder.entries})
    return [_group(key, [entry for entry in folder.entries if entry.group == key]) for key in keys]


def slug(model: str, digest: str) -> str:
    """The name of a submission's folder in the site; the model's name decides no path."""
    return f"{slug_of(model)}-{digest[:24]}"  # nobody makes two bundles with equal ones


def address(model: str, digest: str) -> str:
    """Where a submission's page is, from the start page."""
    return f"models/{slug(model, digest)}/index.html"


def _group(key: tuple[str, str, str, str], entries: Sequence[Entry]) -> Group:
    verified = [entry for entry in entries if entry.verified]
    rates = {entry.bundle: entry.rates for entry in verified}
    tiers = {entry.bundle: entry.metrics.tier_rates for entry in verified}
    ranks = {ranked.name: ranked for ranked in rank(rates, tiers)}

    def place(entry: Entry) -> tuple[float, str, str]:
        ranked = ranks.get(entry.bundle)
        strict = entry.metrics.strict.get(1)
        return -(ranked.rate if ranked else strict.value if strict else 0.0), entry.model, entry.bundle

    stated = [entry for entry in entries if not entry.verified]
    return Group(_title(key), tuple(sorted(verified, key=place)), tuple(sorted(stated, key=place)), ranks)


def _title(key: tuple[str, str, str, str]) -> str:
    benchmark, digest, compat, extraction = key
    rules = [*([f"compat {compat}"] if compat else []), *([extraction] if extraction != "answer" else [])]
    return inline(", ".join([benchmark, f"problems {digest}", *rules]))
