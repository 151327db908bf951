"""Serialise jobs and executions for a remote machine. Both ends use this file, so it needs only Python.

A parcel is one line of JSON, whose ``sizes`` tell how the bytes behind it are divided.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Job
from tarot_bench.verdict import Execution

_PLAIN = ("outcome", "exit_code", "signal", "cpu_s", "wall_s", "peak_mib", "doubtful", "idle")
_BYTES = ("stdout", "stderr", "result")


class ParcelError(ValueError):
    """The bytes are not a valid parcel."""


def pack_job(job: Job) -> bytes:
    """Serialise a job: the program, its inputs and its limits."""
    header = {"mode": job.mode, "entry_point": job.entry_point, "limits": job.limits.model_dump()}
    return _pack(header, [job.source.encode("utf-8", "surrogatepass"), *job.inputs])


def unpack_job(data: bytes) -> Job:
    """Read what `pack_job` wrote.

    Raises:
        ParcelError: it did not write this.
    """
    header, (source, *inputs) = _unpack(data)
    limits = Limits(**header["limits"])
    text = (source or b"").decode("utf-8", "surrogatepass")
    return Job(text, header["mode"], tuple(part or b"" for part in inputs), limits, header["entry_point"])


def pack_executions(executions: Iterable[Execution]) -> bytes:
    """Serialise the executions of a job."""
    listed = list(executions)
    plain = [{name: getattr(execution, name) for name in _PLAIN} for execution in listed]
    return _pack({"executions": plain}, [getattr(one, name) for one in listed for name in _BYTES])


def pack_failure(why: str) -> bytes:
    """Serialise the reason why a job could not be run."""
    return _pack({"failure": why}, [])


def unpack_executions(data: bytes) -> list[dict[str, Any]] | str:
    """Read what `pack_executions` or `pack_failure` wrote: the unvalidated fields of executions, or the reason.

    Raises:
        ParcelError: neither wrote this.
    """
    header, blobs = _unpack(data)
    if "failure" in header:
        return str(header["failure"])
    try:
        plain, width = header["executions"], len(_BYTES)
        blobs_of = [blobs[start : start + width] for start in range(0, len(blobs), width)]
        return [fields | dict(zip(_BYTES, parts, strict=True)) for fields, parts in zip(plain, blobs_of, strict=True)]
    except (KeyError, TypeError, ValueError) as error:
        raise ParcelError(f"not executions: {error}") from None


def _pack(header: dict[str, Any], blobs: Sequence[bytes | None]) -> bytes:
    sizes = [None if blob is None else len(blob) for blob in blobs]
    return b"".join([json.dumps(header | {"sizes": sizes}).encode(), b"\n", *(blob for blob in blobs if blob)])


def _length(size: int | None) -> int:
    if size is not None and size < 0:
        raise ValueError("a negative size")
    return size or 0


def _unpack(data: bytes) -> tuple[dict[str, Any], list[bytes | None]]:
    line, newline, rest = data.partition(b"\n")
    try:
        header = json.loads(line)
        sizes = header.pop("sizes")
        if not newline or sum(map(_length, sizes)) != len(rest):
            raise ValueError("cut short, or too long")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ParcelError(f"not a parcel: {error}") from None
    blobs: list[bytes | None] = []
    for size in sizes:
        blobs.append(None if size is None else rest[:size])
        rest = rest[size or 0 :]
    return header, blobs
