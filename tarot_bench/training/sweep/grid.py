"""Expand ``key=value,value`` pairs to a grid of trainings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tarot_bench.errors import RecipeError
from tarot_bench.problem import sha256
from tarot_bench.training.kinds import kind_of
from tarot_bench.training.recipe import Training, resolve

SEED = "seed"
_PAIRS = {"[": "]", "{": "}", "(": ")"}


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One training of a sweep.

    Attributes:
        axes: the values of the keys that the sweep varies, as texts.
        overrides: all ``key=value`` pairs, those that do not vary included.
        training: what they resolve to.
        run: its run directory.
    """

    axes: dict[str, str]
    overrides: tuple[str, ...]
    training: Training
    run: Path

    @property
    def label(self) -> str:
        """The varied pairs, as in ``curriculum=static seed=1``."""
        return " ".join(f"{key}={value}" for key, value in self.axes.items())


def expand(recipe: str, pairs: Sequence[str], folder: Path) -> list[SweepCell]:
    """Expand a grid; the last key varies fastest.

    Args:
        recipe: a path, or a shipped name in training_baselines/recipes/.
        pairs: ``key=value`` or ``key=value,value``; a comma inside brackets or quotes separates nothing.
        folder: contains the runs, each under its `Training.run_name`.

    Raises:
        RecipeError: no key has several values, a value is given twice, or a value does not fit the recipe.
    """
    if kind_of(recipe) != "grpo":
        raise RecipeError(f"a sweep repeats a recipe that trains one model, which {recipe} does not")
    given = [_values(pair) for pair in pairs]
    varied = [key for key, values in given if len(values) > 1]
    if not varied:
        raise RecipeError("a sweep needs a key with several values, as in seed=0,1,2")
    cells = []
    for values in product(*(values for _, values in given)):
        setting = dict(zip((key for key, _ in given), values, strict=True))
        overrides = tuple(f"{key}={value}" for key, value in setting.items())
        training = resolve(recipe, overrides=overrides)
        axes = {key: setting[key] for key in varied}
        cells.append(SweepCell(axes, overrides, training, folder / training.run_name))
    _check_distinct(cells)
    return cells


def digest_of(cells: Sequence[SweepCell]) -> str:
    """SHA-256 (hex, 8 characters) of the trainings of a sweep."""
    return sha256(" ".join(sorted(cell.training.run_name for cell in cells)))[:8]


def _check_distinct(cells: Sequence[SweepCell]) -> None:
    by_run: dict[Path, SweepCell] = {}
    for cell in cells:
        other = by_run.setdefault(cell.run, cell)
        if other is not cell:
            raise RecipeError(f"{other.label} and {cell.label} are the same training; name each value once")


def _values(pair: str) -> tuple[str, list[str]]:
    key, equals, text = pair.partition("=")
    values = list(_split(text))
    if not (key and equals and all(values)):
        raise RecipeError(f"{pair!r} is not of the form key=value,value, as in trainer.beta=0,0.01")
    return key, values


def _split(text: str) -> Iterator[str]:
    """Split at the commas outside brackets and quotes."""
    part = ""
    open_: list[str] = []
    for character in text:
        if open_ and character == open_[-1]:
            open_.pop()
        elif character in "'\"" and not (open_ and open_[-1] in "'\""):
            open_.append(character)
        elif character in _PAIRS and not (open_ and open_[-1] in "'\""):
            open_.append(_PAIRS[character])
        if character == "," and not open_:
            yield part.strip()
            part = ""
        else:
            part += character
    yield part.strip()
