"""Read results of evalplus: ``*_eval_results.json``, and its samples (``task_id`` with ``solution`` or ``completion``).

The samples' form is also that of OpenAI's human-eval, whose result files add ``passed``.
"""

from collections.abc import Mapping
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.evaluation.importers.reading import ALL, Content, ImportedSample, Reading, first_row


class EvalPlusReader:
    """Reads solutions with the status of their base and plus tests."""

    def recognises(self, content: Content) -> bool:
        """Whether the file maps tasks to results, or has rows of samples."""
        if isinstance(content, dict):
            tasks = content.get("eval")
            return isinstance(tasks, dict) and all(isinstance(samples, list) for samples in tasks.values())
        row = first_row(content)
        return "task_id" in row and ("solution" in row or "completion" in row)

    def read(self, name: str, content: Any, beside: Mapping[str, Any]) -> Reading:
        """Read every sample of every task.

        Raises:
            DataError: results of an evalplus before 0.2, whose entries are lists.
        """
        rows = content if isinstance(content, list) else [row for task in content["eval"].values() for row in task]
        if any(not isinstance(row, dict) for row in rows):
            raise DataError(
                f"{name}: results of an old evalplus; run it again with 0.2 or later, or import the samples"
            )
        samples = [
            ImportedSample(str(row["task_id"]), row.get("solution") or row.get("completion"), _claims(row))
            for row in rows
        ]
        return Reading(samples, benchmark=_benchmark(rows))


def _claims(row: dict[str, Any]) -> dict[str, bool]:
    if "passed" in row:
        return {ALL: bool(row["passed"])}
    claims = {group: row[key] == "pass" for group in ("base", "plus") if row.get(key := f"{group}_status")}
    whole = "plus" in claims or (claims and str(row["task_id"]).startswith("HumanEval"))  # MBPP's data have plus tests
    return claims | ({ALL: all(claims.values())} if whole else {})


def _benchmark(rows: list[dict[str, Any]]) -> str | None:
    family = str(rows[0]["task_id"]).partition("/")[0] if rows else ""
    plus = any(row.get("plus_status") for row in rows)
    return {"HumanEval": "humaneval_plus" if plus else "humaneval", "Mbpp": "mbpp_plus"}.get(family)
