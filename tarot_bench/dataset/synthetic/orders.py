"""Steps that look at neighbours or at the whole order."""

from itertools import accumulate, pairwise

from tarot_bench.dataset.synthetic.steps import StepKind


def _swapped(values: list[int], _k: int) -> list[int]:
    swapped = list(values)
    for place in range(1, len(values), 2):
        swapped[place - 1], swapped[place] = values[place], values[place - 1]
    return swapped


ORDERS = (
    StepKind(
        "running",
        (
            "replace every {item} by the total of everything up to and including it",
            "turn the {items} into running totals",
            "let each place hold the sum of its own {item} and all earlier ones",
        ),
        "values = [sum(values[: i + 1]) for i in range(len(values))]",
        lambda values, _k: list(accumulate(values)),
    ),
    StepKind(
        "differences",
        (
            "replace the list by the differences of neighbours (each {item} minus the previous; one fewer remains)",
            "go on with how much each {item} after the first exceeds its predecessor",
            "subtract from each {item} the previous one; the first, having none, vanishes",
        ),
        "values = [values[i] - values[i - 1] for i in range(1, len(values))]",
        lambda values, _k: [after - before for before, after in pairwise(values)],
    ),
    StepKind(
        "neighbour-sums",
        (
            "replace the list by sums of neighbours (first plus second, second plus third, …; one fewer remains)",
            "go on with the sum of each {item} and the one right after it; the last, having none, vanishes",
        ),
        "values = [values[i] + values[i + 1] for i in range(len(values) - 1)]",
        lambda values, _k: [before + after for before, after in pairwise(values)],
    ),
    StepKind(
        "running-max",
        (
            "replace every {item} by the greatest seen so far, itself included",
            "let each place hold the maximum of its own {item} and all earlier ones",
        ),
        "values = [max(values[: i + 1]) for i in range(len(values))]",
        lambda values, _k: list(accumulate(values, max)),
    ),
    StepKind(
        "rotate",
        (
            "move the first {item} to the end, {k} times over",
            "rotate the list {k} places to the left",
            "carry the front {item} to the back, repeating this {k} times in all",
        ),
        "values = values[{k} % max(len(values), 1) :] + values[: {k} % max(len(values), 1)]",
        lambda values, k: [values[(place + k) % len(values)] for place in range(len(values))],
        (2, 3, 4, 5),
    ),
    StepKind(
        "sort",
        (
            "sort the {items} from small to large",
            "put the {items} into ascending order",
            "rearrange everything so that no {item} stands before a smaller one",
        ),
        "values = sorted(values)",
        lambda values, _k: sorted(values, key=lambda value: (value, 0)),
    ),
    StepKind(
        "sort-down",
        (
            "sort the {items} from large to small",
            "put the {items} into descending order",
            "rearrange everything so that no {item} stands before a larger one",
        ),
        "values = sorted(values, reverse=True)",
        lambda values, _k: sorted(values)[::-1],
    ),
    StepKind(
        "swap",
        (
            "swap the first with the second {item}, the third with the fourth, and so on (an odd last one stays)",
            "exchange the two {items} of each consecutive pair, pairing from the front and leaving a lone last one",
        ),
        "values = [values[j] for i in range(0, len(values), 2) for j in (i + 1, i) if j < len(values)]",
        _swapped,
    ),
)
