"""Evaluate a model from Python: `tarot_bench.evaluate` and `tarot_bench.evaluate_async`."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tarot_bench import loops
from tarot_bench.api.run import Run
from tarot_bench.evaluation.runner import evaluate as run_evaluation
from tarot_bench.evaluation.runner import evaluated
from tarot_bench.evaluation.settings import Evaluation, resolve
from tarot_bench.problem import Tier
from tarot_bench.progress import Progress, Silent

Names = str | Iterable[str] | None
"""One or several: ``"basic,edge"`` or ``["basic", "edge"]``."""
Data = str | Path | Mapping[str, str | Path] | None
"""A Hub id, file or folder, or one for each benchmark by its name."""


def evaluate(
    model: str | Evaluation,
    output: str | Path | None = None,
    *,
    suite: str | Path = "tarot",
    benchmarks: Names = None,
    data: Data = None,
    tiers: Names = None,
    ids: Names = None,
    resume: bool = False,
    cache: bool = True,
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """Evaluate a model and write the run. In a running event loop, that loop waits: see `evaluate_async`.

    Args:
        model: a model's full name, as in ``openai/NAME``; or resolved settings, which nothing below then changes.
        output: the run directory; None makes a new one below ``runs/``.
        suite: a path, or a shipped name in eval/suites/.
        benchmarks: names, in place of the suite's.
        data: where the problems are; by benchmark where there are several.
        tiers: only these.
        ids: only these problems.
        resume: resume the run in `output`.
        cache: answer programs that ran before from the verdict cache.
        progress: receives every grade; None shows nothing.
        **settings: further fields of `Evaluation`, as in ``limit=50`` or ``sampling={"temperature": 0.8}``.

    Returns:
        The finished run, with a summary per benchmark.

    Raises:
        UserError: a mistake in the arguments, or anything else that the user can correct.
    """
    resolved = _resolved(model, suite, benchmarks, data, tiers, ids, settings)
    path = _path(output, resolved)
    return Run(path, tuple(run_evaluation(resolved, path, resume=resume, cache=cache, progress=progress)))


async def evaluate_async(
    model: str | Evaluation,
    output: str | Path | None = None,
    *,
    suite: str | Path = "tarot",
    benchmarks: Names = None,
    data: Data = None,
    tiers: Names = None,
    ids: Names = None,
    resume: bool = False,
    cache: bool = True,
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """Evaluate a model without blocking the event loop; otherwise as `evaluate`.

    Several runs at the same time are allowed; give each an `output`. Cancelling stops the run, and what was done until
    then is kept: `resume` continues it. `progress` is called in a thread of the run.
    """
    resolved = _resolved(model, suite, benchmarks, data, tiers, ids, settings)
    path = _path(output, resolved)
    return Run(path, tuple(await loops.run_beside(evaluated(resolved, path, resume, cache, progress or Silent()))))


def _resolved(
    model: str | Evaluation,
    suite: str | Path,
    benchmarks: Names,
    data: Data,
    tiers: Names,
    ids: Names,
    settings: Mapping[str, Any],
) -> Evaluation:
    if isinstance(model, Evaluation):
        return model
    sources = [f"{name}={source}" for name, source in data.items()] if isinstance(data, Mapping) else [data]
    return resolve(
        model,
        str(suite),
        tuple(str(source) for source in sources if source is not None),
        benchmarks=_names(benchmarks),
        tiers=[Tier.parse(tier) for tier in _names(tiers)] or None,
        ids=_names(ids) or None,
        **settings,
    )


def _path(output: str | Path | None, settings: Evaluation) -> Path:
    return Path(output).expanduser() if output is not None else new_output(settings)


def new_output(settings: Evaluation) -> Path:
    """Return a new directory name below ``runs/``, made of the suite, the model and the time."""
    model = re.sub(r"[^\w.-]+", "-", settings.model).strip("-.")[:60]
    first = Path("runs") / f"{settings.name}-{model}-{datetime.now():%Y%m%d-%H%M%S}"
    path, number = first, 1
    while path.exists():
        number += 1
        path = first.with_name(f"{first.name}-{number}")
    return path


def _names(given: Names) -> tuple[str, ...]:
    several = given.split(",") if isinstance(given, str) else given or ()
    return tuple(name.strip() for name in several)
