"""Reassign the labels basic, intermediate and complex by measured steps.

Executed steps and input size rise with the published labels. Edge is an axis of its own (it has the lowest kill rate,
yet kills mutants that no other tier does) and is never changed.
"""

from tarot_bench.dataset.entry import Entry, Flag, TestFacts
from tarot_bench.problem import TestCase, Tier

STAGE = "measure"
_Pair = tuple[TestCase, TestFacts]


def retiered(entry: Entry) -> Entry:
    """Reassign the three labels, as many of each as before; a flag lists the changes.

    If the steps of a test are unknown nothing changes, and a flag says so.
    """
    pairs = list(zip(entry.problem.tests, entry.facts, strict=True))
    ladder = [pair for pair in pairs if pair[0].tier is not Tier.EDGE]
    if any(facts.measurement.steps is None for _, facts in ladder):
        return _flagged(entry, "not-retiered", "the steps of a test are not known")
    labels = sorted(test.tier for test, _ in ladder if test.tier)
    ordered = sorted(ladder, key=_effort)
    moved = [f"{test.tier} -> {label}" for (test, _), label in zip(ordered, labels, strict=True) if test.tier != label]
    if not moved:
        return entry
    relabelled: list[_Pair] = [
        (test.model_copy(update={"tier": label}), facts) for (test, facts), label in zip(ordered, labels, strict=True)
    ]
    relabelled += [pair for pair in pairs if pair[0].tier is Tier.EDGE]
    made = entry.model_copy(
        update={
            "problem": entry.problem.model_copy(update={"tests": tuple(test for test, _ in relabelled)}),
            "facts": tuple(facts for _, facts in relabelled),
        }
    )
    return _flagged(made, "retiered", ", ".join(moved))


def _effort(pair: _Pair) -> tuple[int, int, int]:
    """The sort key: steps, then input size, then the present label."""
    test, facts = pair
    return facts.measurement.steps or 0, test.input_size, test.tier.rank if test.tier else 0


def _flagged(entry: Entry, reason: str, detail: str) -> Entry:
    return entry.model_copy(update={"flags": (*entry.flags, Flag(stage=STAGE, reason=reason, detail=detail))})
