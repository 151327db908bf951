"""Settings of a recipe that may change when a run is resumed, because no paid answer depends on them.

Prices and the pace of requests change nothing that is stored. The sections of stages after `repair` change the results
of those stages only: the first stage whose section changed, and those after it, run again.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tarot_bench.config import digest

_LATE_STAGES = ("ambiguity", "dedup", "decontaminate", "measure")
"""In the order in which they run; each is named like its section."""
_OF_GENERATORS = ("input_price", "output_price", "concurrency", "max_retries", "poll_s", "shard_size")

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
        if digest(made) == digest(stored):
            changed = [name for name in _LATE_STAGES if _digest_of(wanted, name) != _digest_of(stored, name)]
            if changed:
                _discard_from(folder / "stages", changed[0])
        return made

    return cut_back


def _digest_of(settings: _Settings, section: str) -> str:
    """Digest of one section."""
    return digest({section: settings.get(section)})


def _as_stored(wanted: _Settings, stored: _Settings) -> dict[str, Any]:
    """The wanted settings with the stored values of everything that may change.

    A section that was null stays so: the stages of a run are numbered.
    """
    made = dict(wanted)
    for section in _LATE_STAGES:
        if isinstance(wanted.get(section), Mapping) and isinstance(stored.get(section), Mapping):
            made[section] = stored[section]
    before = stored.get("generators", [])
    if len(before) == len(wanted.get("generators", [])):
        made["generators"] = [
            {**new, **{key: old[key] for key in _OF_GENERATORS if key in old and key in new}}
            for new, old in zip(wanted["generators"], before, strict=True)
        ]
    return made


def _discard_from(stages: Path, name: str) -> None:
    """Delete the results of a stage and of those after it, the last ones first."""
    folders = sorted(stages.glob("*-*"), key=lambda folder: int(folder.name.partition("-")[0]), reverse=True)
    for folder in folders:
        (folder / "kept.jsonl").unlink(missing_ok=True)  # first: what is left over must not look done
        shutil.rmtree(folder, ignore_errors=True)
        if folder.name.partition("-")[2] == name:
            return
