"""Read lm-eval's ``samples_TASK_DATE.jsonl`` (``--log_samples``): one line per document and filter."""

import re
from collections.abc import Mapping
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.evaluation.importers.reading import ALL, ORIGINAL, Content, ImportedSample, Reading, first_row
from tarot_bench.problem import TIERS
from tarot_bench.reading import parse_json

_FILE = re.compile(r"samples_(?P<task>.+?)_\d{4}-\d\d-\d\dT.*\.jsonl(\.gz)?")
_IDS = ("problem_id", "task_id", "question_id", "id")
_THEIRS = re.compile(r"(?P<base>humaneval_plus|humaneval|mbpp_plus|mbpp|cruxeval_input|cruxeval_output)(_.*)?")
_PASSED = ("pass@1", "pass_at_1")


class LmEvalReader:
    """Reads the completions of our own tasks and of lm-eval's."""

    def recognises(self, content: Content) -> bool:
        """Whether the first row has the keys of every logged sample."""
        return {"doc", "arguments", "resps"} <= set(first_row(content))

    def read(self, name: str, content: Any, beside: Mapping[str, Any]) -> Reading:
        """Read every repeat of every document; of several filters, the first."""
        task = match["task"] if (match := _FILE.fullmatch(name)) else ""
        rows = [row for row in content if row.get("filter") == first_row(content).get("filter")]
        metadata = beside.get("configs", {}).get(task, {}).get("metadata") or {}
        return Reading(
            samples=[sample for row in rows for sample in _samples(row)],
            left_out=sum(not _texts(row) for row in rows),
            benchmark=metadata.get("benchmark") or _benchmark(task),
            data=metadata.get("data_source"),
            model=beside.get("model_name"),
        )


def _samples(row: dict[str, Any]) -> list[ImportedSample]:
    named = [str(row["doc"][key]) for key in _IDS if key in row["doc"]]
    if not named:
        raise DataError(f"document {row.get('doc_id')} has none of the keys {', '.join(_IDS)}: which problem is it?")
    texts = _texts(row)
    filtered = (row.get("filtered_resps") or [None])[0]
    return [ImportedSample(named[0], text, _claims(row, index, texts, filtered)) for index, text in enumerate(texts)]


def _texts(row: dict[str, Any]) -> list[Any]:
    """The answers to the only request of a document; accepts files without the inner list, too."""
    answers = (row["resps"] or [[]])[0]
    return answers if isinstance(answers, list) else [answers]


def _claims(row: dict[str, Any], index: int, texts: list[Any], filtered: Any) -> dict[str, bool]:
    """Our own tasks log every verdict; others tell whether a document passed, which one sample alone can be held to."""
    if isinstance(filtered, list) and len(filtered) == len(texts) and str(filtered[index]).startswith('{"code": '):
        tests = parse_json(filtered[index])["tests"]
        scopes = {test["tier"] or ORIGINAL for test in tests if test["verdict"] != "UNGRADED"}
        return {
            scope: all(test["verdict"] == "PASSED" for test in tests if (test["tier"] or ORIGINAL) == scope)
            for scope in scopes
        }
    said = [row[metric] for metric in _PASSED if metric in row]
    return {ALL: bool(said[0])} if said and len(texts) == 1 else {}


def _benchmark(task: str) -> str | None:
    if task in ("tarot_all", *(f"tarot_{tier}" for tier in TIERS)):
        return "tarot"
    if task.startswith("tarot_"):
        return task.removeprefix("tarot_")
    match = _THEIRS.fullmatch(task)
    return match["base"] if match else None
