"""How a jail is started: the command line, and what the zygote is told of its surroundings."""

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from tarot_bench.sandbox import interpreter
from tarot_bench.sandbox.base import Level
from tarot_bench.sandbox.inside.zygote import Setup

ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",
    # One thread each: a zygote that forks must have no threads, and a test's CPU time is its own.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
HASH_SEED = ENVIRONMENT["PYTHONHASHSEED"]
_TMPFS_BYTES = 64 * 1024 * 1024
_TMPFS_FILES = 4096
_NOBODY = 65534
_START = "import sys; sys.path.insert(0, sys.argv[1]); from tarot_bench.sandbox.inside.zygote import main; main()"
_INSIDE = Path(__file__).parent / "inside"
_VALUES = Path(__file__).parent / "values.py"


@dataclass(frozen=True)
class Plan:
    """What one jail is to be.

    Attributes:
        level: ``full`` or ``none``; see `base.SandboxInfo`.
        uid: the unprivileged uid that the zygote takes, when it starts as root; else None.
        landlock_abi: the newest Landlock ABI to use.
        directory: a scratch directory of the host's for levels without a file system of their own.
        packages: installed packages that programs may import, as ``{name: host path}``.
        preload: modules that the zygote imports before the first program.
    """

    level: Level
    uid: int | None
    landlock_abi: int
    directory: Path | None = None
    packages: dict[str, str] = field(default_factory=dict)
    preload: tuple[str, ...] = ()


def command(plan: Plan, channel: int) -> list[str]:
    """The command that starts a jail; its environment and working directory come with it.

    Args:
        plan: what it is to be.
        channel: the descriptor of the zygote's end of the socket, inherited across the exec.
    """
    python = interpreter.current().executable
    isolate = plan.level != "none"
    setup: Setup = {
        "channel": channel,
        "isolate": isolate,
        "uid": plan.uid,
        "own_uid": isolate,
        "landlock_abi": plan.landlock_abi,
        "read": ["/"],
        "write": ["/tmp", "/dev/shm"],
        "tmpfs": ["/tmp", "/dev/shm", "/box"],
        "tmpfs_bytes": _TMPFS_BYTES,
        "tmpfs_files": _TMPFS_FILES,
        "program": "/box/main.py",
        "preload": list(plan.preload),
    }
    if isolate:
        return [*_bwrap(plan), "--", python, "-c", _START, "/jail", json.dumps(setup)]
    directory = _lay_out(plan.directory or Path())
    setup["write"] = [str(directory / "home")]
    setup["program"] = str(directory / "box" / "main.py")
    environment = [f"{name}={value}" for name, value in ENVIRONMENT.items()]
    into = ["-C", str(directory / "home")]
    return ["env", "-i", *into, *environment, python, "-c", _START, str(directory / "jail"), json.dumps(setup)]


def _lay_out(directory: Path) -> Path:
    """Make a scratch directory look like the inside of a jail."""
    code = directory / "jail" / "tarot_bench" / "sandbox"
    for made in (code, directory / "box", directory / "home"):
        made.mkdir(parents=True)
    (code / "inside").symlink_to(_INSIDE)
    (code / "values.py").symlink_to(_VALUES)
    return directory


def _bwrap(plan: Plan) -> list[str]:
    path = shutil.which("bwrap") or "bwrap"
    unshare = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    capabilities = ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]
    if plan.uid is None:
        unshare += ["--unshare-user", "--uid", str(_NOBODY), "--gid", str(_NOBODY)]
    else:
        capabilities += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    variables = ENVIRONMENT | ({"PYTHONPATH": "/site"} if plan.packages else {})
    environment = [word for name, value in variables.items() for word in ("--setenv", name, value)]
    return [
        *(path, *unshare, *capabilities, "--hostname", "sandbox", "--new-session", "--as-pid-1"),
        *("--clearenv", *environment),
        *_filesystem(plan),
        *("--chdir", "/tmp"),
    ]


def _filesystem(plan: Plan) -> list[str]:
    """A root with nothing but the interpreter, the system's libraries, and small file systems of its own."""
    python = interpreter.current()
    made: set[str] = set()
    words: list[str] = []
    for path, mode in (("/tmp", "1777"), ("/box", "0777")):
        words += ["--perms", mode, "--size", str(_TMPFS_BYTES), "--tmpfs", path]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--perms", "1777", "--size", str(_TMPFS_BYTES), "--tmpfs", "/dev/shm"]
    for tree in python.trees:
        words += _bind(tree, tree, made)
    for path in python.masked:
        words += ["--perms", "0755", "--tmpfs", path, "--remount-ro", path]
    words += _bind(str(_INSIDE), "/jail/tarot_bench/sandbox/inside", made)
    words += _bind(str(_VALUES), "/jail/tarot_bench/sandbox/values.py", made)
    for name, path in plan.packages.items():
        words += _bind(path, f"/site/{name}", made)
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/"]


def _bind(source: str, target: str, made: set[str]) -> list[str]:
    """Words that show a path read-only, with parents that everyone may enter (bubblewrap makes them private)."""
    parents = [str(parent) for parent in reversed(Path(target).parents)][1:]
    words = [word for parent in parents if parent not in made for word in ("--perms", "0755", "--dir", parent)]
    made.update(parents)
    if os.path.islink(source):
        return [*words, "--symlink", os.readlink(source), target]
    made.add(target)
    return [*words, "--ro-bind", source, target]
