"""Detect the format of a result file by its content, and read it."""

from pathlib import Path
from typing import Any

from tarot_bench.errors import DataError, boundary, did_you_mean
from tarot_bench.evaluation.importers.evalchemy import EvalchemyReader
from tarot_bench.evaluation.importers.evalplus import EvalPlusReader
from tarot_bench.evaluation.importers.inspect_logs import InspectReader, read_log
from tarot_bench.evaluation.importers.livecodebench import LiveCodeBenchReader
from tarot_bench.evaluation.importers.lm_eval import LmEvalReader
from tarot_bench.evaluation.importers.reading import Content, Reading, SampleReader
from tarot_bench.reading import inflated_lines, lines_of, numbered_lines, parse_json

FORMATS: dict[str, SampleReader] = {
    "lm-eval": LmEvalReader(),
    "inspect": InspectReader(),
    "evalplus": EvalPlusReader(),
    "livecodebench": LiveCodeBenchReader(),
    "evalchemy": EvalchemyReader(),
}

_ZIP = b"PK\x03\x04"
"""How a zip file starts, which of all formats only inspect_ai's ``.eval`` is."""


def read_results(path: Path, name: str | None = None) -> tuple[str, Reading]:
    """Read a result file.

    Args:
        path: the file.
        name: of its format; None tells it by the content.

    Returns:
        The format's name, and what the file holds.

    Raises:
        DataError: unreadable, of no known format, not of the format that was named, or without completions.
    """
    if name is not None and name not in FORMATS:
        raise DataError(f"unknown format {name!r}; there are {', '.join(FORMATS)}{did_you_mean(name, FORMATS)}")
    content = _parsed(path)
    fitting = [known for known in ([name] if name else FORMATS) if FORMATS[known].recognises(content)]
    if not fitting:
        raise DataError(f"{path} is not a result file of {name or ', '.join(FORMATS)}")
    with boundary(DataError, f"reading {path} as results of {fitting[0]}"):
        reading = FORMATS[fitting[0]].read(path.name, content, _beside(path))
    if not reading.samples:
        raise DataError(f"{path} holds no completions; import a file with the model's answers")
    return fitting[0], reading


def _parsed(path: Path) -> Content:
    with boundary(DataError, f"reading {path}"):
        with path.open("rb") as file:
            if file.read(len(_ZIP)) == _ZIP:
                return read_log(path, is_json=False)
        lines = inflated_lines(path) if path.suffix == ".gz" else lines_of(path)
        if ".jsonl" in path.name:
            return [parse_json(line) for _, line in numbered_lines(lines)]
        content = parse_json(b"".join(lines))
        if FORMATS["inspect"].recognises(content):
            return read_log(path, is_json=True)
    return content if isinstance(content, (list, dict)) else []


def _beside(path: Path) -> dict[str, Any]:
    """Find the newest results file of lm-eval in the same folder."""
    found = sorted(path.parent.glob("results_*.json"))
    if not found or found[-1] == path:
        return {}
    content = _parsed(found[-1])
    return content if isinstance(content, dict) else {}
