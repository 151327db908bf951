"""How a remote machine gets this package: a wheel of this checkout that travels with the job, a git URL, or PyPI."""

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tarot_bench import __version__
from tarot_bench.errors import RecipeError, one_line
from tarot_bench.recipes import root

_WHEEL = f"tarot_bench-{__version__}-py3-none-any.whl"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a job installs this package from.

    Attributes:
        requirement: for pip, with ``{extras}`` to fill in.
        wheel: the wheel to build, relative to the working directory; None where nothing travels.
        note: what was chosen, and what else could be.
    """

    requirement: str
    wheel: Path | None
    note: str

    def with_extras(self, extras: str) -> str:
        """The requirement with extras, as in ``train``."""
        return self.requirement.format(extras=extras)


def source_of(install: str | None, job: str) -> Source:
    """Where a job installs this package from.

    Args:
        install: the recipe's ``install``; None takes a wheel in a checkout, and PyPI elsewhere.
        job: name of the folder for a wheel.

    Raises:
        RecipeError: a wheel is asked for where there is no checkout.
    """
    choice = install or ("wheel" if _checkout() else "pypi")
    if choice == "wheel":
        if not _checkout():
            raise RecipeError("install=wheel needs a checkout of tarot-bench: set install=pypi or install=git+URL")
        wheel = Path(f"{job}.files") / _WHEEL
        note = "the job installs a wheel of this checkout, which travels with it"
        return Source(f"./{wheel}[{{extras}}]", wheel, f"{note} (or set install=pypi, install=git+URL)")
    if choice == "pypi":
        note = f"the job installs tarot-bench {__version__} from PyPI, which must have it"
        return Source(f"tarot-bench[{{extras}}]=={__version__}", None, f"{note} (or set install=git+URL)")
    return Source(f"tarot-bench[{{extras}}] @ {choice}", None, f"the job installs {choice}")


def build_wheel(wheel: Path) -> None:
    """Build the wheel of this checkout.

    Raises:
        RecipeError: pip cannot build it; one line.
    """
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *isolation]
    said = subprocess.run(
        [*command, "--wheel-dir", str(wheel.parent), str(root())], capture_output=True, text=True, check=False
    )
    if said.returncode or not wheel.is_file():
        last = (said.stderr.strip().splitlines() or ["no wheel was written"])[-1]
        raise RecipeError(f"building {wheel}: {one_line(Exception(last))}")


def _checkout() -> bool:
    return (root() / "pyproject.toml").is_file()
