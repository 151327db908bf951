"""Find curricula: by path, by shipped or published name, or through an entry point."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tarot_bench.config import build, load_yaml
from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.plugins import installed, load_plugin
from tarot_bench.recipes import root
from tarot_bench.training.curriculum.schedule import Curriculum

GROUP = "tarot_bench.curricula"
"""Entry-point group: a value is a `Curriculum`, a mapping of its fields, or a function without arguments for either."""
FOLDER = "training_baselines/curricula"


def load_curriculum(argument: Curriculum | str | Path) -> Curriculum:
    """Load a curriculum by path, name or entry point; one that is loaded is given back.

    Args:
        argument: a path to a YAML file, a shipped name or published alias, or the name of an entry point of group
            ``tarot_bench.curricula``.

    Raises:
        RecipeError: none of these (lists the names), or it is not a curriculum.
    """
    if isinstance(argument, Curriculum):
        return argument
    if not isinstance(argument, (str, Path)):
        raise RecipeError(f"a curriculum is a name, a file or a `Curriculum`, not {argument!r}")
    argument = str(argument)
    named = root() / FOLDER / f"{argument}.yaml"
    for path in (Path(argument).expanduser(), named):
        if path.is_file():
            return load_yaml(Curriculum, path)
    known = shipped_curricula()
    for curriculum in known.values():
        if argument in curriculum.aliases:
            return curriculum
    plugins = installed(GROUP)
    if argument in plugins:
        return _plugged_in(argument)
    aliases = [alias for curriculum in known.values() for alias in curriculum.aliases]
    raise RecipeError(
        f"{argument!r} is neither a file nor a curriculum; shipped: {', '.join(known)}; "
        f"published names: {', '.join(aliases)}; plug-ins: {', '.join(plugins) or 'none installed'}"
        f"{did_you_mean(argument, [*known, *aliases, *plugins])}"
    )


def shipped_curricula() -> dict[str, Curriculum]:
    """The curricula of training_baselines/curricula by name."""
    files = sorted((root() / FOLDER).glob("*.yaml"))
    return {file.stem: load_yaml(Curriculum, file) for file in files}


def _plugged_in(name: str) -> Curriculum:
    found: Any = load_plugin(GROUP, name, RecipeError)
    made = found() if callable(found) else found
    if isinstance(made, Curriculum):
        return made
    if isinstance(made, Mapping):
        return build(Curriculum, made, f"the curriculum plug-in {name!r}")
    raise RecipeError(
        f"the plug-in {name!r} gives a {type(made).__name__}, not a curriculum or a mapping of its fields"
    )
