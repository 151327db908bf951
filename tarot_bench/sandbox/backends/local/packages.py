"""Choose the installed packages that programs may import, and find the programs that import them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from importlib.util import find_spec
from pathlib import Path

from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.sandbox.backends.local.interpreter import PACKAGE

_DEFAULT = "numpy"
_MODULES = (".py", *EXTENSION_SUFFIXES)


@dataclass(frozen=True)
class Packages:
    """Installed packages, with their dependencies.

    Attributes:
        paths: what must be visible to a program that imports one of them, as ``{name: host path}``.
        names: what such a program may import: top-level modules.
        preload: those of the packages themselves, without their dependencies.
        versions: as ``{distribution: version}``.
    """

    paths: dict[str, str]
    names: tuple[str, ...]
    preload: tuple[str, ...]
    versions: dict[str, str]

    def imported_by(self, source: str) -> bool:
        """Whether a program seems to import one of them."""
        # Looking for a word is many times faster than looking for a pattern, and most programs have none of these.
        named = [name for name in self.names if name in source]
        return bool(named) and _import_of(named).search(source) is not None


def installed(names: Sequence[str] | None = None) -> Packages:
    """Find packages and all of their installed dependencies.

    Args:
        names: distribution names or import names; None is numpy, or nothing where that is not installed.

    Raises:
        SandboxUnavailableError: one of them is not installed, or is this package, which holds reference solutions.
    """
    if names is None:
        names = (_DEFAULT,) if _distribution(_DEFAULT) else ()
    asked = {found.name: found for found in map(_required, names)}
    parts = {found.name: _parts(found) for found in _with_requirements(list(asked.values()))}
    for name, paths in parts.items():
        if any(PACKAGE.is_relative_to(path) for path in paths):
            raise SandboxUnavailableError(f"sandbox.packages: {name} holds reference solutions; leave it out")
        if name in asked and not any(map(_module, paths)):
            raise SandboxUnavailableError(f"sandbox.packages: nothing of {name} can be imported; reinstall it with pip")
    return Packages(
        paths={path.name: str(path) for paths in parts.values() for path in paths},
        names=tuple(_modules(path for paths in parts.values() for path in paths)),
        preload=tuple(name for name in _modules(path for name in asked for path in parts[name]) if name[0] != "_"),
        versions={name: distribution(name).version for name in sorted(parts)},
    )


def _import_of(names: Sequence[str]) -> re.Pattern[str]:
    any_name = "|".join(map(re.escape, names))
    pattern = rf"\b(?:import|from)\b[^\n]*\b(?:{any_name})\b|import(?:_module|__)\s*\(\s*['\"](?:{any_name})\b"
    return re.compile(pattern)  # `re` keeps the patterns of the last programs


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except (PackageNotFoundError, ValueError):  # ValueError: the name is empty
        return None


def _required(name: str) -> Distribution:
    found = _distribution(name)
    if found is None:  # perhaps the name that programs import, as `sklearn` of scikit-learn
        found = next((_distribution(other) for other in packages_distributions().get(name, ())), None)
    if found is None:
        raise SandboxUnavailableError(f"sandbox.packages: {name!r} is not installed here: pip install {name!r}")
    return found


def _with_requirements(asked: list[Distribution]) -> list[Distribution]:
    """Distributions and their installed requirements, without extras."""
    found: dict[str, Distribution] = {}
    waiting = asked[::-1]
    while waiting:
        one = waiting.pop()
        if one.name in found:
            continue
        found[one.name] = one
        for requirement in one.requires or ():
            name, _, marker = requirement.partition(";")
            needed = _distribution(re.split(r"[^\w.-]", name.strip(), maxsplit=1)[0])
            if needed is not None and "extra" not in marker:
                waiting.append(needed)
    return list(found.values())


def _parts(found: Distribution) -> list[Path]:
    """A distribution's top-level files and folders: modules, shared libraries, and metadata that some modules read."""
    tops = {file.parts[0] for file in found.files or () if len(file.parts) > 1 or file.suffix in (".py", ".so")}
    parts = [Path(str(found.locate_file(top))) for top in sorted(tops - {"..", "__pycache__"})]
    if not any(map(_module, parts)):  # no list of files, as of a system's package, or a project that is edited in place
        spec = find_spec(re.sub(r"[-.]", "_", found.name))
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            home = origin.parent if spec.submodule_search_locations else origin
            parts += [home, home.with_name(f"{home.name}.libs")]
    return [path.resolve() for path in parts if path.exists()]


def _modules(paths: Iterable[Path]) -> list[str]:
    return [name for name in map(_module, paths) if name]


def _module(path: Path) -> str:
    """The name under which a path can be imported; ``""`` if it cannot."""
    suffix = next((suffix for suffix in _MODULES if path.name.endswith(suffix)), "")
    name = path.name.removesuffix(suffix)
    return name if name.isidentifier() and (suffix or path.is_dir()) else ""
