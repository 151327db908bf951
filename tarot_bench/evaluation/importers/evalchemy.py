"""Read results of evalchemy: ``results_DATE.json``, from which the paper's numbers were taken.

It holds programs for LiveCodeBench and CodeForces alone, those of the last repeat, and does not name their problems:
they come in the order of the data, each with its problem's difficulty, which is how an order can be checked. Of the
other tasks it holds numbers only, because the completions were in a temporary folder.
"""

from collections.abc import Mapping
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.evaluation.importers.reading import ALL, Content, ImportedSample, Reading

_TASKS = {
    "LiveCodeBenchv5_official": "livecodebench",
    "LiveCodeBenchv5": "livecodebench",
    "LiveCodeBench": "livecodebench",
    "CodeForces": "codeforces",
}


class EvalchemyReader:
    """Reads the only task of a file that has programs."""

    def recognises(self, content: Content) -> bool:
        """Whether the file has results and a configuration; lm-eval's files have the same outline."""
        return isinstance(content, dict) and isinstance(content.get("results"), dict) and "config" in content

    def read(self, name: str, content: Any, beside: Mapping[str, Any]) -> Reading:
        """Read the programs of the file's last repeat.

        Raises:
            DataError: no task of the file has programs, or several have.
        """
        results = content["results"]
        having = {task: found["examples"] for task, found in results.items() if task in _TASKS and _examples(found)}
        if len(having) != 1:
            what = (
                f"several ({', '.join(having)}): keep one" if having else f"none: {', '.join(results)} are numbers only"
            )
            raise DataError(f"{name}: one task with programs can be imported, and there are {what}")
        ((task, examples),) = having.items()
        return Reading(
            samples=[
                ImportedSample(str(position), _text(row), {ALL: bool(row["correctness"])})
                for position, row in enumerate(examples)
            ],
            benchmark=_TASKS[task],
            model=content.get("model_name"),
            difficulties=tuple(str(row["difficulty"]) for row in examples),
        )


def _examples(found: Any) -> bool:
    rows = found.get("examples") if isinstance(found, dict) else None
    return isinstance(rows, list) and bool(rows) and {"content", "difficulty", "correctness"} <= set(rows[0])


def _text(row: dict[str, Any]) -> str:
    """The last fenced block that evalchemy found, which is the one it graded."""
    blocks = [block for block in row["content"] or [] if block]
    return f"```python\n{blocks[-1]}\n```" if blocks else ""
