"""Replace files and folders atomically: readers, kills and power cuts see either the old or the new content."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from tarot_bench.errors import RunError


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file's content; see `replacing`."""
    with replacing(path) as file:
        if isinstance(content, bytes):
            file.buffer.write(content)
        else:
            file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[TextIOWrapper]:
    """Open a UTF-8 file for writing that replaces `path` when the block ends without an error.

    Content and folder are synchronised with the disk first. Half of a surrogate pair is written as an escape.

    Raises:
        RunError: it could not be written; the old content is kept.
    """
    partial = _beside(path)
    try:
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        move(partial, path)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror}; free some space, or choose another folder") from None
    finally:
        with suppress(OSError):
            partial.unlink()


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Create an empty folder that replaces `path` when the block ends without an error.

    Raises:
        OSError: it could not be written; the old folder is kept.
    """
    partial, old = _beside(path), path.with_name(path.name + ".old")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    for folder, _, files in os.walk(partial):
        for name in files:
            _sync(Path(folder, name))
        _sync(Path(folder))
    _remove(old)
    if path.exists() or path.is_symlink():
        path.replace(old)
    move(partial, path)
    _remove(old)


def move(source: Path, target: Path) -> None:
    """Rename a synchronised file or folder over another of the same parent, so that a power cut does not undo it."""
    source.replace(target)
    _sync(target.parent)


def make_folder(path: Path) -> None:
    """Create a folder and the missing ones above it, so that a power cut does not undo it.

    Raises:
        OSError: one of them cannot be created.
    """
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        _sync(path.parent)


def _remove(folder: Path) -> None:
    """Remove a folder if it is there; of a link to one, the link."""
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".partial")


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
