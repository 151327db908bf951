"""The chunks behind the drill-down: problems with their tests, and each run's samples."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tarot_bench.grading.showing import shown_input, shown_output
from tarot_bench.pages.chunks import Chunk
from tarot_bench.problem import Problem
from tarot_bench.reporting.report.budget import LONGEST, SAMPLES, fitting, without
from tarot_bench.reporting.report.reported import Answers, Outputs
from tarot_bench.texts import inline, printable
from tarot_bench.verdict import Completion, Grade

_CHUNK = 300_000
"""Characters of text after which a new chunk begins: large ones compress better, small ones open faster."""


def cut(text: str, longest: int = LONGEST[0]) -> str:
    """A text with control characters escaped, and without what is too long to look at."""
    if len(text) <= longest:
        return printable(text)
    return f"{printable(text[:longest])}\n… cut here: {len(text)} characters in all"


def problem_chunks(
    prefix: str, problems: Sequence[Problem], prompts: Mapping[str, str], most_bytes: float
) -> Iterator[tuple[Chunk, list[str]]]:
    """Yield problems in chunks: lists of them with their prompts, by id; each chunk with the ids in it."""

    def content(problem: Problem, longest: int) -> dict[str, Any]:
        return _problem(problem, prompts[problem.id], longest)

    longest = fitting(LONGEST, problems, content, most_bytes)
    return _chunked(prefix, ((problem.id, content(problem, longest)) for problem in problems))


def sample_chunks(
    prefix: str, problems: Sequence[Problem], answers: Mapping[str, Answers], outputs: Outputs, level: str
) -> Iterator[tuple[Chunk, list[str]]]:
    """Yield the samples of a run in chunks, by problem; `level` is one of `budget.SAMPLES`."""
    contents = ((problem.id, _samples(problem, answers[problem.id], outputs, level)) for problem in problems)
    return _chunked(prefix, contents)


def level_of(problems: Sequence[Problem], answers: Mapping[str, Answers], outputs: Outputs, most_bytes: float) -> str:
    """What of the samples of a run has to be left out, so that they need no more room: one of `budget.SAMPLES`."""

    def content(problem: Problem, level: str) -> list[dict[str, Any]]:
        return _samples(problem, answers[problem.id], outputs, level)

    return fitting(SAMPLES, problems, content, most_bytes)


def _chunked(prefix: str, items: Iterable[tuple[str, Any]]) -> Iterator[tuple[Chunk, list[str]]]:
    number, size = 0, 0
    held: dict[str, Any] = {}
    for name, content in items:
        held[name] = content
        size += _size(content)
        if size >= _CHUNK:
            yield Chunk.of(f"{prefix}.{number}", list(held.values())), list(held)
            number, size, held = number + 1, 0, {}
    if held:
        yield Chunk.of(f"{prefix}.{number}", list(held.values())), list(held)


def _size(content: Any) -> int:
    """About the characters of a value's texts."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, Mapping):
        return 20 + sum(map(_size, content.values()))
    return 20 + sum(map(_size, content)) if isinstance(content, (list, tuple)) else 8


def _problem(problem: Problem, prompt: str, longest: int) -> dict[str, Any]:
    return {
        "statement": cut(problem.statement, longest),
        "prompt": cut(prompt, longest),
        "digest": problem.digest,
        "limits": problem.limits.model_dump(),
        "checker": problem.checker.kind,
        "tests": [
            {
                "tier": test.tier.value if test.tier else "original",
                "kind": test.kind,
                "input": cut(shown_input(test), longest),
                "output": cut(shown_output(test, test.output), longest),
                "reason": inline(test.reason or ""),
            }
            for test in problem.all_tests
        ],
    }


def _samples(problem: Problem, answers: Answers, outputs: Outputs, level: str) -> list[dict[str, Any]]:
    samples = []
    for index in sorted(answers.completions.keys() | answers.grades.keys()):
        made = answers.grades.get(index)
        sample = _answer(index, answers.completions.get(index)) | _judgement(problem, made, outputs)
        samples.append(without(sample, bool(made and made.solved), level))
    return samples


def _answer(index: int, completion: Completion | None) -> dict[str, Any]:
    if completion is None:
        return {"index": index}
    return {
        "index": index,
        "text": cut(completion.text),
        "finish": inline(completion.finish_reason or ""),
        "tokens": [completion.usage.input_tokens, completion.usage.output_tokens],
        "outcome": completion.outcome.value,
        "note": inline(completion.note),
    }


def _judgement(problem: Problem, made: Grade | None, outputs: Outputs) -> dict[str, Any]:
    if made is None:
        return {}
    results: list[list[Any]] = []
    for place, (test, result) in enumerate(zip(problem.all_tests, made.results, strict=True)):
        results.append([result.verdict.value, round(result.cpu_s, 3), inline(result.detail)[:2000]])
        actual = outputs.get((problem.id, made.index, place))
        if actual is not None:
            results[-1].append(cut(shown_output(test, actual)))
    code = made.extraction.code
    return {"how": inline(made.extraction.how), "code": None if code is None else cut(code), "results": results}
