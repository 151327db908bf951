"""Settings of a recipe that may change when a run is resumed, because no paid answer depends on them.

Prices, token limits, the pace of requests, the engine and where replies are shared change nothing that is stored. The
sections in `line.SECTIONS` change the results of their stages: the first stage that is new, gone or has another
section, and those after it, run again. Replies to requests that stay the same are in the journal, and are paid once.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from tarot_bench.config import digest
from tarot_bench.generation.line import SECTIONS, stages_of
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import ENTRIES
from tarot_bench.runs.run import MANIFEST

_OF_GENERATORS = (
    *("input_price", "output_price", "expected_tokens", "max_tokens", "most_tokens"),
    *("concurrency", "max_retries", "timeout_s", "poll_s", "shard_size"),
)
_OF_AUTHOR = ("journal", "unserved")
_SECTIONS = tuple(dict.fromkeys(section for sections in SECTIONS.values() for section in sections))
_OF_THE_MACHINE = ("engine",)
"""Outcomes do not depend on where they are made."""

_Settings = Mapping[str, Any]


def accepting_changes(folder: Path, wanted: _Settings) -> Callable[[_Settings], dict[str, Any]]:
    """Make the ``cut_back`` of `RunDirectory.start` for a run of `generate`.

    If all differences from the stored settings may be resumed with, it deletes the results of the stages that must run
    again. They go before the manifest is replaced, so that a kill in between leaves no result of other settings.

    Args:
        folder: the run directory.
        wanted: the settings of the resumed run.
    """

    def cut_back(stored: _Settings) -> dict[str, Any]:
        made = _as_stored(wanted, stored)
        if digest(made) == digest(stored) and _line(stored) != _line(wanted):
            _discard_from(folder, len(_same(stored, wanted)))
        return made

    return cut_back


def finished(folder: Path, wanted: _Settings) -> dict[str, Path]:
    """The finished stages of a run that a resume with these settings does not run again; each with what it kept.

    Empty where there is no run, or it cannot be resumed with these settings.

    Raises:
        RunError: the manifest cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        return {}
    stored = RunDirectory.open(folder).manifest.settings
    if digest(_as_stored(wanted, stored)) != digest(stored):
        return {}
    kept = {
        name: folder / "stages" / f"{number}-{name}" / "kept.jsonl" for number, name in enumerate(_same(stored, wanted))
    }
    return {name: path for name, path in kept.items() if path.is_file()}


def _same(stored: _Settings, wanted: _Settings) -> list[str]:
    """The names of the first stages, up to one that is new, gone or has another section."""
    pairs = zip(_line(stored), _line(wanted), strict=False)
    return [before[0] for before, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]


def _line(settings: _Settings) -> list[tuple[str, str]]:
    """The stages, each with a digest of the sections that may change."""
    return [(name, digest({key: settings.get(key) for key in SECTIONS.get(name, ())})) for name in stages_of(settings)]


def _as_stored(wanted: _Settings, stored: _Settings) -> dict[str, Any]:
    """The wanted settings with the stored values of everything that may change."""
    made = dict(wanted) | {section: stored[section] for section in _SECTIONS if section in stored}
    if "author" in wanted and "author" in stored:
        made["author"] = _but(wanted["author"], stored["author"], _OF_AUTHOR)
    made = {key: value for key, value in made.items() if key not in _OF_THE_MACHINE}  # which older runs do not have
    made |= {key: stored[key] for key in _OF_THE_MACHINE if key in stored}
    for models in ("generators", "solvers"):
        before, after = stored.get(models, []), wanted.get(models, [])
        if len(before) == len(after):
            made[models] = [_but(new, old, _OF_GENERATORS) for new, old in zip(after, before, strict=True)]
    return made


def _but(new: _Settings, old: _Settings, keys: Sequence[str]) -> dict[str, Any]:
    """The new settings with the old values of some keys."""
    return {**new, **{key: old[key] for key in keys if key in old and key in new}}


def _discard_from(folder: Path, number: int) -> None:
    """Delete the dataset, and the results of the stages from a number on, the last ones first."""
    (folder / ENTRIES).unlink(missing_ok=True)
    stages = {int(stage.name.partition("-")[0]): stage for stage in (folder / "stages").glob("*-*")}
    for place in sorted(stages, reverse=True):
        if place >= number:
            (stages[place] / "kept.jsonl").unlink(missing_ok=True)  # first: what is left over must not look done
            shutil.rmtree(stages[place], ignore_errors=True)
