"""LiveCodeBench results: ``…_eval_all.json`` with verdicts, ``….json`` without, or its custom evaluator's input."""

from collections.abc import Mapping
from typing import Any

from tarot_bench.evaluation.importers.reading import ALL, Content, ImportedSample, Reading, first_row


class LiveCodeBenchReader:
    """Reads a list of questions, each with all its outputs."""

    def recognises(self, content: Content) -> bool:
        """Whether the first row has a question id and a list of programs."""
        return {"question_id", "code_list"} <= set(first_row(content))

    def read(self, name: str, content: Any, beside: Mapping[str, Any]) -> Reading:
        """Read every output of every question: the raw text if it was kept, else the extracted program."""
        return Reading([sample for row in content for sample in _samples(row)], benchmark="livecodebench")


def _samples(row: dict[str, Any]) -> list[ImportedSample]:
    outputs = row.get("output_list") or row["code_list"]
    graded = row.get("graded_list") or []
    return [
        ImportedSample(str(row["question_id"]), text, {ALL: bool(graded[index])} if index < len(graded) else {})
        for index, text in enumerate(outputs)
    ]
