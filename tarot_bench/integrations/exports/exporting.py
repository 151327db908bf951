"""Export a run to the format of another framework: `tarot_bench.export`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.api.run import Run
from tarot_bench.errors import UserError, did_you_mean
from tarot_bench.integrations.exports.source import only_source, sources


@dataclass(frozen=True, slots=True)
class Export:
    """What was written.

    Attributes:
        files: their paths.
        samples: in the run.
        ungraded: those without a score, which no rate counts.
        missing: those not answered or not graded yet.
    """

    files: tuple[Path, ...]
    samples: int
    ungraded: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Asked:
    run: Path
    output: Path
    benchmark: str | None
    model_id: str | None
    dataset_id: str | None


def export(
    run: Run | str | Path,
    to: str,
    output: str | Path,
    *,
    benchmark: str | None = None,
    model_id: str | None = None,
    dataset_id: str | None = None,
) -> Export:
    """Write a run of `evaluate` or `import` in the format of another framework.

    Args:
        run: the run, or its directory.
        to: ``inspect`` (a log of inspect_ai), ``every-eval-ever``, ``hub`` (``.eval_results`` of a model repository),
            ``lm-eval``, ``parquet`` or ``csv``.
        output: a file for ``inspect``, ``parquet`` and ``csv``; a folder for the others.
        benchmark: only this one; ``inspect`` and ``hub`` need it where the run has several.
        model_id: ``every-eval-ever``: the model's id, DEVELOPER/NAME; by default derived from the run's name for it.
        dataset_id: ``hub``: the id of the benchmark dataset; by default that of the run's data.

    Raises:
        UserError: an unknown format, a run that the format cannot hold, a missing package, or a file that exists.
    """
    if to not in _WRITERS:
        raise UserError(f"unknown format {to!r}; there are {', '.join(FORMATS)}{did_you_mean(to, FORMATS)}")
    for name, given, format_ in (("model-id", model_id, "every-eval-ever"), ("dataset-id", dataset_id, "hub")):
        if given is not None and to != format_:
            raise UserError(f"--{name} is only for --to {format_}; leave it out")
    path = run.path if isinstance(run, Run) else Path(run).expanduser()
    return _WRITERS[to](_Asked(path, Path(output).expanduser(), benchmark, model_id, dataset_id))


def _exported(files: list[Path], found: list[Any]) -> Export:
    return Export(
        tuple(files),
        sum(source.run.metrics.counts.samples for source in found),
        sum(source.ungraded for source in found),
        sum(source.missing for source in found),
    )


def _inspect(asked: _Asked) -> Export:
    from tarot_bench.integrations.exports.inspect_log import write_inspect

    source = only_source(asked.run, asked.benchmark)
    return _exported(write_inspect(source, asked.output), [source])


def _every_eval_ever(asked: _Asked) -> Export:
    from tarot_bench.integrations.exports.every_eval_ever import write_every_eval_ever

    found = sources(asked.run, asked.benchmark)
    return _exported(write_every_eval_ever(found, asked.output, asked.model_id), found)


def _hub(asked: _Asked) -> Export:
    from tarot_bench.integrations.exports.hub import write_hub

    source = only_source(asked.run, asked.benchmark)
    return _exported(write_hub(source, asked.output, asked.dataset_id), [source])


def _lm_eval(asked: _Asked) -> Export:
    from tarot_bench.integrations.exports.lm_eval_files import write_lm_eval

    found = sources(asked.run, asked.benchmark)
    return _exported(write_lm_eval(found, asked.output), found)


def _table(kind: str) -> Callable[[_Asked], Export]:
    def write(asked: _Asked) -> Export:
        from tarot_bench.api.run import open_run
        from tarot_bench.integrations.exports.tables import write_csv, write_parquet

        files = (write_csv if kind == "csv" else write_parquet)(asked.run, asked.output, asked.benchmark)
        summaries = open_run(asked.run).summaries
        counts = [s.metrics.counts for s in summaries if asked.benchmark in (None, s.benchmark)]
        return Export(tuple(files), sum(c.samples for c in counts), sum(c.ungraded for c in counts), 0)

    return write


_WRITERS: dict[str, Callable[[_Asked], Export]] = {
    "inspect": _inspect,
    "every-eval-ever": _every_eval_ever,
    "hub": _hub,
    "lm-eval": _lm_eval,
    "parquet": _table("parquet"),
    "csv": _table("csv"),
}
FORMATS = tuple(_WRITERS)
