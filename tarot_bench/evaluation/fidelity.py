"""Check the warm sandbox: grade a small part of every run again in fresh interpreters, and compare the verdicts.

Where the two disagree the cold sandbox grades once more: if it agrees with itself, its grade replaces the warm one;
if it does not, the program is not deterministic and the warm grade is kept. Both are counted in the run
(`BenchmarkFiles.fidelity`).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from tarot_bench.atomic import write_atomically
from tarot_bench.extraction import ExtractionForm
from tarot_bench.grading import grade
from tarot_bench.grading.compat import Compat
from tarot_bench.problem import Frozen, Problem
from tarot_bench.reading import parse_json
from tarot_bench.runs import JournalReader, JournalWriter
from tarot_bench.runs.evaluation import BenchmarkFiles
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade, Verdict

SHARE = 0.0075
"""Of the graded samples."""

Key = tuple[str, int]


class Fidelity(Frozen):
    """The result of the check on one benchmark, in numbers of graded samples."""

    checked: int = 0
    replaced: int = 0
    """The cold sandbox disagreed twice, so its verdicts count."""
    nondeterministic: int = 0
    """Cold contradicted itself."""


def settle(
    problems: Iterable[Problem],
    completions: JournalReader[Completion],
    grades: JournalWriter[Grade],
    sandbox: Sandbox,
    compat: Compat | None,
    extraction: ExtractionForm = "answer",
    packages: Sequence[str] | None = None,
) -> None:
    """Grade a part of a benchmark again in fresh interpreters, and journal the grades that replace others.

    Does nothing for a sandbox that is not warm and local.

    Args:
        problems: with the limits that the grades were made under.
        completions: of the benchmark.
        grades: of the benchmark; which of them are sampled depends on their problem and index alone.
        sandbox: the one that made the grades.
        compat: as for `grade`.
        extraction: as for `grade`.
        packages: what programs could import in `sandbox`; see `open_sandbox`.

    Raises:
        RunError: the counts or a grade cannot be written.
    """
    if sandbox.info.kind != "local" or not sandbox.info.details.get("warm"):
        return
    by_id = {problem.id: problem for problem in problems}
    warm = {
        _key(made): made for made in grades if is_sampled(_key(made)) and made.extraction.code and not made.ungraded
    }
    asked = [completion for completion in completions if (completion.problem_id, completion.index) in warm]
    replaced = contradictions = 0
    if asked:
        with open_sandbox("cold", packages=packages) as cold:
            for completion in asked:
                made = warm[completion.problem_id, completion.index]
                first, second = _twice(by_id[completion.problem_id], completion, made, cold, compat, extraction)
                if _verdicts(first) == _verdicts(second) != _verdicts(made):
                    grades.append(first)
                    replaced += 1
                contradictions += _verdicts(first) != _verdicts(second)
    found = Fidelity(checked=len(asked), replaced=replaced, nondeterministic=contradictions)
    write_atomically(BenchmarkFiles(grades.path.parent).fidelity, found.model_dump_json(indent=2) + "\n")


def read(path: Path) -> dict[str, int] | None:
    """Read the counts that `settle` wrote to this file; None if there are none."""
    try:
        counts: dict[str, int] = parse_json(path.read_text())
    except (OSError, ValueError):
        return None
    return counts


def is_sampled(key: Key) -> bool:
    """Whether a sample belongs to the share that is also graded cold."""
    draw = int.from_bytes(sha256(f"{key[0]}\0{key[1]}".encode()).digest()[:8])
    return draw < SHARE * 2**64


def _twice(
    problem: Problem,
    completion: Completion,
    warm: Grade,
    cold: Sandbox,
    compat: Compat | None,
    extraction: ExtractionForm,
) -> tuple[Grade, Grade]:
    """Grade a sample cold, and once more if the result disagrees with the warm grade."""
    first = grade(problem, completion, cold, compat=compat, extraction=extraction)
    if first.ungraded or _verdicts(first) == _verdicts(warm):
        return warm, warm
    second = grade(problem, completion, cold, compat=compat, extraction=extraction)
    return (warm, warm) if second.ungraded else (first, second)


def _key(made: Grade) -> Key:
    return made.problem_id, made.index


def _verdicts(made: Grade) -> tuple[Verdict, ...]:
    return tuple(result.verdict for result in made.results)
