"""A sandbox that runs programs in the local one and logs every job, one JSON line each.

``tarot-bench evaluate --sandbox logged`` appends to the file that ``TAROT_BENCH_LOG`` names, or to ``jobs.jsonl``.
"""

import json
import os
import threading
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from tarot_bench.sandbox import Job, SandboxInfo, SandboxOptions, open_sandbox
from tarot_bench.sandbox.base import Closing
from tarot_bench.verdict import Execution


class LoggedSandbox(Closing):
    """The local sandbox with a log; `Closing` adds ``with``."""

    def __init__(self, options: SandboxOptions) -> None:
        self._inner = open_sandbox("local", workers=options.workers, least=options.least, packages=options.packages)
        self._log = Path(os.environ.get("TAROT_BENCH_LOG", "jobs.jsonl"))
        self._writing = threading.Lock()

    @property
    def info(self) -> SandboxInfo:
        """What runs store. The kind tells the verdict cache our results from those of other sandboxes."""
        return replace(self._inner.info, kind="logged")

    @property
    def workers(self) -> int:
        """How many jobs run at the same time."""
        return self._inner.workers

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job; several threads call this at once."""
        made = self._inner.run(job)
        line = {
            "program": sha256(job.source.encode(errors="surrogatepass")).hexdigest()[:16],
            "mode": job.mode,
            "outcomes": [execution.outcome for execution in made],
            "cpu_s": round(sum(execution.cpu_s for execution in made), 3),
        }
        with self._writing, self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        return made

    def close(self) -> None:
        """Close the local sandbox; may be called twice."""
        self._inner.close()
