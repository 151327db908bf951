"""Write the files of lm-eval: ``results_DATE.json``, and ``samples_TASK_DATE.jsonl`` as ``--log_samples`` does.

The tasks are ours (`tarot_bench.integrations.lm_eval`), so that names, numbers and rows are those of a run inside
lm-eval. lm-eval itself is not needed.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tarot_bench.errors import RunError
from tarot_bench.grading import ungraded
from tarot_bench.integrations.exports.files import check_free, created
from tarot_bench.integrations.exports.source import Sample, Source
from tarot_bench.integrations.lm_eval.grading import to_line
from tarot_bench.integrations.lm_eval.measures import Measures
from tarot_bench.problem import Problem
from tarot_bench.verdict import Grade, VerdictMatrix

_FILTER = "graded"
_NO_FILE_NAME = re.compile(r"[\"<>:/|\\?*\[\]]+")
"""What lm-eval replaces in a model's name to make a folder."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One benchmark as a task of lm-eval, with its rows."""

    source: Source
    name: str
    measures: Measures
    rows: list[dict[str, Any]]


def write_lm_eval(sources: list[Source], folder: Path) -> list[Path]:
    """Write the files to a folder with the model's name, as lm-eval does.

    Raises:
        RunError: no sample is answered, or a file exists or cannot be written.
    """
    tasks = [task for source in sources if (task := _task(source)).rows]
    if not tasks:
        raise RunError(f"no sample of {sources[0].run.path} is answered; resume it")
    run, manifest = sources[0].run, sources[0].manifest
    date = datetime.fromisoformat(manifest.created).replace(tzinfo=None).isoformat(timespec="microseconds")
    date = date.replace(":", "-")
    home = folder / _NO_FILE_NAME.sub("__", run.model)
    paths = [home / f"results_{date}.json", *(home / f"samples_{task.name}_{date}.jsonl" for task in tasks)]
    for path in paths:
        check_free(path)
    for path, task in zip(paths[1:], tasks, strict=True):
        with created(path) as partial, partial.open("w", encoding="ascii") as file:
            file.writelines(json.dumps(row) + "\n" for row in task.rows)
    with created(paths[0]) as partial:
        partial.write_text(json.dumps(_results(tasks), indent=2), encoding="ascii")
    return paths


def _task(source: Source) -> _Task:
    benchmark = source.run.benchmark
    measures = Measures.for_problems(source.run.problems, tuple(source.run.metrics.counts.left_out), None)
    name = "tarot_all" if benchmark == "tarot" else f"tarot_{benchmark}"
    return _Task(source, name, measures, list(_rows(source, measures)))


def _rows(source: Source, measures: Measures) -> Iterator[dict[str, Any]]:
    """Yield a row for each problem with an answer of the model's own."""
    answered: dict[str, list[Sample]] = {}
    for sample in source.samples():
        if sample.completion.outcome.is_the_models:
            answered.setdefault(sample.problem.id, []).append(sample)
    for number, problem in enumerate(source.run.problems):
        if problem.id in answered:
            yield _row(number, answered[problem.id], measures, _generation(source))


def _row(number: int, samples: Sequence[Sample], measures: Measures, generation: Mapping[str, Any]) -> dict[str, Any]:
    problem, prompt = samples[0].problem, samples[0].prompt
    grades = [_grade(problem, sample) for sample in samples]
    fewer = replace(measures, ks=tuple(k for k in measures.ks if k <= len(grades)))
    found = fewer.of(VerdictMatrix.of(grades))
    doc = {"problem_id": problem.id, "digest": problem.digest, "prompt": prompt}
    return {
        "doc_id": number,
        "doc": doc,
        "target": problem.id,
        "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": generation}},
        "resps": [[sample.completion.text for sample in samples]],
        "filtered_resps": [[to_line(made) for made in grades]],
        "filter": _FILTER,
        "metrics": list(found),
        "doc_hash": _hash(json.dumps(doc, indent=2, ensure_ascii=False)),
        "prompt_hash": _hash(prompt),
        "target_hash": _hash(problem.id),
        **found,
    }


def _grade(problem: Problem, sample: Sample) -> Grade:
    return sample.grade or ungraded(problem, sample.completion.index, "not graded yet")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _generation(source: Source) -> dict[str, Any]:
    """The sampling parameters under lm-eval's names."""
    sampling = source.sampling
    if not sampling:
        return {}
    temperature = sampling.get("temperature")
    named = {"until": sampling.get("stop") or [], "do_sample": bool(temperature), "temperature": temperature}
    return named | {"max_gen_toks": sampling.get("max_tokens")}


def _results(tasks: Sequence[_Task]) -> dict[str, Any]:
    source = tasks[0].source
    model = source.run.model
    return {
        "results": {task.name: _numbers(task) for task in tasks},
        "group_subtasks": {},
        "configs": {task.name: _config(task) for task in tasks},
        "versions": {task.name: 1.0 for task in tasks},
        "n-shot": {task.name: 0 for task in tasks},
        "higher_is_better": {
            task.name: {str(m["metric"]): m["higher_is_better"] for m in task.measures.metric_list()} for task in tasks
        },
        "n-samples": {
            task.name: {"original": len(task.source.run.problems), "effective": len(task.rows)} for task in tasks
        },
        "config": {"model": "tarot-bench", "model_args": None, "limit": source.run.setting["limit"]},
        "date": datetime.fromisoformat(source.manifest.created).timestamp(),
        "task_hashes": {
            task.name: _hash("".join(row["doc_hash"] + row["prompt_hash"] + row["target_hash"] for row in task.rows))
            for task in tasks
        },
        "model_source": "tarot-bench",
        "model_name": model,
        "model_name_sanitized": _NO_FILE_NAME.sub("__", model),
        "system_instruction": source.manifest.settings.get("system"),
        "fewshot_as_multiturn": False,
        "chat_template": None,
    }


def _numbers(task: _Task) -> dict[str, Any]:
    """The mean of every number over the problems that have it, with its standard error."""
    numbers: dict[str, Any] = {"name": task.name, "alias": task.name, "sample_len": len(task.rows)}
    for metric in task.measures.metric_list():
        name = str(metric["metric"])
        values = [row[name] for row in task.rows if name in row]
        if values:
            numbers[f"{name},{_FILTER}"] = math.fsum(values) / len(values)
            numbers[f"{name}_stderr,{_FILTER}"] = _standard_error(values)
    return numbers


def _standard_error(values: Sequence[float]) -> float | str:
    """Of the mean, with n - 1 in the variance; ``N/A`` for one value, as lm-eval writes it."""
    count = len(values)
    if count < 2:
        return "N/A"
    mean = math.fsum(values) / count
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1) / count)


def _config(task: _Task) -> dict[str, Any]:
    run, entry = task.source.run, task.source.entry
    return {
        "task": task.name,
        "test_split": "test",
        "doc_to_text": "prompt",
        "doc_to_target": "problem_id",
        "num_fewshot": 0,
        "metric_list": task.measures.metric_list(),
        "output_type": "generate_until",
        "generation_kwargs": _generation(task.source),
        "repeats": run.setting["samples"],
        "metadata": {
            "version": 1.0,
            "benchmark": run.benchmark,
            "data_source": entry.get("data"),
            "data_revision": run.setting["revision"],
            "data_digest": run.setting["data_digest"],
            "data_notes": dict(run.setting["notes"]),
            "samples_left_out": {"ungraded": task.source.ungraded, "missing": task.source.missing},
        },
    }
