"""The protocol of readers of result files, and their results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tarot_bench.parsing import answer_text

Content = list[Any] | dict[str, Any]
"""A parsed file: rows of JSON Lines, a JSON array or a JSON object."""

ALL, ORIGINAL = "all", "original"
"""The scopes of claims about all tests of a problem, and about those without a tier.

Others are a tier's name or a group of tests."""


@dataclass(frozen=True, slots=True)
class ImportedSample:
    """One recorded completion.

    Attributes:
        problem: the problem as the file names it, or its position where the file names none.
        answer: the model's raw text where the file has it, else the code that was taken from it; or whatever the file
            has in its place, such as null or the parts of a message.
        claims: by scope, whether it passed according to the file; empty if unknown.
        finish_reason: ``length`` if the answer was cut according to the file, None if unknown.
    """

    problem: str
    answer: Any
    claims: Mapping[str, bool] = field(default_factory=dict)
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        """The answer as text; null is an empty one."""
        return answer_text(self.answer)


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of one file.

    Attributes:
        samples: in the file's order, which numbers the samples of each problem.
        benchmark: our benchmark for the file's task, if the file names it.
        data: where its problems came from, as far as the file tells.
        model: the model's name, as far as the file tells.
        difficulties: set where the file names no problems: one label per problem, in the order of its data.
        left_out: samples that the file has no answer for, such as those that ended in an error.
    """

    samples: list[ImportedSample]
    benchmark: str | None = None
    data: str | None = None
    model: str | None = None
    difficulties: tuple[str, ...] | None = None
    left_out: int = 0


class SampleReader(Protocol):
    """Reads one format."""

    def recognises(self, content: Content) -> bool:
        """Whether the first record of a parsed file is of this format."""
        ...

    def read(self, name: str, content: Any, beside: Mapping[str, Any]) -> Reading:
        """Read the completions of a file.

        Args:
            name: the file's name, in which some formats put the task.
            content: the parsed file.
            beside: the ``results_*.json`` of the same run in the same folder, where there is one.

        Raises:
            DataError: of this format, but without completions.
        """
        ...


def first_row(content: Content) -> dict[str, Any]:
    """The first row of a list, if it is an object; else an empty one."""
    first = content[0] if isinstance(content, list) and content else None
    return first if isinstance(first, dict) else {}
