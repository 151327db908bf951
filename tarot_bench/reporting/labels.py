"""Names that tell the runs of one page apart."""

from collections.abc import Sequence

from tarot_bench.texts import inline


def labels_of(names: Sequence[Sequence[str]]) -> list[str]:
    """The first name of each run that no other run goes by, on one line without control characters.

    Args:
        names: of each run, from the shortest to one that is its own, such as its path. A run that is there twice has
            that one twice; then it is numbered.
    """
    shown = [[inline(name) for name in each] for each in names]
    chosen = [0] * len(shown)
    while True:
        labels = [each[number] for each, number in zip(shown, chosen, strict=True)]
        doubled = [place for place, label in enumerate(labels) if labels.count(label) > 1]
        longer = [place for place in doubled if chosen[place] + 1 < len(shown[place])]
        if not longer:
            break
        for place in longer:
            chosen[place] += 1
    earlier = [labels[:place].count(label) for place, label in enumerate(labels)]
    return [f"{label} ({count + 1})" if count else label for label, count in zip(labels, earlier, strict=True)]
