"""Create the files of an export: whole or not at all, and never over another file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tarot_bench.atomic import make_folder, move
from tarot_bench.errors import RunError


def check_free(path: Path) -> None:
    """Check that a file can be created.

    Raises:
        RunError: it exists.
    """
    if path.exists():
        raise RunError(f"{path} exists; remove it, or choose another --output")


@contextmanager
def created(path: Path) -> Iterator[Path]:
    """Give a path of the same name to write to; the file moves to `path` when the block ends without an error.

    Raises:
        RunError: `path` exists, or cannot be written.
    """
    check_free(path)
    try:
        make_folder(path.parent)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            partial = Path(folder, path.name)
            yield partial
            move(partial, path)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}; choose another --output") from None
