"""The files of a run of `generate` that other packages read; reads and writes JSON Lines."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field

from tarot_bench.atomic import replacing
from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen
from tarot_bench.runs.journal import Record
from tarot_bench.runs.stored import StoredRecords

KIND = "generate"
ENTRIES = "entries.jsonl"
"""The dataset, an entry a line; there once every stage has run."""
FUNNEL = "funnel.json"
"""What each stage kept, dropped and flagged."""
PROVENANCE = "provenance.json"
"""How the dataset was made, for those who publish it: a `RunProvenance`."""


class GeneratorUse(Frozen):
    """What one generator of a run was asked, and what it cost."""

    generator: str
    """Its name in the recipe."""
    models: dict[str, int] = Field(default_factory=dict)
    """Replies by the model that the service says answered, as in a dated snapshot."""
    requests: int = 0
    """Replies; retries not counted."""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None
    """What the run paid; None where the recipe gives no prices."""


class RunProvenance(Frozen):
    """How the dataset of a run was made."""

    recipe: dict[str, Any]
    """The resolved recipe, without addresses and paths of the machine."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """The text of each prompt template by its file name; empty without generators that are models."""
    generators: tuple[GeneratorUse, ...] = ()


def read_lines(path: Path, kind: type[Record]) -> StoredRecords[Record]:
    """The records of a file that `write_lines` wrote; each is read when it is asked for.

    Raises:
        RunError: the file is missing or cut off; reading a record: it is malformed.
    """
    if not path.is_file():
        raise RunError(f"{path} does not exist: that stage of the run is not finished; run `generate --resume` first")
    return StoredRecords(path, kind)


def write_lines(path: Path, records: Iterable[Frozen]) -> None:
    """Write records as JSON Lines, atomically."""
    with replacing(path) as file:
        file.writelines(record.model_dump_json() + "\n" for record in records)
