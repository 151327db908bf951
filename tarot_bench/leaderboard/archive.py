"""Zip files of submissions: written with equal bytes for equal contents, read without trust."""

import hashlib
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tarot_bench.atomic import make_folder, move
from tarot_bench.errors import DataError, RunError, one_line
from tarot_bench.problem import Frozen

MOST_BUNDLE_BYTES = 512 * 2**20
MOST_CONTENT_BYTES = 2 * 2**30
MOST_LINE_BYTES = 16 * 2**20
_MOST_FILES = 1000
_MOST_DIRECTORY_BYTES = 2**20
_FREE_BYTES = 64 * 2**20
_MOST_RATIO = 200
_CHUNK_BYTES = 2**20
_END = struct.Struct("<4s4H2LH")
_NAME = re.compile(r"(bundle|run|summary)\.json|\w[\w .+-]{0,99}/(completions|grades|prompts)\.jsonl")


class FileEntry(Frozen):
    """The size and the checksum of a file of a bundle."""

    sha256: str
    bytes: int


def write_archive(path: Path, files: Mapping[str, Path]) -> None:
    """Write a zip file in one step. Names, order and times are fixed, so that equal contents give equal bytes.

    Args:
        path: the zip file.
        files: by name in the archive.

    Raises:
        RunError: it cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        make_folder(path.parent)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, source in sorted(files.items()):
                info = zipfile.ZipInfo(name)  # of 1980-01-01
                info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
                with source.open("rb") as content, archive.open(info, "w", force_zip64=False) as target:
                    shutil.copyfileobj(content, target, _CHUNK_BYTES)
        move(partial, path)
    except (OSError, RuntimeError, zipfile.LargeZipFile) as error:
        raise RunError(f"cannot write {path}: {one_line(error)}") from None
    finally:
        partial.unlink(missing_ok=True)


def extract(path: Path, folder: Path) -> dict[str, FileEntry]:
    """Extract a bundle that anyone may have made.

    Memory is bounded by constants; nothing is written outside `folder`. Only the names of a bundle's files are
    accepted, so that there are no paths to elsewhere, and no more than 2 GiB are written.

    Returns:
        The files by name.

    Raises:
        DataError: it is empty, truncated, damaged, too large, a zip bomb, or holds links, other files than those of a
            bundle, or lines or JSON files of more than 16 MiB; one line.
    """
    with _opened(path) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(set(names)) < len(names):
            raise DataError(f"{path} holds two files of one name; no bundle does")
        for member in members:
            _check_member(path, member)
        most = min(MOST_CONTENT_BYTES, max(_FREE_BYTES, _MOST_RATIO * path.stat().st_size))
        if sum(member.file_size for member in members) > most:
            raise DataError(f"{path} grows to more than {most >> 20} MiB when it is extracted; no bundle does")
        return {member.filename: _extract(path, archive, member, folder) for member in members}


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        _check_end(path)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{path} is damaged: {one_line(error)}; send the bundle again") from None
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or one_line(error)}") from None


def _check_end(path: Path) -> None:
    """Check the record at the end, before `zipfile` reads the whole directory of the archive into memory."""
    if not path.is_file():
        raise DataError(f"{path} is not a file; name the bundle that `tarot-bench submit` wrote")
    size = path.stat().st_size
    if not size:
        raise DataError(f"{path} is empty")
    if size > MOST_BUNDLE_BYTES:
        raise DataError(f"{path} has {size >> 20} MiB; a bundle has at most {MOST_BUNDLE_BYTES >> 20} MiB")
    with path.open("rb") as file:
        start = max(0, size - _END.size - 20)
        file.seek(start)
        tail = file.read()
    end = tail[-_END.size :]
    if len(end) < _END.size or end[:4] != b"PK\x05\x06" or end[-2:] != b"\0\0":
        raise DataError(f"{path} is truncated, or no bundle of `tarot-bench submit`")
    if b"PK\x06\x07" in tail[: -_END.size]:
        raise DataError(f"{path} is a zip64 archive; no bundle is")
    _, _, _, _, files, directory_bytes, _, _ = _END.unpack(end)
    if files > _MOST_FILES or directory_bytes > _MOST_DIRECTORY_BYTES:
        raise DataError(f"{path} holds more than {_MOST_FILES} files; no bundle does")


def _check_member(path: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise DataError(f"{path}: {name!r} is a link or a device; a bundle holds plain files")
    if not _NAME.fullmatch(name) or not name.isprintable():
        raise DataError(f"{path} holds {name[:100]!r}; no bundle does")
    if name.endswith(".json") and member.file_size > MOST_LINE_BYTES:  # which is read as a whole
        raise DataError(f"{path}: {name} has more than {MOST_LINE_BYTES >> 20} MiB; no bundle's has")
    if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(f"{path}: {name} is encrypted or compressed in another way than by deflate; no bundle is")


def _extract(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> FileEntry:
    target = folder / member.filename
    target.parent.mkdir(exist_ok=True)
    with archive.open(member) as source, target.open("xb") as copy:
        return _copied(source, copy, f"{path}: {member.filename}", member.file_size)


def _copied(source: IO[bytes], copy: IO[bytes], where: str, stated: int) -> FileEntry:
    checksum, size, line = hashlib.sha256(), 0, 0
    while chunk := source.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > stated:  # `zipfile` stops there, too; a size must not be believed twice
            raise DataError(f"{where} is larger than the archive states")
        lines = chunk.split(b"\n")
        longest = max(line + len(lines[0]), *map(len, lines[1:]), 0)
        if longest > MOST_LINE_BYTES:
            raise DataError(f"{where} has a line of more than {MOST_LINE_BYTES >> 20} MiB")
        line = len(lines[-1]) + (line if len(lines) == 1 else 0)
        checksum.update(chunk)
        copy.write(chunk)
    return FileEntry(sha256=checksum.hexdigest(), bytes=size)
