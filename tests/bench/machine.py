"""The machine, and a Python on it that nobody has hooked anything into.

Cold starts are what the other sides pay for, so theirs must be clean: one import in a ``.pth`` file of the installed
packages, or a version manager's shim in place of ``python``, makes them several times slower than they are.
"""

import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

from tarot_bench.sandbox import open_sandbox

ROOT = Path(__file__).parents[2]
BASE = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
"""The interpreter itself: no shim, no virtual environment's link."""
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | {
    "LANG": "C.UTF-8",
    # As in our jails: a library's threads would be counted against whoever has more cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
"""What every side inherits; nothing that starts with PYTHON."""
_PACKAGES = ("tarot-bench", "evalplus", "numpy", "altair")


class CleanPython:
    """A virtual environment of our own with no installed packages, hence no ``.pth`` files; numpy is linked in.

    It starts as fast as the base interpreter does when that has no hooks.
    """

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.executable = str(folder / "bin" / "python")
        (site,) = folder.glob("lib/python*/site-packages")
        self.has_numpy = _link_numpy(site)
        self.hooks = sorted(path.name for path in site.glob("*.pth"))

    def facts(self) -> dict:
        """What one starts, and how long that takes (ms, median of 20 starts on an idle pipe)."""
        command = [self.executable, "-c", "import sys; print(len(sys.modules))"]
        seconds = []
        for _ in range(20):
            start = time.perf_counter()
            modules = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
            seconds.append(time.perf_counter() - start)
        return {
            "base": BASE,
            "version": platform.python_version(),
            "pth_files": self.hooks,
            "modules_at_start": int(modules),
            "environment": sorted(ENVIRONMENT),
            "cold_start_ms": round(1000 * statistics.median(seconds), 2),
        }


def _link_numpy(site: Path) -> bool:
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        return False
    package = Path(spec.origin).parent
    for path in (package, package.with_name("numpy.libs")):
        if path.exists():
            (site / path.name).symlink_to(path)
    return True


def facts() -> dict:
    """What a number means nothing without."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "sessions_share_cores": _autogroup(),
        "user": "root" if os.geteuid() == 0 else "ordinary",
        "versions": {name: _version(name) for name in _PACKAGES},
        "commit": _commit(),
        "sandbox": _sandbox(),
    }


def load() -> list[float]:
    """Load averages over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _autogroup() -> bool:
    """Whether Linux divides a busy core by session before it divides by process."""
    switch = Path("/proc/sys/kernel/sched_autogroup_enabled")
    return switch.is_file() and switch.read_text().strip() == "1"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _sandbox() -> dict:
    with open_sandbox("local", workers=1) as sandbox:
        return asdict(sandbox.info)


def _commit() -> str | None:
    said = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return said.stdout.strip() or None
