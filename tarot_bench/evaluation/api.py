"""`tarot_bench.evaluate`: what a person types into a notebook."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tarot_bench.evaluation.runner import evaluate as evaluate_settings
from tarot_bench.evaluation.settings import Evaluation, resolve
from tarot_bench.evaluation.summary import Summary
from tarot_bench.problem import Tier
from tarot_bench.progress import Progress

Names = str | Iterable[str] | None
"""One or several: ``"basic,edge"`` or ``["basic", "edge"]``."""


def evaluate(
    model: str | Evaluation,
    output: str | Path | None = None,
    *,
    suite: str | Path = "tarot",
    benchmarks: Names = None,
    data: str | Path | Mapping[str, str | Path] | None = None,
    tiers: Names = None,
    ids: Names = None,
    resume: bool = False,
    cache: bool = True,
    progress: Progress | None = None,
    **settings: Any,
) -> list[Summary]:
    """Evaluate a model and write the run; also inside a running event loop.

    Args:
        model: a model's full name, as in ``openai/NAME``; or resolved settings, which nothing below then changes.
        output: the run directory; None makes a new one below ``runs/``.
        suite: a path, or a shipped name in eval/suites/.
        benchmarks: names, in place of the suite's.
        data: where the problems are; by benchmark where there are several.
        tiers: only these.
        ids: only these problems.
        resume: go on with the run in `output`.
        cache: answer programs that ran before from the verdict cache.
        progress: told of every grade.
        **settings: further fields of `Evaluation`, as in ``limit=50`` or ``sampling={"temperature": 0.8}``.

    Returns:
        One summary per benchmark.

    Raises:
        UserError: a mistake in the arguments, or anything else that the user can correct.
    """
    if isinstance(model, Evaluation):
        resolved = model
    else:
        sources = [f"{name}={source}" for name, source in data.items()] if isinstance(data, Mapping) else [data]
        resolved = resolve(
            model,
            str(suite),
            tuple(str(source) for source in sources if source is not None),
            benchmarks=_names(benchmarks),
            tiers=[Tier.parse(tier) for tier in _names(tiers)] or None,
            ids=_names(ids) or None,
            **settings,
        )
    path = Path(output).expanduser() if output is not None else new_output(resolved)
    return evaluate_settings(resolved, path, resume=resume, cache=cache, progress=progress)


def new_output(settings: Evaluation) -> Path:
    """A directory below ``runs/`` that is not there yet, named after the suite, the model and the time."""
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
