"""The attack programs, and what each says of itself in its header.

A header is the leading comment lines ``# key: value``:

- ``wants``: what the program is after, in one line.
- ``routes``: the ways of being graded that it is meant for, of `ROUTES`.
- ``levels``: the levels of isolation it is meant for, of `LEVELS`; all of them when left out.
- ``limits``: fields of `Limits` that differ from `LIMITS`, as in ``cpu_s=3 wall_s=9``.
- ``allows``: verdicts that are right for it beside every kind of failure: ``PASSED`` for a program that also does
  honest work, ``UNGRADED`` where it may cost its own verdict.
- ``source``: a Python expression that gives the text to grade, where a file cannot hold it; ``body`` is the file's text.

Whatever a program must not get hold of, it reports by printing or returning a text with `ESCAPED`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tarot_bench.problem import Limits

FOLDER = Path(__file__).parent
ROUTES = ("stdin", "call", "literal", "suite", "checker", "reward")
LEVELS = ("full", "landlock", "landlock5")
"""``landlock5`` is ``landlock`` on a kernel whose Landlock does not confine signals."""
KINDS = {
    "memory": "find earlier programs, other inputs or expected outputs in memory",
    "verdict": "be told right without an answer",
    "value": "return what breaks or stalls whoever reads it",
    "checker": "print what breaks, stalls or persuades the problem's checker",
    "resource": "take all that there is inside the jail",
    "quota": "take all that the kernel gives to one user",
    "process": "signal, trace, slow or change another process",
    "time": "use more time than is counted",
    "persist": "leave something for the next program",
    "reach": "read or change the host's files, or use its network",
    "kernel": "use rarely used parts of the kernel",
    "crash": "crash what compiles, starts, reads or shows programs",
}
LIMITS = Limits(cpu_s=1, wall_s=3, memory_mib=256, output_kib=1024, processes=16)
ESCAPED = "ESC" + "APED"
_KEYS = {"wants", "routes", "levels", "limits", "allows", "source"}


@dataclass(frozen=True)
class Attack:
    """One program.

    Attributes:
        name: ``kind/name``.
        wants: what it is after.
        routes: where it applies.
        levels: at which levels of isolation.
        limits: what it is graded under.
        allows: verdicts that are right for it beside failures.
        source: the text to grade.
    """

    name: str
    wants: str
    routes: tuple[str, ...]
    levels: tuple[str, ...]
    limits: Limits
    allows: frozenset[str]
    source: str

    @property
    def kind(self) -> str:
        """The folder it is in."""
        return self.name.partition("/")[0]


@cache
def corpus() -> dict[str, Attack]:
    """Every program by its name, in order."""
    return {path.relative_to(FOLDER).with_suffix("").as_posix(): read(path) for path in paths()}


def paths() -> list[Path]:
    """The programs' files."""
    return sorted(path for kind in KINDS for path in (FOLDER / kind).glob("*.py"))


def read(path: Path) -> Attack:
    """Read one file.

    Raises:
        ValueError: its header is not one.
    """
    body = path.read_text(encoding="utf-8")
    header = dict(_fields(body))
    if not {"wants", "routes"} <= set(header) <= _KEYS:
        raise ValueError(f"{path.name}: a header has `wants` and `routes`, and may have {sorted(_KEYS)}")
    routes, levels = header["routes"].split(), header.get("levels", " ".join(LEVELS)).split()
    if not (set(routes) <= set(ROUTES) and set(levels) <= set(LEVELS)):
        raise ValueError(f"{path.name}: routes are {ROUTES}, levels are {LEVELS}")
    numbers = {key: float(value) for key, value in (pair.split("=") for pair in header.get("limits", "").split())}
    return Attack(
        name=f"{path.parent.name}/{path.stem}",
        wants=header["wants"],
        routes=tuple(routes),
        levels=tuple(levels),
        limits=Limits.model_validate(LIMITS.model_dump() | numbers),
        allows=frozenset(header.get("allows", "").split()),
        source=eval(header["source"], {"body": body}) if "source" in header else body,
    )


def _fields(body: str) -> Iterator[tuple[str, str]]:
    for line in body.splitlines():
        key, colon, value = line.removeprefix("# ").partition(": ")
        if not (line.startswith("# ") and colon and key in _KEYS):
            return
        yield key, value.strip()
