"""A sandbox that takes executions from the verdict cache where it can."""

import hashlib
import json
import logging
import os
import platform
import re
import signal
import threading
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from tarot_bench import __version__
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Closing, Job, Sandbox, SandboxInfo
from tarot_bench.sandbox.cache.store import DEFAULT_MAX_BYTES, ExecutionStore, StoreError
from tarot_bench.verdict import Execution

FORMAT = 1
"""Raised whenever the same key would come to mean something else."""
_FAR_FROM_LIMIT = 0.8
_CLEARLY_OVER = 1.2
_INCIDENTAL = frozenset({"nodes"})  # details of a sandbox that change nothing in what it does with a program
# Words of a program, or of the interpreter, that a lack of memory, processes, files or disk space brings about. The
# lack may be the machine's and not the program's, so what happened need not happen again.
_STARVED = re.compile(
    rb"BlockingIOError|Resource temporarily unavailable|can't start new thread|Cannot allocate memory"
    rb"|No space left on device|Too many open files|\bErrno (?:11|12|23|24|28)\b"
)
_log = logging.getLogger(__name__)


def default_path() -> Path:
    """``$XDG_CACHE_HOME/tarot-bench/verdicts.sqlite``, beneath ``~/.cache`` where that is not set."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tarot-bench" / "verdicts.sqlite"


def lasting(execution: Execution, limits: Limits) -> bool:
    """Whether an execution depends on the program only, and not on the machine's load.

    Nothing within 20 % of a time limit lasts, as another day may put it on the other side. A program that is stopped
    by its CPU limit is always there, unless the sandbox let it run on to 1.2 times the limit; see `CachedSandbox`.
    Neither does a SIGKILL last, which the kernel may have sent for lack of memory, nor an execution that the sandbox
    doubts, nor one whose standard error mentions a lack of resources.
    """
    if _in_doubt(execution):
        return False
    if execution.outcome == "time":
        return execution.cpu_s >= _CLEARLY_OVER * limits.cpu_s
    if execution.signal == signal.SIGKILL:
        return False
    return execution.cpu_s <= _FAR_FROM_LIMIT * limits.cpu_s and execution.wall_s <= _FAR_FROM_LIMIT * limits.wall_s


def _in_doubt(execution: Execution) -> bool:
    return execution.doubtful or _STARVED.search(execution.stderr) is not None


class CachedSandbox(Closing):
    """Implements `base.Sandbox` around another one: looks in the cache first, and shares executions in progress.

    An entry is one execution: one program on one input, under these limits, in this kind of sandbox on this kind of
    processor. A new test of a problem therefore costs one execution, not all of them. Only what is `lasting` is kept,
    and a stop at the CPU limit once it has been seen twice; errors of the sandbox never are. A program that is not
    deterministic keeps its first answer.

    A store that cannot be used never stops a run: it is dropped with one warning, and everything is run.

    Attributes:
        hits: executions that were taken from disk.
        misses: executions that the inner sandbox made; all others were shared between threads, or within a job.
    """

    def __init__(self, inner: Sandbox, path: Path | None = None, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        """Open the store.

        Args:
            inner: runs what is not known; closed together with this one.
            path: the store's file, on a disk of this machine; None takes `default_path`.
            max_bytes: how large the store may grow before its oldest entries go.
        """
        self._inner = inner
        self._path = path or default_path()
        self._identity = json.dumps([FORMAT, _identity(inner.info)])
        self._lock = threading.Lock()
        self._under_way: dict[bytes, Future[Execution]] = {}
        self._store: ExecutionStore | None = None
        self.hits = self.misses = 0
        try:
            self._store = ExecutionStore(self._path, max_bytes)
        except StoreError as error:
            self._warn(error)

    @property
    def workers(self) -> int:
        """How many jobs the inner sandbox runs at the same time."""
        return self._inner.workers

    @property
    def info(self) -> SandboxInfo:
        """The description of the inner sandbox."""
        info = self._inner.info
        return replace(info, details=info.details | {"verdict_cache": True})

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job's program on those of its inputs whose executions are not known; see `base.Sandbox.run`.

        Raises:
            SandboxError: the inner sandbox failed.
        """
        keys = self._keys(job)
        inputs = dict(zip(keys, job.inputs, strict=True))
        known: dict[bytes, Execution] = {}
        while missing := [key for key in inputs if key not in known]:
            mine, theirs = self._claim(missing)
            known |= self._settle(job, {key: inputs[key] for key in mine})
            known |= _await(theirs)  # holding no claim, so that no two threads can wait for each other
        return tuple(known[key] for key in keys)

    def close(self) -> None:
        """Close the inner sandbox and release the store. Idempotent."""
        self._inner.close()
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            store.close()

    def _keys(self, job: Job) -> list[bytes]:
        """One SHA-256 per input, over everything that can change an execution."""
        source = job.source.encode("utf-8", "surrogatepass")
        # Lines of JSON that tell the source's length: no two different jobs make the same bytes.
        header = self._identity, _limits_text(job.limits), json.dumps([job.mode, job.entry_point, len(source)])
        common = hashlib.sha256("\n".join(header).encode() + b"\n" + source)
        keys = []
        for content in job.inputs:
            whole = common.copy()
            whole.update(content)
            keys.append(whole.digest())
        return keys

    def _claim(self, keys: Iterable[bytes]) -> tuple[list[bytes], dict[bytes, Future[Execution]]]:
        """Divide keys into those that this thread will run, and those that another thread is running."""
        mine, theirs = [], {}
        with self._lock:
            for key in keys:
                if key in self._under_way:
                    theirs[key] = self._under_way[key]
                else:
                    self._under_way[key] = Future()
                    mine.append(key)
        return mine, theirs

    def _settle(self, job: Job, inputs: dict[bytes, bytes]) -> dict[bytes, Execution]:
        """Look up or run the claimed keys, then release the claims; waiting threads run what fails here."""
        known: dict[bytes, Execution] = {}
        try:
            known |= self._look_up(list(inputs))
            unknown = [key for key in inputs if key not in known]
            if unknown:
                executions = self._inner.run(replace(job, inputs=tuple(inputs[key] for key in unknown)))
                known |= zip(unknown, executions, strict=True)
                self._keep({key: known[key] for key in unknown}, job.limits)
        finally:
            with self._lock:
                claims = {key: self._under_way.pop(key) for key in inputs}
            for key, claim in claims.items():
                if key in known:
                    claim.set_result(known[key])
                else:
                    claim.cancel()
        return known

    def _look_up(self, keys: list[bytes]) -> dict[bytes, Execution]:
        store = self._store
        if store is None:
            return {}
        try:
            found = store.get(keys)
        except StoreError as error:
            self._drop_store(error)
            return {}
        with self._lock:
            self.hits += len(found)
        return found

    def _keep(self, made: dict[bytes, Execution], limits: Limits) -> None:
        with self._lock:
            self.misses += len(made)
        store = self._store
        if store is None:
            return
        try:
            for key, execution in made.items():
                if lasting(execution, limits) or _seen_before(store, key, execution, limits):
                    store.put(key, execution)
        except StoreError as error:
            self._drop_store(error)

    def _drop_store(self, error: StoreError) -> None:
        with self._lock:
            store, self._store = self._store, None
        if store is not None:  # else another thread was first
            store.close()
            self._warn(error)

    def _warn(self, error: StoreError) -> None:
        _log.warning("the verdict cache %s cannot be used, so every program is run: %s", self._path, error)


def _await(claims: dict[bytes, Future[Execution]]) -> dict[bytes, Execution]:
    """Wait for the executions of other threads; those that failed are left out."""
    made = {}
    for key, claim in claims.items():
        with suppress(CancelledError):
            made[key] = claim.result()
    return made


def _seen_before(store: ExecutionStore, key: bytes, execution: Execution, limits: Limits) -> bool:
    """Whether this execution hit the CPU limit, as an earlier one of this program on this input did."""
    stopped = execution.outcome == "time" and execution.cpu_s >= limits.cpu_s and not _in_doubt(execution)
    return stopped and not store.put(hashlib.sha256(key + b"first sight").digest(), execution)


@lru_cache
def _limits_text(limits: Limits) -> str:
    return limits.model_dump_json()


def _identity(info: SandboxInfo) -> list[object]:
    """The part of every key that identifies the sandbox: its code, and kernel and processor, which affect CPU time."""
    details = [[name, value] for name, value in sorted(info.details.items()) if name not in _INCIDENTAL]
    return [__version__, _code_digest(), info.kind, info.level, info.python, details, _processor()]


@lru_cache
def _code_digest() -> str:
    """SHA-256 of the sandbox's modules: a changed sandbox never reuses executions of an older one."""
    return _digest_of(Path(__file__).parents[1])


def _digest_of(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def _processor() -> str:
    with suppress(OSError), open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
