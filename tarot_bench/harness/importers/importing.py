"""From a result file to a run of `evaluate` that can be graded again, explained and compared."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.config import build
from tarot_bench.errors import RecipeError
from tarot_bench.harness.importers.claims import Agreement, Claim, compare
from tarot_bench.harness.importers.formats import read_results
from tarot_bench.harness.importers.matching import matched
from tarot_bench.harness.importers.reading import Reading
from tarot_bench.harness.parts import load_parts, stored_settings
from tarot_bench.harness.settings import BenchmarkEntry, Evaluation
from tarot_bench.runs import Run, writing
from tarot_bench.verdict import Completion, Grade

CLAIMS = "claims.jsonl"


@dataclass(frozen=True, slots=True)
class Imported:
    """What was imported.

    Attributes:
        format: of the file.
        benchmark: whose problems it is about.
        model: as the run names it.
        problems: how many the file has completions for.
        samples: completions.
    """

    format: str
    benchmark: str
    model: str
    problems: int
    samples: int


def import_results(
    path: Path,
    output: Path,
    *,
    form: str | None = None,
    benchmark: str | None = None,
    data: str | None = None,
    split: str | None = None,
    model: str | None = None,
) -> Imported:
    """Write a run with a file's completions and claims; `regrade` then grades it.

    Args:
        path: a result file of another harness.
        output: the run directory.
        form: the file's format; None tells it by the content.
        benchmark: ours that the problems belong to, where the file does not tell.
        data: where the problems are, where neither the file nor the benchmark's default will do.
        split: of the data.
        model: the model's name, where the file does not tell.

    Raises:
        UserError: not a file of a known format, no completions, unknown problems, or a run that is there already.
    """
    found, reading = read_results(path, form)
    name = benchmark or reading.benchmark
    if name is None:
        raise RecipeError(f"{path} does not tell which benchmark it is about; say --benchmark NAME")
    entry = build(BenchmarkEntry, {"name": name, "data": data or reading.data, "split": split}, "--benchmark")
    whole = Evaluation(name="imported", benchmarks=(entry,), model=f"imported/{model or reading.model or path.stem}")
    (part,) = load_parts(whole)
    ids = matched(reading, part.problems.problems)
    settings = _narrowed(whole, reading, ids, len(part.problems))
    source = {"file": path.name, "format": found, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    stored = stored_settings(settings, load_parts(settings))
    with writing(output):
        run = Run.start(output, "evaluate", stored, {"imported": source}, resume=False)
        _write(run, name, reading, ids, settings.model)
    return Imported(found, name, settings.model, len(set(ids.values())), len(reading.samples))


def agreement(path: Path, benchmark: str) -> Agreement:
    """How the claims of an imported run agree with the grades that `regrade` made."""
    run = Run.open(path)
    return compare(run.records(f"{benchmark}/{CLAIMS}", Claim), run.records(f"{benchmark}/grades.jsonl", Grade))


def _narrowed(whole: Evaluation, reading: Reading, ids: dict[str, str], problems: int) -> Evaluation:
    """The evaluation that would have made these completions: only their problems, as many samples as there are."""
    counts = Counter(ids[sample.problem] for sample in reading.samples)
    samples = max(counts.values())
    changed = {
        "ids": tuple(counts) if len(counts) < problems else None,
        "samples": samples,
        "k": tuple(sorted({1, samples})),
    }
    return whole.model_copy(update=changed)


def _write(run: Run, benchmark: str, reading: Reading, ids: dict[str, str], model: str) -> None:
    """Write completions and claims; the samples of a problem are numbered in the file's order."""
    seen: Counter[str] = Counter()
    with (
        run.journal(f"{benchmark}/completions.jsonl", Completion) as completions,
        run.journal(f"{benchmark}/{CLAIMS}", Claim) as claims,
    ):
        for sample in reading.samples:
            problem = ids[sample.problem]
            index = seen[problem]
            seen[problem] += 1
            completions.append(Completion(problem_id=problem, index=index, model=model, text=sample.text))
            if sample.claims:
                claims.append(Claim(problem_id=problem, index=index, passed=dict(sample.claims)))
