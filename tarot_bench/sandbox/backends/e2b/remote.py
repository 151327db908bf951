"""Run jobs in a sandbox of the remote machine that this runs on. `bundle` installs it there.

python3 -m tarot_bench.sandbox.backends.e2b.remote describe
python3 -m tarot_bench.sandbox.backends.e2b.remote run JOB RESULT
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from tarot_bench.errors import SandboxError, SandboxUnavailableError, one_line
from tarot_bench.sandbox.backends.e2b import parcels
from tarot_bench.sandbox.backends.local.pool import LocalSandbox


def open_best() -> LocalSandbox:
    """Open the strongest sandbox that this machine supports; if there is none, the machine itself is the boundary."""
    try:
        return LocalSandbox(1)
    except SandboxUnavailableError:
        return LocalSandbox(1, isolate=False)


def describe() -> None:
    """Print this machine's `SandboxInfo` as JSON."""
    with open_best() as sandbox:
        print(json.dumps(asdict(sandbox.info)))  # noqa: T201 -- this is how it answers


def run(job: Path, result: Path) -> None:
    """Run a packed job and write its packed executions."""
    result.unlink(missing_ok=True)
    with open_best() as sandbox:
        try:
            made = parcels.pack_executions(sandbox.run(parcels.unpack_job(job.read_bytes())))
        except SandboxError as error:
            made = parcels.pack_failure(one_line(error))
    result.write_bytes(made)


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        describe()
    else:
        run(*map(Path, sys.argv[2:]))
