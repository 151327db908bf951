"""Move the interpreter's code into huge pages, which makes forks and exits cheaper.

The pages of a mapped file are not inherited by a forked child: it faults in each piece of code that it uses, some
forty times, and gives it all back when it ends. Anonymous memory is inherited, and two huge pages take no time.
Optional: where the kernel gives no huge pages everything stays as it is.
"""

import ctypes
import mmap
from contextlib import suppress
from typing import NamedTuple

from tarot_bench.sandbox.inside.kernel import libc

_SIZE = 2 << 20
_MADV_HUGEPAGE = 14
_MREMAP_MAYMOVE, _MREMAP_FIXED = 1, 2
_FAILED = ctypes.c_void_p(-1).value


class _Mapping(NamedTuple):
    """A line of /proc/self/maps."""

    start: int
    end: int
    rights: str
    path: str


def adopt() -> None:
    """Replace the mapped code of the interpreter by a copy in huge pages, at the same addresses. One thread only."""
    libc.mmap.restype = libc.mremap.restype = ctypes.c_void_p
    with suppress(OSError, StopIteration):
        start, end = _code()
        _replace(start, end)


def _code() -> tuple[int, int]:
    """The address range of the interpreter's code and constants, up to the first writable page.

    Raises:
        StopIteration: nowhere that is known.
    """
    inside = ctypes.cast(ctypes.pythonapi.Py_GetVersion, ctypes.c_void_p).value or 0
    mappings = _mappings()
    path = next(mapping.path for mapping in mappings if mapping.start <= inside < mapping.end)
    own = [mapping for mapping in mappings if mapping.path == path]
    last = next(number for number, mapping in enumerate(own) if "x" in mapping.rights)
    start = end = own[0].start
    # Constants that follow the code share its huge pages; those that are relocated follow as a mapping of their own.
    for mapping in own[: last + 2]:
        if mapping.start == end and "w" not in mapping.rights:
            end = mapping.end
    return start, end


def _mappings() -> list[_Mapping]:
    found = []
    with open("/proc/self/maps") as file:
        for line in file:
            words = line.split(maxsplit=5)
            start, end = (int(address, 16) for address in words[0].split("-"))
            found.append(_Mapping(start, end, words[1], words[5].strip() if len(words) == 6 else ""))
    return found


def _replace(start: int, end: int) -> None:
    """Copy a range of code into anonymous memory with the same huge-page alignment, and move that into its place.

    Raises:
        OSError: there is no memory for it.
    """
    size = end - start
    area = libc.mmap(None, ctypes.c_size_t(size + 2 * _SIZE), mmap.PROT_READ | mmap.PROT_WRITE, 0x22, -1, 0)
    if area == _FAILED:
        raise OSError("no memory for huge pages")
    copy = -(-area // _SIZE) * _SIZE + start % _SIZE
    address, length = ctypes.c_void_p(copy), ctypes.c_size_t(size)
    libc.madvise(address, length, _MADV_HUGEPAGE)
    ctypes.memmove(copy, start, size)
    libc.mprotect(address, length, mmap.PROT_READ | mmap.PROT_EXEC)
    moved = libc.mremap(address, length, length, _MREMAP_MAYMOVE | _MREMAP_FIXED, ctypes.c_void_p(start))
    if moved != start:
        raise OSError("the code cannot be replaced")
