"""One machine in E2B's cloud: start it, install the sandbox's code, run jobs, kill it."""

import time
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter

from tarot_bench.errors import one_line
from tarot_bench.sandbox.backends.e2b import bundle, parcels
from tarot_bench.sandbox.base import Job, SandboxInfo
from tarot_bench.verdict import Execution

LIFETIME_S = 1200
"""How long a machine lives by default, which bounds its cost after this process was killed."""
_HOME = "/opt/tarot-bench"
_JOB, _RESULT = f"{_HOME}/jobs/job", f"{_HOME}/jobs/result"
_REMOTE = "python3 -m tarot_bench.sandbox.backends.e2b.remote"
_SETUP_S = 120
_TRANSFER_S = 300
_START_S = 60  # what a job may take beyond its tests
_TEST_S = 20  # allowance per test beyond its wall limit
_SUITE_S = 120  # what the test code of a suite may take
_TRIES = 2  # how often the sandbox over there may run a test
_info = TypeAdapter(SandboxInfo)
_executions = TypeAdapter(list[Execution])


class MachineError(Exception):
    """A machine cannot be started, or failed."""


class Machine:
    """A running E2B cloud machine. Used by one thread at a time.

    Attributes:
        info: what the sandbox on it is.
    """

    def __init__(self, sdk: Any, template: str | None, key: str) -> None:
        """Start a machine and install the sandbox's code on it.

        Args:
            sdk: the module `e2b`.
            template: what the machine is made from; None takes E2B's default.
            key: the API key; kept out of every message.

        Raises:
            MachineError: it cannot be started, or its Python is missing or older than 3.11.
        """
        self._key = key
        self._dies_at = time.monotonic() + LIFETIME_S
        try:
            self._cloud = sdk.Sandbox.create(template, LIFETIME_S, api_key=key, allow_internet_access=False)
        except Exception as error:  # the SDK's errors have no common base
            raise MachineError(f"cannot start: {self._reason(error)}") from None
        try:
            self.info = self._install()
        except Exception as error:
            self.kill()
            raise MachineError(f"cannot run programs (they need Python 3.11): {self._reason(error)}") from None

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job in one call.

        Raises:
            MachineError: the connection or the machine failed; the machine cannot be used again.
        """
        parcel = parcels.pack_job(job)
        try:
            return self._run(job, parcel)
        except MachineError:
            raise
        except Exception as error:
            raise MachineError(self._reason(error)) from None

    def kill(self) -> None:
        """Kill the machine; if that fails, it ends by itself after its lifetime."""
        with suppress(Exception):
            self._cloud.kill()

    def _install(self) -> SandboxInfo:
        archive = f"{_HOME}/bundle.tar.gz"
        self._cloud.files.write(archive, bundle.pack(), user="root")
        command = f"mkdir -m 700 jobs && tar -xzf {archive} && {_REMOTE} describe"
        return _info.validate_json(self._command(command, _SETUP_S))

    def _run(self, job: Job, parcel: bytes) -> tuple[Execution, ...]:
        allowed_s = _budget_s(job)
        self._stay_alive(allowed_s)
        files = self._cloud.files
        files.write(_JOB, parcel, user="root", request_timeout=_TRANSFER_S)
        self._command(f"{_REMOTE} run {_JOB} {_RESULT}", allowed_s)
        result = files.read(_RESULT, format="bytes", user="root", request_timeout=_TRANSFER_S)
        answer = parcels.unpack_executions(bytes(result))
        if isinstance(answer, str):
            raise MachineError(answer)
        made = _executions.validate_python(answer)  # what comes from a machine that ran anything is data, no more
        if len(made) != len(job.inputs):
            raise MachineError(f"{len(made)} executions for {len(job.inputs)} inputs")
        return tuple(made)

    def _command(self, command: str, allowed_s: float) -> str:
        return str(self._cloud.commands.run(command, user="root", cwd=_HOME, timeout=allowed_s).stdout)

    def _stay_alive(self, needed_s: float) -> None:
        """Extend the machine's lifetime if it would end during the next call."""
        if self._dies_at - time.monotonic() < needed_s + _TRANSFER_S:
            lifetime_s = round(max(LIFETIME_S, needed_s + _TRANSFER_S))
            self._cloud.set_timeout(lifetime_s)
            self._dies_at = time.monotonic() + lifetime_s

    def _reason(self, error: Exception) -> str:
        """Return a one-line reason; for a failed command, the last line of its standard error."""
        complaints = str(getattr(error, "stderr", "")).strip().splitlines()
        text = complaints[-1] if complaints else f"{type(error).__name__}: {one_line(error)}"
        return text.replace(self._key, "***")


def _budget_s(job: Job) -> float:
    each = job.limits.wall_s + _TEST_S + (_SUITE_S if job.mode == "suite" else 0)
    return _START_S + _TRIES * each * len(job.inputs)
