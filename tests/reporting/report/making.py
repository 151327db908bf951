"""Write runs of `evaluate` from given answers and verdicts, without running a program."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tarot_bench.dataset.native import write_jsonl
from tarot_bench.evaluation import resolve
from tarot_bench.evaluation.parts import load_parts, stored_settings
from tarot_bench.problem import TIERS, Origin, Problem, TestCase
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.verdict import Completion, Extraction, Grade, TestResult, Usage, Verdict

SANDBOX = {"kind": "local", "level": "full", "python": "3.11.7"}
NAMES = ("apples", "bridges", "clocks", "dice", "elevators")


def problem(number: int, **changes) -> Problem:
    """A problem with one test for each tier: double a number."""
    name = f"made/{NAMES[number % len(NAMES)]}-{number}"
    tests = tuple(
        TestCase(tier=tier, input=f"{10**tier.rank}\n", output=f"{2 * 10**tier.rank}\n", reason=f"tests {tier}")
        for tier in TIERS
    )
    fields = {
        "id": name,
        "statement": f"Double the number of {name}.",
        "style": "stdin",
        "solution": "print(2 * int(input()))\n",
        "tests": tests,
        "origin": Origin(difficulty=("easy", "medium", "hard")[number % 3], extra={"tags": [f"tag{number % 2}"]}),
    }
    return Problem(**fields | changes)


def completion(asked: Problem, index: int, text: str = "", **changes) -> Completion:
    """An answer with a program."""
    text = text or f"```python\n{asked.solution}```\n"
    fields = {"problem_id": asked.id, "index": index, "model": "gold", "text": text, "finish_reason": "stop"}
    return Completion(**fields | {"usage": Usage(input_tokens=70, output_tokens=30)} | changes)


def grade(asked: Problem, index: int, verdicts: Sequence[Verdict], code: str | None = "print(1)", **changes) -> Grade:
    """A grade with these verdicts, one for each test."""
    results = tuple(
        TestResult(tier=test.tier, verdict=verdict, cpu_s=0.01, detail="" if verdict is Verdict.PASSED else "wrong")
        for test, verdict in zip(asked.all_tests, verdicts, strict=True)
    )
    extraction = Extraction(code=code, how="the only block")
    fields = {"problem_id": asked.id, "index": index, "problem_digest": asked.digest, "extraction": extraction}
    return Grade(**fields | {"results": results} | changes)


def write_run(
    folder: Path,
    problems: Sequence[Problem],
    completions: Iterable[Completion] = (),
    grades: Iterable[Grade] = (),
    *,
    samples: int = 1,
    model: str = "gold",
    settings: Mapping[str, object] | None = None,
) -> Path:
    """Write a run directory, with its data beside it, and return its path."""
    data = folder.with_name(f"{folder.name}.jsonl")
    data.parent.mkdir(parents=True, exist_ok=True)
    write_jsonl(problems, data)
    given = {"samples": samples, "k": [1, samples]} if samples > 1 else {"samples": samples}
    resolved = resolve(model, "tarot", (str(data),), **given | dict(settings or {}))
    stored = stored_settings(resolved, load_parts(resolved))
    run = EvaluationRun.start(folder, KIND, stored, {"sandbox": SANDBOX}, resume=False)
    files = run.benchmark("tarot")
    with files.write_completions() as answers, files.write_grades() as verdicts:
        for answer in completions:
            answers.append(answer)
        for made in grades:
            verdicts.append(made)
    return folder


def ladder(asked: Problem, passes: int, failure: Verdict = Verdict.WRONG_ANSWER) -> tuple[Verdict, ...]:
    """Verdicts of a program that passes the first tests only."""
    return tuple(Verdict.PASSED if place < passes else failure for place in range(len(asked.all_tests)))
