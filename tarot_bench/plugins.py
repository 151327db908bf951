"""Find extensions of other packages through entry points, and import them when they are used."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from tarot_bench.errors import UserError, boundary


def installed(group: str) -> dict[str, tuple[EntryPoint, ...]]:
    """Return the entry points of a group by name, sorted; imports nothing.

    Several packages may claim one name: that is an error only when the name is used (see `load_plugin`).

    Args:
        group: the entry-point group, such as ``tarot_bench.models``.
    """
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in entry_points(group=group):
        found[entry.name] = (*found.get(entry.name, ()), entry)
    return dict(sorted(found.items()))


def load_plugin(group: str, name: str, error: type[UserError] = UserError) -> Any:
    """Import the object that an entry point names.

    Args:
        group: the entry-point group.
        name: the entry point's name; must be one of `installed`.
        error: the type to raise.

    Raises:
        UserError: of type `error`; several packages claim the name, or the plug-in cannot be imported.
    """
    candidates = installed(group)[name]
    if len(candidates) > 1:
        packages = ", ".join(sorted(map(_package, candidates)))
        raise error(f"{name!r} ({group}) is claimed by {packages}: uninstall all but one")
    entry = candidates[0]
    with boundary(error, f"loading the plug-in {name!r} ({entry.value}) of package {_package(entry)}"):
        return entry.load()


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unnamed package"
