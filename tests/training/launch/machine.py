"""A machine that has what a launch needs: GPUs that nvidia-smi lists, ``vllm`` and ``accelerate`` beside Python."""

import os
import socket
import sys
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "tests" / "servers" / "vllm_package"
TRAINS = "echo step 1; echo device $CUDA_VISIBLE_DEVICES; exit 0"


class StandInMachine:
    """Programs in a folder: a Python that is a link, and stand-ins beside it, as in an environment that is not active.

    Args:
        folder: where it is made.
        gpus: that nvidia-smi lists, of 80 GB each.
        accelerate: a shell script in place of ``accelerate``; None leaves it out.
    """

    def __init__(self, folder: Path, gpus: int = 8, accelerate: str | None = TRAINS) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.python = self.bin / "python"
        self.python.symlink_to(sys.executable)
        self.write("vllm", f'exec {sys.executable} -I {ROOT}/tests/servers/vllm.py "$@"')
        rows = "".join(f"{index}, GPU-{index}, NVIDIA H100 80GB HBM3, 81559\\n" for index in range(gpus))
        self.write("nvidia-smi", f"printf '{rows}'")
        if accelerate is not None:
            self.write("accelerate", accelerate)

    def write(self, name: str, script: str) -> None:
        """Add a program."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def enter(self, monkeypatch) -> None:
        """Make this process one that runs on the machine."""
        monkeypatch.setattr(sys, "executable", str(self.python))
        monkeypatch.setenv("PATH", f"{self.bin}:{os.environ['PATH']}")
        monkeypatch.syspath_prepend(PACKAGE)
        for package in ("deepspeed", "trl", "peft", "flash_attn"):
            self.install(package, monkeypatch)

    def install(self, package: str, monkeypatch) -> None:
        """Make a package one that is installed, as far as its version says."""
        folder = self.bin / "site" / f"{package}-9.9.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 9.9\n")
        monkeypatch.syspath_prepend(self.bin / "site")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
