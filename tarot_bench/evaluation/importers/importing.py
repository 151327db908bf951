"""Convert a result file to a run of `evaluate` that can be regraded, explained and compared."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tarot_bench.config import build
from tarot_bench.errors import RecipeError, RunError
from tarot_bench.evaluation.importers.claims import Agreement, Claim, compare
from tarot_bench.evaluation.importers.formats import read_results
from tarot_bench.evaluation.importers.matching import matched
from tarot_bench.evaluation.importers.reading import Reading
from tarot_bench.evaluation.parts import load_parts, stored_settings
from tarot_bench.evaluation.settings import BenchmarkEntry, Evaluation
from tarot_bench.runs import writing
from tarot_bench.runs.evaluation import KIND, BenchmarkFiles, EvaluationRun
from tarot_bench.verdict import Completion


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    Attributes:
        format: of the file.
        benchmark: whose problems it is about.
        model: as the run names it.
        problems: how many the file has completions for.
        samples: completions.
        left_out: samples that the file has no answer for.
    """

    format: str
    benchmark: str
    model: str
    problems: int
    samples: int
    left_out: int = 0


def import_results(
    path: Path,
    output: Path,
    *,
    form: str | None = None,
    benchmark: str | None = None,
    data: str | None = None,
    split: str | None = None,
    model: str | None = None,
    ks: Sequence[int] = (),
) -> Imported:
    """Write a run with a file's completions and claims; `regrade` then grades it.

    Args:
        path: a result file of another harness.
        output: the run directory.
        form: the file's format; None tells it by the content.
        benchmark: our benchmark with these problems, if the file does not name it.
        data: where the problems are, where neither the file nor the benchmark's default will do.
        split: of the data.
        model: the model's name, where the file does not tell.
        ks: report pass@k for these; 1 and the smallest number of samples of any problem by default.

    Raises:
        UserError: not a file of a known format, no completions, unknown problems, a k that no problem has samples for,
            or a run that is there already.
    """
    if (output / "run.json").exists():
        raise RunError(f"{output} already holds a run; choose another --output")
    found, reading = read_results(path, form)
    name = benchmark or reading.benchmark
    if name is None:
        raise RecipeError(f"{path} does not name its benchmark; give --benchmark NAME")
    entry = build(BenchmarkEntry, {"name": name, "data": data or reading.data, "split": split}, "--benchmark")
    whole = Evaluation(name="imported", benchmarks=(entry,), model=f"imported/{model or reading.model or path.stem}")
    (part,) = load_parts(whole)
    ids = matched(reading, part.problems.problems)
    counts = Counter(ids[sample.problem] for sample in reading.samples)
    settings = _narrowed(whole, counts, len(part.problems), ks)
    source = {"file": path.name, "format": found, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    uneven = dict(counts) if len(set(counts.values())) > 1 else {}
    stored = stored_settings(settings, [replace(part, counts=uneven) for part in load_parts(settings)])
    with writing(output):
        run = EvaluationRun.start(output, KIND, stored, {"imported": source}, resume=False)
        _write(run.benchmark(name), reading, ids, settings.model)
    return Imported(found, name, settings.model, len(counts), len(reading.samples), reading.left_out)


def agreement(path: Path, benchmark: str) -> Agreement:
    """Compare the claims of an imported run with the grades that `regrade` made."""
    files = EvaluationRun.open(path).benchmark(benchmark)
    return compare(files.claims(Claim), files.grades)


def _narrowed(whole: Evaluation, counts: Mapping[str, int], problems: int, ks: Sequence[int]) -> Evaluation:
    """The settings of an evaluation with exactly these problems and numbers of samples.

    Raises:
        RecipeError: a k that no problem has samples for.
    """
    most = max(counts.values())
    if ks and not 1 <= min(ks) <= max(ks) <= most:
        raise RecipeError(f"--k {' --k '.join(map(str, ks))}: the file has at most {most} samples of a problem")
    changed = {
        "ids": tuple(counts) if len(counts) < problems else None,
        "samples": most,
        "k": tuple(sorted({1, *(ks or (min(counts.values()),))})),
    }
    return whole.model_copy(update=changed)


def _write(files: BenchmarkFiles, reading: Reading, ids: dict[str, str], model: str) -> None:
    """Write completions and claims; the samples of a problem are numbered in the file's order."""
    seen: Counter[str] = Counter()
    with files.write_completions() as completions, files.write_claims(Claim) as claims:
        for sample in reading.samples:
            problem = ids[sample.problem]
            index = seen[problem]
            seen[problem] += 1
            completions.append(
                Completion(
                    problem_id=problem,
                    index=index,
                    model=model,
                    text=sample.text,
                    finish_reason=sample.finish_reason,
                )
            )
            if sample.claims:
                claims.append(Claim(problem_id=problem, index=index, passed=dict(sample.claims)))
