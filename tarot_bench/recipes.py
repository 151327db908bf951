"""Find files of the four folders of user-edited inputs: by path, or by shipped name."""

from collections.abc import Iterator
from pathlib import Path

from tarot_bench.errors import RecipeError, did_you_mean

FOLDERS = ("data_cards", "generation", "eval", "training_baselines")
_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_recipes"


def root() -> Path:
    """The directory that holds the four folders: inside an installed package, or the top of a checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def find(argument: str, folder: str, suffix: str = ".yaml") -> Path:
    """Resolve a command-line argument to a file.

    Args:
        argument: a path to a file, or the name of a shipped one (its stem).
        folder: where shipped names are looked up, as in ``eval/suites``.
        suffix: of the files in that folder.

    Raises:
        RecipeError: neither a file nor a shipped name; lists the names.
    """
    path = Path(argument).expanduser()
    if path.is_file():
        return path
    names = {file.stem: file for file in sorted((root() / folder).glob(f"*{suffix}"))}
    if argument in names:
        return names[argument]
    listed = ", ".join(names) or "none"
    raise RecipeError(
        f"{argument!r} is neither a file nor a shipped name in {folder}/; shipped: {listed}"
        f"{did_you_mean(argument, names)}"
    )


def shipped() -> Iterator[Path]:
    """Every shipped file, relative to `root`, sorted within each folder."""
    for folder in FOLDERS:
        for file in sorted((root() / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(root())
