"""What this machine has for a training: GPUs, programs, packages, free ports and free disk space."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tarot_bench.training.launch.estimate import GIB

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU.

    Attributes:
        index: as CUDA_VISIBLE_DEVICES counts it.
        name: of the product.
        memory: bytes of all its memory.
    """

    index: str
    name: str
    memory: float

    def __str__(self) -> str:
        return f"{self.name}, {self.memory / GIB:.1f} GiB"


def visible_gpus() -> list[Gpu]:
    """The GPUs that ``nvidia-smi`` lists, those of CUDA_VISIBLE_DEVICES only where it is set; empty without any."""
    query = ["nvidia-smi", "--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(query, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = [[field.strip() for field in line.split(",")] for line in said.stdout.splitlines()]
    named = {key: Gpu(row[0], row[2], float(row[3]) * _MIB) for row in rows if _is_gpu(row) for key in row[:2]}
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None:
        return list(dict.fromkeys(named.values()))
    return [named[key] for key in wanted.replace(" ", "").split(",") if key in named]


def _is_gpu(row: list[str]) -> bool:
    return len(row) == 4 and row[3].replace(".", "", 1).isdigit()


def find_program(name: str) -> str | None:
    """The path of a program: beside this Python, so that no environment has to be activated, or on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if os.access(beside, os.X_OK) else shutil.which(name)


def package_version(package: str) -> str | None:
    """The version of an installed package; None if it is missing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def port_is_free(port: int) -> bool:
    """Whether a server could listen on a port of this machine."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except OSError:
            return False
    return True


def free_bytes(folder: Path) -> int:
    """Free disk space where a folder is, or will be."""
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    return shutil.disk_usage(existing).free
