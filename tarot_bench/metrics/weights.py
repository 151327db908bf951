"""The best and the worst place of a model over all weights of the tiers.

A score that sums tiers needs weights, and weights are a choice. Instead of one choice, these are the places under all
of them: w >= 0 with sum 1, the score of a model being the weighted mean of its tier rates, its place one more than the
number of models with a higher score.

With four tiers the weights are a tetrahedron. Each other model divides it by a plane, on one side of which that model
is ahead. The number of models ahead is constant in each cell between the planes, and on the border of a cell there are
never more: so the smallest number is that at a corner where three planes, or faces of the tetrahedron, meet. The
largest number is found in the same way, with planes that are moved towards the models that are ahead by less than any
difference that counts. So the result is exact, but for differences of scores below 1e-9, which are ties.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

TIE = 1e-9
"""Differences of scores up to this are ties; far below the least difference of two rates of a data set."""
_NOISE = 1e-10
_PARALLEL = 1e-12
_BATCH = 1 << 15
_AXES = 4

_Floats = NDArray[np.float64]


def place_ranges(rates: _Floats) -> list[tuple[int, int]]:
    """The best and the worst place of each model over all weights.

    Args:
        rates: shape (models, tiers), with 1 to 4 tiers.

    Returns:
        In the order of the models.
    """
    models, tiers = rates.shape
    padded = np.column_stack([rates, *[rates[:, -1]] * (_AXES - tiers)])  # a tier counted twice changes no place
    return [_range(np.delete(padded, model, axis=0) - padded[model]) for model in range(models)]


def _range(ahead: _Floats) -> tuple[int, int]:
    """The places of a model, given by how far each other model is ahead on each tier."""
    always = int(np.sum(ahead.min(axis=1) > TIE))
    sometimes = ahead[(ahead.min(axis=1) <= TIE) & (ahead.max(axis=1) > TIE)]
    if not len(sometimes):
        return always + 1, always + 1
    fewest = _extreme(sometimes, TIE, np.min, 0)
    most = _extreme(sometimes, TIE + 2 * _NOISE, np.max, len(sometimes))
    return always + fewest + 1, always + most + 1


def _extreme(ahead: _Floats, threshold: float, choose: Callable[[NDArray[np.int64]], int], bound: int) -> int:
    """The smallest or largest number of models that are ahead at any corner; stops where it is the bound."""
    # The last weight is 1 minus the others. Rows are planes `normals @ weights = offsets`.
    normals = np.vstack([ahead[:, :3] - ahead[:, 3:], np.eye(3), np.ones((1, 3))])
    offsets = np.concatenate([threshold - ahead[:, 3], np.zeros(3), np.ones(1)])
    lengths = np.linalg.norm(normals, axis=1)  # not 0: no model is always ahead here, and none never
    found: list[int] = []
    for corners in _corners(normals / lengths[:, None], offsets / lengths):
        weights = np.column_stack([corners, 1 - corners.sum(axis=1)])
        found.append(choose(np.sum(weights @ ahead.T > TIE + _NOISE, axis=1)))
        if found[-1] == bound:
            break
    return int(choose(np.array(found)))


def _corners(normals: _Floats, offsets: _Floats) -> Iterator[_Floats]:
    """The points of the tetrahedron at which three planes meet, in batches (Cramer's rule)."""
    crossed = np.cross(normals[:, None], normals[None, :])
    for a, b, c in _triples(len(normals)):
        volume = np.einsum("ij,ij->i", normals[a], crossed[b, c])
        meet = np.abs(volume) > _PARALLEL
        a, b, c, volume = a[meet], b[meet], c[meet], volume[meet]
        points = offsets[a, None] * crossed[b, c] + offsets[b, None] * crossed[c, a] + offsets[c, None] * crossed[a, b]
        points /= volume[:, None]
        inside = (points.min(axis=1) >= -_NOISE / 10) & (points.sum(axis=1) <= 1 + _NOISE / 10)
        if inside.any():
            yield points[inside]


def _triples(count: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """All triples of numbers below `count`, in batches of similar size."""
    second, third = np.triu_indices(count, 1)
    starts = np.searchsorted(second, np.arange(1, count - 1))  # the pairs above each first number
    sizes = len(second) - starts
    batches = np.cumsum(sizes) // _BATCH
    for batch in np.unique(batches):
        firsts = np.flatnonzero(batches == batch)
        pairs = np.concatenate([np.arange(start, len(second)) for start in starts[firsts]])
        yield np.repeat(firsts, sizes[firsts]), second[pairs], third[pairs]
