"""Prepare problems for adapters to other frameworks as `evaluate` does, without a run directory."""

import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from tarot_bench.dataset import ProblemSet
from tarot_bench.evaluation.calibration import calibrated
from tarot_bench.evaluation.parts import LoadedBenchmark
from tarot_bench.problem import Tier
from tarot_bench.progress import Silent
from tarot_bench.sandbox import Sandbox

_log = logging.getLogger(__name__)
_measuring = Lock()


def having(problems: ProblemSet, tiers: tuple[Tier, ...] | None) -> ProblemSet:
    """The problems that have tests in these tiers, with only those tests; None keeps everything."""
    if tiers is None:
        return problems
    ids = [problem.id for problem in problems if any(problem.at(tier) for tier in tiers)]
    if len(ids) < len(problems):
        left_out = len(problems) - len(ids)
        _log.warning("%s: %d problems without tests in %s are left out", problems.source, left_out, ", ".join(tiers))
    return problems.select(ids=ids, tiers=tiers)


def on_this_host(part: LoadedBenchmark, ids: Iterable[str], factor: float | None, sandbox: Sandbox) -> ProblemSet:
    """Problems with limits calibrated to this host on all their tests; golds run once per process.

    Args:
        part: the benchmark.
        ids: of the problems that were asked.
        factor: as for `calibrated`.
        sandbox: where golds run.
    """
    asked = part.problems.select(ids=ids)
    here = LoadedBenchmark(part.entry, asked, part.prompt)
    with _measuring:
        return calibrated(here, factor, sandbox, Path(_measured().name) / asked.digest, Silent()).problems


@cache
def _measured() -> TemporaryDirectory[str]:
    """A temporary folder of this process for calibrations, removed when the process ends."""
    return TemporaryDirectory(prefix="tarot-bench-golds-")
