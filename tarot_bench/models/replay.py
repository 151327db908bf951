"""``replay:FILE``: completions that were recorded before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from tarot_bench.errors import ModelError, boundary, one_line
from tarot_bench.models.answers import finish_reason
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.problem import Frozen
from tarot_bench.reading import parse_json
from tarot_bench.verdict import SampleOutcome, Usage

_ID_KEYS = ("problem_id", "task_id")
_TEXT_KEYS = ("text", "completion", "solution")


class ReplayRow(Frozen):
    """The keys that are read from a line; others are ignored."""

    problem_id: str
    index: int | None = Field(default=None, ge=0)
    text: str
    finish_reason: str | None = "stop"
    usage: Usage = Usage()
    outcome: SampleOutcome = SampleOutcome.ANSWERED
    note: str = ""


class ReplayModel:
    """Answers from a JSON Lines file.

    A row is a record of our ``completions.jsonl``, or anything with ``problem_id`` or ``task_id``, one of ``text``,
    ``completion`` and ``solution``, and perhaps ``index``. Rows without an index count up per problem, in file order.
    """

    concurrency = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        self.name = name
        self.batch_size = options.batch_size
        self._path = Path(name.partition(":")[2])
        self._answers = _read(self._path)

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Look up the answers; sampling settings have no effect.

        Raises:
            ModelError: the file has no such sample.
        """
        return [self._answer(request) for request in requests]

    async def close(self) -> None:
        """Nothing to release."""

    def _answer(self, request: Request) -> Answer:
        samples = self._answers.get(request.problem.id, {})
        if request.index not in samples:
            raise ModelError(
                f"{self._path} has {len(samples)} sample(s) of problem {request.problem.id!r}, "
                f"and none with index {request.index}: lower the number of samples or complete the file"
            )
        return samples[request.index]


def _read(path: Path) -> dict[str, dict[int, Answer]]:
    """Return the file's answers by problem and index.

    Raises:
        ModelError: the file cannot be read, or a line cannot; the message says which.
    """
    with boundary(ModelError, f"reading recorded completions from {path}"):
        lines = path.read_text(encoding="utf-8").split("\n")
    answers: dict[str, dict[int, Answer]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            row = _row(line, f"{path}:{number}")
            samples = answers.setdefault(row.problem_id, {})
            index = len(samples) if row.index is None else row.index
            if index in samples:
                raise ModelError(f"{path}:{number}: a second sample {index} of problem {row.problem_id!r}")
            samples[index] = Answer(row.text, finish_reason(row.finish_reason), row.usage, row.outcome, row.note)
    return answers


def _row(line: str, where: str) -> ReplayRow:
    try:
        raw = parse_json(line)
        return ReplayRow.model_validate(_renamed(raw))
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{'.'.join(map(str, first['loc'])) or 'row'}: {first['msg']}"
    except ValueError as error:
        problem = one_line(error)
    raise ModelError(f"{where}: not a recorded completion: {problem}")


def _renamed(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"expected a JSON object, found {type(raw).__name__}")
    known = {key: raw[key] for key in ("index", "finish_reason", "usage", "outcome", "note") if key in raw}
    return known | {"problem_id": _first(raw, _ID_KEYS), "text": _first(raw, _TEXT_KEYS)}


def _first(raw: dict[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        if key in raw:
            return raw[key]
    raise ValueError(f"none of the keys {', '.join(keys)}")
