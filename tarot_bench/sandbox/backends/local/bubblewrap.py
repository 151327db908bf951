"""Build the bubblewrap command line: namespaces, and a root with little more than an interpreter (bwrap(1))."""

import os
import shutil
from pathlib import Path

from tarot_bench.sandbox.backends.local import interpreter

TMPFS_BYTES = 64 * 1024 * 1024
_SANDBOX = Path(__file__).parents[2]
CODE = {"inside": str(_SANDBOX / "inside"), "values": str(_SANDBOX / "values")}
"""This package's own files that exist in a jail, beneath ``/jail/tarot_bench/sandbox``."""


def command(uid: int | None, packages: dict[str, str], environment: dict[str, str]) -> list[str]:
    """Return the bubblewrap arguments that precede the command to run.

    Args:
        uid: the uid that the command switches to by itself; None creates a user namespace instead.
        packages: directories to show beneath ``/site``, as ``{name: host path}``.
        environment: the whole environment.
    """
    unshare = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    # What the zygote needs to cap its file systems and to take its uid; it then gives everything up.
    capabilities = ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]
    if uid is None:
        unshare.append("--unshare-user")  # with the uid as it is: another would cost a second, weaker namespace
    else:
        capabilities += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [
        *(shutil.which("bwrap") or "bwrap", *unshare, *capabilities, "--hostname", "sandbox"),
        *("--new-session", "--as-pid-1", "--clearenv"),
        *(word for name, value in environment.items() for word in ("--setenv", name, value)),
        *_filesystem(packages),
        *("--chdir", "/tmp", "--"),
    ]


def _filesystem(packages: dict[str, str]) -> list[str]:
    python = interpreter.current()
    made: set[str] = set()
    words: list[str] = []
    for path, mode in (("/tmp", "1777"), ("/box", "0777")):
        words += ["--perms", mode, "--size", str(TMPFS_BYTES), "--tmpfs", path]
    words += ["--proc", "/proc", *_devices()]
    for tree in python.trees:
        words += _bind(tree, tree, made)
    for path in python.masked:
        words += ["--perms", "0755", "--tmpfs", path, "--remount-ro", path]
    for name, path in CODE.items():
        words += _bind(path, f"/jail/tarot_bench/sandbox/{name}", made)
    for name, path in packages.items():
        words += _bind(path, f"/site/{name}", made)
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]


def _devices() -> list[str]:
    """Build a minimal /dev. ``--dev`` includes terminals, for which bubblewrap nests a second user namespace."""
    words = ["--perms", "0755", "--tmpfs", "/dev"]
    for name in ("null", "zero", "full", "random", "urandom"):
        words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        words += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    return [*words, "--symlink", "/tmp", "/dev/shm"]  # one place for all that a test may leave


def _bind(source: str, target: str, made: set[str]) -> list[str]:
    """Bind a path read-only, with parents that every user may enter (bubblewrap makes them private)."""
    parents = [str(parent) for parent in reversed(Path(target).parents)][1:]
    words = [word for parent in parents if parent not in made for word in ("--perms", "0755", "--dir", parent)]
    made.update(parents)
    if os.path.islink(source):
        return [*words, "--symlink", os.readlink(source), target]
    made.add(target)
    return [*words, "--ro-bind", source, target]
