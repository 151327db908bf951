"""Find the interpreter that runs the programs, and the files that it needs."""

import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[3]
_PACKAGE_DIRECTORIES = ("site-packages", "dist-packages")
_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/bin")
_SHELL = "/usr/bin/sh"


@dataclass(frozen=True)
class Interpreter:
    """A Python without its installed packages.

    Attributes:
        executable: the base interpreter, not a virtual environment's link to it.
        version: such as ``3.11.7``.
        trees: directories, files and links that must be readable.
        masked: directories beneath them that must be hidden: installed packages, and this one with its gold solutions.
    """

    executable: str
    version: str
    trees: tuple[str, ...]
    masked: tuple[str, ...]


@cache
def current() -> Interpreter:
    """The interpreter that runs this process."""
    executable = str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix, "installed_base": sys.base_prefix}
    stdlib = [str(Path(sysconfig.get_path(name, vars=base)).resolve()) for name in ("stdlib", "platstdlib")]
    shared = sorted(map(str, (Path(sys.base_prefix).resolve() / "lib").glob("libpython*.so*")))
    shell = [_SHELL, str(Path(_SHELL).resolve())]
    wanted = dict.fromkeys([*_SYSTEM, *shell, executable, *stdlib, *shared])
    trees = tuple(path for path in wanted if Path(path).exists() and not _is_inside(path, wanted))
    masked = sorted({str(found) for tree in trees for found in _installed_packages(Path(tree))})
    if any(PACKAGE.is_relative_to(tree) for tree in trees) and not any(PACKAGE.is_relative_to(m) for m in masked):
        masked.append(str(PACKAGE))
    return Interpreter(executable, ".".join(map(str, sys.version_info[:3])), trees, tuple(masked))


def private_part() -> str | None:
    """The first parent directory of the interpreter that an unprivileged user may not enter; None if there is none."""
    for tree in current().trees:
        for parent in reversed(Path(tree).parents):
            if not parent.stat().st_mode & 0o001:
                return str(parent)
    return None


def _is_inside(path: str, others: dict[str, None]) -> bool:
    return any(path != other and Path(path).is_relative_to(other) and not Path(other).is_symlink() for other in others)


def _installed_packages(tree: Path) -> list[Path]:
    if not tree.is_dir() or tree.is_symlink():
        return []
    return [found for name in _PACKAGE_DIRECTORIES for found in (*tree.glob(name), *tree.glob(f"*/{name}"))]
