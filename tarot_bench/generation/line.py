"""The order of the stages of a recipe.

Whatever can be checked without a paid answer comes before the stage that pays: a problem that is dropped early is never
asked for.
"""

from collections.abc import Mapping
from typing import Any

FREE_CHECKS = ("ambiguity", "dedup", "decontaminate")
SECTIONS = {
    "ambiguity": ("ambiguity",),
    "agreement": ("ambiguity",),
    "dedup": ("dedup", "embeddings"),
    "decontaminate": ("decontaminate",),
    "selection": ("selection",),
    "measure": ("measure",),
}
"""The sections of a recipe that stages read whose settings change no paid answer."""


def stages_of(settings: Mapping[str, Any]) -> list[str]:
    """The names of a recipe's stages, in order.

    Args:
        settings: the recipe by section; a stage whose section is null is left out.
    """
    checks = [name for name in FREE_CHECKS if settings.get(name) is not None]
    if settings.get("generators"):
        solve = ["solve"] if settings.get("solvers") else []
        made = ["source", "originals", *checks, *solve, "author", "validate", "repair"]
        made += ["agreement"] if "ambiguity" in checks else []
    else:
        made = ["source", "validate", "complete", *checks]
    return made + [name for name in ("selection", "measure") if settings.get(name) is not None]
