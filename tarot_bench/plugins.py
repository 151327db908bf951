"""Find extensions of other packages through entry points, and import them when they are used."""

from collections.abc import Callable, Iterable
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
        try:
            return entry.load()
        except SystemExit as cause:  # of a script: it must not end this process as if all were done
            raise error(
                f"loading the plug-in {name!r} ({entry.value}) of package {_package(entry)}: it exits"
            ) from cause


def load_factory(group: str, name: str, error: type[UserError] = UserError) -> Callable[..., Any]:
    """As `load_plugin`, for entry points that name a factory.

    Raises:
        UserError: of type `error`; as `load_plugin`, or what it names cannot be called.
    """
    factory = load_plugin(group, name, error)
    if not callable(factory):
        raise error(f"the plug-in {name!r} ({group}) names an object of type {type(factory).__name__}, not a factory")
    return factory  # type: ignore[no-any-return]  # what an entry point names is known only at run time


def check_made(made: object, needed: Iterable[str], group: str, name: str, error: type[UserError] = UserError) -> None:
    """Check that what a plug-in's factory made has the attributes of its protocol.

    Raises:
        UserError: of type `error`; names what is missing.
    """
    if missing := [attribute for attribute in needed if not hasattr(made, attribute)]:
        raise error(
            f"the plug-in {name!r} ({group}) gives an object of type {type(made).__name__} without "
            + ", ".join(missing)
        )


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unnamed package"
