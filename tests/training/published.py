"""What the published rewards do, written down as data: weights, and labels by epoch.

Read off the files custom_rewards/*.py and open_r1/code_rewards_binary.py of the paper's repository. The files differ in
these numbers alone; labels are theirs.
"""

FORWARD = ((0.2, "basic"), (0.4, "basic medium"), (0.6, "basic medium high"), (None, "basic medium high edge"))
REVERSE = ((0.2, "high"), (0.4, "high edge"), (0.6, "medium high edge"), (None, "basic medium high edge"))
ALWAYS = "basic medium high edge"


def three_epochs(stages):
    """The ``_3e`` files: epochs 0 to 3, cut at 0.6, 1.2 and 1.8."""
    return tuple((until and round(3 * until, 10), labels) for until, labels in stages)


def _weights(basic, medium, high, edge):
    return {"basic": basic, "medium": medium, "high": high, "edge": edge}


_UNI, _VAR, _ASCE = _weights(*[0.25] * 4), _weights(0.35, 0.35, 0.15, 0.15), _weights(0.15, 0.15, 0.35, 0.35)

# name: (epochs of training, weights, stages as (before this epoch, labels))
PUBLISHED = {
    "basic_only": (1, {"basic": 1.0}, ((None, "basic"),)),
    "complex_only": (1, {"high": 1.0}, ((None, "high"),)),
    "edge_only": (1, {"edge": 1.0}, ((None, "edge"),)),
    "uni": (1, _UNI, FORWARD),
    "uni_3e": (3, _UNI, three_epochs(FORWARD)),
    "var": (1, _VAR, FORWARD),
    "var_3e": (3, _VAR, three_epochs(FORWARD)),
    "var_asce_normal": (1, _ASCE, FORWARD),
    "var_asce_normal_3e": (3, _ASCE, three_epochs(FORWARD)),
    "var_asce_rev": (1, _ASCE, REVERSE),
    "var_asce_rev_3e": (3, _ASCE, three_epochs(REVERSE)),
    "code_rewards_binary": (1, _UNI, ((None, ALWAYS),)),
}


def labels_at(name: str, epoch: float) -> list[str]:
    """The labels that a published reward looks at."""
    stages = PUBLISHED[name][2]
    return next(labels for before, labels in stages if before is None or epoch < before).split()


def reward_of(name: str, epoch: float, passed: dict[str, bool]) -> float:
    """The published reward of a program, given for each label whether its test passed."""
    weights = PUBLISHED[name][1]
    return sum(weights.get(label, 0.0) for label in labels_at(name, epoch) if passed[label])


def epochs_of(name: str) -> list[float]:
    """Every boundary, and a hair on either side of it, from the beginning of training to its end."""
    length, _, stages = PUBLISHED[name]
    cuts = [before for before, _ in stages if before is not None]
    return [0.0, *(cut + shift for cut in cuts for shift in (-1e-6, 0.0, 1e-6)), length]
