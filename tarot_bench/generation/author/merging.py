"""Merge drafts into an entry: tests in tier order with their provenance, materials, and flags."""

from collections.abc import Sequence

from tarot_bench.dataset.entry import Entry, Flag, TestFacts
from tarot_bench.generation.author.drafting import Drafted
from tarot_bench.problem import Tier


def merged(entry: Entry, drafts: Sequence[tuple[str, Drafted]], stage: str, replaced: Sequence[Tier] = ()) -> Entry:
    """Return an entry with drafts added.

    Args:
        entry: what there is.
        drafts: each with its author's name; within a tier they keep this order.
        stage: the stage of the flags for drafts without tests.
        replaced: tiers whose present tests go; those of other tiers stay.
    """
    problem = entry.problem
    known = entry.facts or (TestFacts(),) * len(problem.tests)
    pairs = [pair for pair in zip(problem.tests, known, strict=True) if pair[0].tier not in replaced]
    for _, drafted in drafts:
        pairs += [(test, TestFacts(provenance=provenance)) for test, provenance in drafted.tests]
    pairs.sort(key=lambda pair: pair[0].tier.rank if pair[0].tier else 0)
    materials = entry.materials
    for _, drafted in drafts:
        materials = materials.with_more(drafted.materials)
    reasons = [
        Flag(stage=stage, reason=drafted.reason, detail=f"{name}: {drafted.detail}")
        for name, drafted in drafts
        if drafted.reason
    ]
    return entry.model_copy(
        update={
            "problem": problem.model_copy(update={"tests": tuple(test for test, _ in pairs)}),
            "facts": tuple(facts for _, facts in pairs),
            "materials": materials,
            "flags": tuple(dict.fromkeys((*entry.flags, *reasons))),
        }
    )
