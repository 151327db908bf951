"""Build the command line of a jail and the setup of its zygote."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from tarot_bench.sandbox.backends.local import bubblewrap, interpreter
from tarot_bench.sandbox.base import Level
from tarot_bench.sandbox.inside.zygote import Setup

ENVIRONMENT = {"HOME": "/tmp", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"}
# Looks every symbol up once, before the first fork, and not in every child; the zygote removes it for those.
_LOADER = {"LD_BIND_NOW": "1"}
HASH_SEED = ENVIRONMENT["PYTHONHASHSEED"]
# One thread each: a zygote that forks must have no threads, and a test's CPU time is its own.
_WITH_PACKAGES = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_START = "import sys; sys.path.insert(0, sys.argv[1]); from tarot_bench.sandbox.inside.zygote import main; main()"
_TMPFS_FILES = 4096


@dataclass(frozen=True)
class JailPlan:
    """The configuration of one jail.

    Attributes:
        level: see `base.SandboxInfo`.
        uid: the unprivileged uid that the zygote switches to when it starts as root; else None.
        landlock_abi: the newest Landlock ABI to use.
        directory: a scratch directory of the host's, for levels without a private file system.
        packages: installed packages that programs may import, as ``{name: host path}``.
        preload: their modules that the zygote imports before the first program.
    """

    level: Level
    uid: int | None
    landlock_abi: int
    directory: Path | None = None
    packages: dict[str, str] = field(default_factory=dict)
    preload: tuple[str, ...] = ()


def command(plan: JailPlan, channel: int) -> list[str]:
    """Return the command that starts a jail, with its environment and working directory.

    Args:
        plan: the jail's configuration.
        channel: the descriptor of the zygote's end of the socket, inherited across the exec.
    """
    python = [interpreter.current().executable, "-c", _START]
    setup: Setup = {
        "channel": channel,
        "isolate": plan.level != "none",
        "uid": plan.uid,
        "own_uid": plan.level == "full" or plan.uid is not None,
        "landlock_abi": plan.landlock_abi,
        "read": ["/"],
        "write": ["/tmp"],
        "look": [],
        "tmpfs": ["/tmp", "/box"],
        "tmpfs_bytes": bubblewrap.TMPFS_BYTES,
        "tmpfs_files": _TMPFS_FILES,
        "program": "/box/main.py",
        "preload": list(plan.preload),
    }
    if plan.directory is None:
        environment = _environment(plan, "/site")
        return [*bubblewrap.command(plan.uid, plan.packages, environment), *python, "/jail", json.dumps(setup)]
    directory = _lay_out(plan, plan.directory)
    home = str(directory / "home")
    setup["program"] = str(directory / "box" / "main.py")
    setup["tmpfs"] = []
    setup["write"] = [home] if plan.level == "none" else []
    own = [str(directory / name) for name in ("box", "site", "jail")]
    setup["look"] = [tree for tree in interpreter.current().trees if _masked_in(tree)]
    setup["read"] = [*_readable(plan), *own, *bubblewrap.CODE.values()]
    words = [f"{name}={value}" for name, value in _environment(plan, str(directory / "site")).items()]
    return ["env", "-i", "-C", home, *words, *python, str(directory / "jail"), json.dumps(setup)]


def _environment(plan: JailPlan, site: str) -> dict[str, str]:
    packages = _WITH_PACKAGES | {"PYTHONPATH": site} if plan.packages else {}
    return ENVIRONMENT | _LOADER | packages


def _lay_out(plan: JailPlan, directory: Path) -> Path:
    """Make a scratch directory look like the inside of a jail."""
    code = directory / "jail" / "tarot_bench" / "sandbox"
    for made in (directory, code, directory / "site", directory / "box", directory / "home"):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)
    for name, target in bubblewrap.CODE.items():
        (code / name).symlink_to(target)
    for name, path in plan.packages.items():
        (directory / "site" / name).symlink_to(path)
    if plan.uid is not None:
        os.chown(directory / "box", plan.uid, plan.uid)
    return directory


def _readable(plan: JailPlan) -> list[str]:
    """The paths that a program may read where it sees the whole file system; masked paths are left out."""
    python = interpreter.current()
    found = ["/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/random", *plan.packages.values()]
    for tree in python.trees:
        inner = _masked_in(tree)
        found += _without(tree, inner) if inner else [tree]
    return found


def _masked_in(tree: str) -> list[str]:
    """The masked directories beneath a tree. The tree itself stays listable, as a starting interpreter needs it."""
    return [path for path in interpreter.current().masked if path.startswith(f"{tree}/")]


def _without(tree: str, masked: list[str]) -> list[str]:
    """The parts of a tree that do not lead to anything masked."""
    found: list[str] = []
    for entry in sorted(os.listdir(tree)):
        path = f"{tree}/{entry}"
        inner = [other for other in masked if other.startswith(f"{path}/")]
        if inner:
            found += _without(path, inner)
        elif path not in masked:
            found.append(path)
    return found
