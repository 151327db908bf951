"""Read ``.eval`` and JSON logs of inspect_ai, through inspect_ai, which handles their versions and attachments."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.evaluation.importers.reading import ALL, Content, ImportedSample, Reading

_OURS = "tarot_bench/"
_THEIRS = re.compile(r"(?:.*/)?(?P<base>humaneval_plus|humaneval|mbpp_plus|mbpp|livecodebench|cruxeval_\w+?put)")
_CUT = ("max_tokens", "model_length")
_GRADES = {"C": True, "I": False}
"""How inspect_ai writes a score that is right or wrong."""


class InspectReader:
    """Reads the completions of our own task, and of other tasks on the same benchmarks."""

    def recognises(self, content: Content) -> bool:
        """Whether the file has the keys of every log."""
        return isinstance(content, dict) and isinstance(content.get("eval"), dict) and "task" in content["eval"]

    def read(self, name: str, content: Any, beside: Mapping[str, Any]) -> Reading:
        """Read every epoch of every sample; samples without an answer because of an error are counted and left out."""
        about = content["eval"]
        arguments = about.get("task_args") or {}
        rows = sorted(content.get("samples") or [], key=lambda row: row.get("epoch") or 1)
        answered = [row for row in rows if _choices(row)]
        task = str(about["task"])
        return Reading(
            samples=[_sample(row) for row in answered],
            benchmark=arguments.get("benchmark", "tarot") if task.startswith(_OURS) else _benchmark(task),
            data=arguments.get("data") if task.startswith(_OURS) else None,
            model=about.get("model"),
            left_out=len(rows) - len(answered),
        )


def read_log(path: Path, is_json: bool) -> dict[str, Any]:
    """Read a log as the JSON that inspect_ai writes, with its attachments resolved.

    Raises:
        DataError: inspect_ai is not installed.
    """
    try:
        from inspect_ai.log import read_eval_log
    except ImportError:
        raise DataError(
            f'{path} is a log of inspect_ai, which is not installed: pip install "tarot-bench[inspect]"'
        ) from None
    log: dict[str, Any] = read_eval_log(
        path, resolve_attachments=True, format="json" if is_json else "eval"
    ).model_dump(mode="json")
    return log


def _choices(row: Mapping[str, Any]) -> list[Any]:
    return (row.get("output") or {}).get("choices") or []


def _sample(row: Mapping[str, Any]) -> ImportedSample:
    choice = _choices(row)[0]
    text = (choice.get("message") or {}).get("content")
    cut = choice.get("stop_reason") in _CUT
    return ImportedSample(str(row["id"]), text, _claims(row.get("scores") or {}), "length" if cut else "stop")


def _claims(scores: Mapping[str, Any]) -> dict[str, bool]:
    """The scores of the first scorer that has any: a mapping by tier and group, or one verdict on all tests."""
    for score in scores.values():
        value = score.get("value") if isinstance(score, Mapping) else None
        if isinstance(value, Mapping):
            found = {scope: verdict for scope in value if (verdict := _verdict(value[scope])) is not None}
            return {scope: found[scope] for scope in found if scope != "strict"}
        if (verdict := _verdict(value)) is not None:
            return {ALL: verdict}
    return {}


def _verdict(value: Any) -> bool | None:
    if isinstance(value, str):
        return _GRADES.get(value)
    return bool(value) if value in (0, 1) else None  # 0.5 says nothing, and neither does NaN


def _benchmark(task: str) -> str | None:
    match = _THEIRS.match(task)
    return match["base"] if match else None
