"""Pack the sandbox's own code for a remote machine that has only Python 3.11 or later.

The files go as they are. Only `problem` and `verdict` are generated, reduced to the types that the sandbox uses,
since the originals need pydantic.
"""

import inspect
import io
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tarot_bench
from tarot_bench.problem import Limits
from tarot_bench.verdict import Ending, Execution

_ROOT = Path(tarot_bench.__file__).parent
_FAR_END = ("__init__.py", "parcels.py", "remote.py")


@cache
def pack() -> bytes:
    """Return a gzipped tar archive that contains a ``tarot_bench`` package."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=6) as archive:
        for name, text in _files():
            entry = tarfile.TarInfo(f"tarot_bench/{name}")
            entry.size, entry.mode = len(text), 0o644
            archive.addfile(entry, io.BytesIO(text))
    return buffer.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    yield "__init__.py", b""
    yield "problem.py", _limits().encode()
    yield "verdict.py", _execution().encode()
    for name in ("checks.py", "errors.py"):
        yield name, (_ROOT / name).read_bytes()
    sandbox, backends = _ROOT / "sandbox", _ROOT / "sandbox" / "backends"
    far_end = [backends / "__init__.py", *(backends / "e2b" / name for name in _FAR_END)]
    patterns = ("*.py", "inside/*.py", "values/*.py", "backends/local/*.py")
    modules = [path for pattern in patterns for path in sandbox.glob(pattern)]
    for path in sorted([*modules, *far_end]):
        yield str(path.relative_to(_ROOT)), path.read_bytes()


def _limits() -> str:
    lines = ["from dataclasses import dataclass\n\n", "@dataclass(frozen=True)", "class Limits:"]
    defaults = Limits().model_dump()
    lines += [f"    {name}: {type(value).__name__} = {value!r}" for name, value in defaults.items()]
    return "\n".join([*lines, ""])


def _execution() -> str:
    imports = "import typing\nfrom dataclasses import dataclass\n\n"
    return f"{imports}Ending = {Ending!r}\n\n\n{inspect.getsource(Execution)}"
