"""Write records of Every Eval Ever (schema 0.3.0): rates of a run, and one line for each sample and rate.

Layout: ``data/BENCHMARK/DEVELOPER/MODEL/UUID.json`` and ``UUID_samples.jsonl``. The same run gives the same names. A
sample without a score has no place in the schema: it is left out and counted.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tarot_bench import __version__
from tarot_bench.errors import RunError, UserError
from tarot_bench.integrations.exports.files import check_free, created
from tarot_bench.integrations.exports.source import Sample, Source
from tarot_bench.integrations.scores import passed
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.verdict import Grade

SCHEMA = "0.3.0"
_MODEL_PART = re.compile(r"(?!(data|unknown)$)[\w-][\w.:+@-]*(?<!\.)")
_LOCAL = ("hf/", "vllm/")
"""Prefixes of models that run here; the rest of such a name is the model's."""
_INTERVAL = "Wilson score interval, clustered by problem, Student's t"


@dataclass(frozen=True, slots=True)
class _Record:
    """One benchmark of a run as a record.

    Attributes:
        source: the benchmark.
        model: the model's id, DEVELOPER/NAME.
        time: when the run began, in Unix seconds.
    """

    source: Source
    model: str
    time: int

    @property
    def id(self) -> str:
        return f"{self.source.run.benchmark}/{self.model}/{self.time}"

    @property
    def folder(self) -> str:
        developer, *names = self.model.replace(":", "_").split("/")
        return f"data/{self.source.run.benchmark}/{developer}/{'_'.join(names)}"

    @property
    def uuid(self) -> str:
        """Version 4 by its form, since the schema accepts no other; made of the run's digest, not random."""
        made = hashlib.sha256(f"{self.id} {self.source.manifest.digest}".encode()).digest()
        return str(UUID(bytes=made[:16], version=4))


def write_every_eval_ever(sources: list[Source], folder: Path, model: str | None) -> list[Path]:
    """Write a record for each benchmark.

    Args:
        sources: the benchmarks of a run.
        folder: holds ``data/``; may be a checkout of the data store.
        model: its id, DEVELOPER/NAME; None derives it from the run's name for the model.

    Raises:
        UserError: the model has no such id, nothing is graded, or a file exists or cannot be written.
    """
    records = [
        _Record(source, model_id(model or source.run.model), int(_moment(source).timestamp())) for source in sources
    ]
    written = []
    for record in records:
        if not list(record.source.rates()):
            raise RunError(f"{record.source.run.path}: no sample of {record.source.run.benchmark} is graded; resume it")
        path = folder / record.folder / f"{record.uuid}.json"
        check_free(path)
        samples = path.with_name(f"{record.uuid}_samples.jsonl")
        with created(samples) as partial:
            rows = _write_lines(partial, _instances(record))
            told = _aggregate(record, f"{record.folder}/{samples.name}", _checksum(partial), rows)
        with created(path) as partial:
            partial.write_text(json.dumps(told, indent=2) + "\n", encoding="ascii")
        written += [path, samples]
    return written


def model_id(name: str) -> str:
    """The id of a model, DEVELOPER/NAME, for a name of ours; baselines are ours.

    Raises:
        UserError: the name tells no developer, or has characters that no folder can have.
    """
    known = name.removeprefix("imported/")
    for prefix in _LOCAL:
        known = known.removeprefix(prefix)
    if known.partition(":")[0] in ("gold", "mutant"):
        known = f"tarot-bench/{known}"
    parts = known.split("/")
    if len(parts) < 2 or not all(_MODEL_PART.fullmatch(part) for part in parts):
        raise UserError(f"the model {name!r} has no id of the form DEVELOPER/NAME; give it with --model-id")
    return known


def _moment(source: Source) -> datetime:
    return datetime.fromisoformat(source.manifest.created)


def _write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    """Write JSON Lines in ASCII, which no reader breaks at U+2028; returns the number of rows."""
    count = 0
    with path.open("w", encoding="ascii") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
            count += 1
    return count


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _aggregate(record: _Record, samples: str, checksum: str, rows: int) -> dict[str, Any]:
    source = record.source
    return {
        "schema_version": SCHEMA,
        "evaluation_id": record.id,
        "evaluation_timestamp": source.manifest.created,
        "retrieved_timestamp": str(record.time),
        "source_metadata": {
            "source_name": "tarot-bench",
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
            "additional_details": {"settings_digest": source.manifest.digest, **_counts(source)},
        },
        "eval_library": {
            "name": "tarot-bench",
            "version": source.run.setting.get("tarot_bench", __version__),
            "additional_details": _texts(source.run.setting.get("sandbox") or {}),
        },
        "model_info": _model(record),
        "evaluation_results": [
            _result(record, name, scope, k, estimate) for name, scope, k, estimate in source.rates()
        ],
        "detailed_evaluation_results": {
            "format": "jsonl",
            "file_path": samples,
            "hash_algorithm": "sha256",
            "checksum": checksum,
            "total_rows": rows,
        },
    }


def _counts(source: Source) -> dict[str, str]:
    counts = source.run.metrics.counts
    return _texts(
        {
            "problems": counts.problems,
            "samples": counts.samples,
            "samples_left_out_ungraded": source.ungraded,
            "samples_left_out_missing": source.missing,
            "samples_without_code": counts.no_code,
            "samples_truncated": counts.truncated,
        }
    )


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def _model(record: _Record) -> dict[str, Any]:
    local = record.source.run.model.removeprefix("imported/").startswith(_LOCAL)
    deployment = {"deployment_type": "self_deployed" if local else "unknown", "model_availability": "unknown"}
    return {"name": record.source.run.model, "id": record.model, "additional_details": deployment}


def _result_id(record: _Record, name: str) -> str:
    return f"{record.source.run.benchmark}.{name}"


def _result(record: _Record, name: str, scope: str, k: int, estimate: Estimate) -> dict[str, Any]:
    source = record.source
    return {
        "evaluation_result_id": _result_id(record, name),
        "evaluation_name": f"{source.run.benchmark} ({scope})",
        "source_data": _data(source),
        "evaluation_timestamp": source.manifest.created,
        "metric_config": {
            "evaluation_description": f"Programs that pass {_described(scope)}.",
            "metric_id": "pass_at_k",
            "metric_name": f"pass@{k}",
            "metric_kind": "pass_rate",
            "metric_unit": "proportion",
            "metric_parameters": {"k": k},
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": {
            "score": estimate.value,
            "details": _counts(source) | {"problems_in_rate": str(estimate.problems)},
            "uncertainty": {
                "confidence_interval": {
                    "lower": estimate.low,
                    "upper": estimate.high,
                    "confidence_level": 0.95,
                    "method": _INTERVAL,
                },
                "num_samples": estimate.n,
            },
        },
        "generation_config": {"generation_args": _generation(source)},
    }


def _described(scope: str) -> str:
    named = {"strict": "all tests of all tiers", "original": "all tests without a tier"}
    return named.get(scope, f"all {scope} tests")


def _data(source: Source) -> dict[str, Any]:
    setting = source.run.setting
    details = _texts({"data": setting["data"], "revision": setting["revision"], "digest": setting["data_digest"]})
    named = {"dataset_name": source.run.benchmark, "additional_details": details}
    if repo := source.hub_dataset:
        return named | {"source_type": "hf_dataset", "hf_repo": repo, "samples_number": len(source.run.problems)}
    return named | {"source_type": "other"}


def _generation(source: Source) -> dict[str, Any]:
    known = {key: source.sampling.get(key) for key in ("temperature", "top_p", "max_tokens")}
    prompt = source.manifest.settings["data"][source.run.benchmark].get("prompt")
    known |= {"execution_command": source.run.command or None, "prompt_template": prompt}
    return {key: value for key, value in known.items() if value is not None}


def _instances(record: _Record) -> Iterator[dict[str, Any]]:
    """Yield a record for each graded sample and each pass@1."""
    names = [name for name, _, k, _ in record.source.rates() if k == 1]
    for sample in record.source.samples():
        made = sample.graded
        if made is not None:
            verdicts = passed(made)
            for name in names:
                if name in verdicts:
                    yield _instance(record, sample, made, name, verdicts[name])


def _instance(record: _Record, sample: Sample, made: Grade, name: str, verdict: bool) -> dict[str, Any]:
    answer = sample.completion
    used = answer.usage
    hashed = json.dumps({"raw": sample.prompt, "reference": []}, sort_keys=True)
    return {
        "schema_version": SCHEMA,
        "evaluation_id": record.id,
        "model_id": record.model,
        "evaluation_name": f"{record.source.run.benchmark} ({name})",
        "evaluation_result_id": _result_id(record, name),
        "sample_id": sample.problem.id,
        "sample_hash": hashlib.sha256(hashed.encode()).hexdigest(),
        "interaction_type": "single_turn",
        "input": {"raw": sample.prompt, "reference": []},
        "output": {"raw": [answer.text]},
        "answer_attribution": [
            {
                "turn_idx": 0,
                "source": "output.raw",
                "extracted_value": made.extraction.code or "",
                "extraction_method": made.extraction.how,
                "is_terminal": True,
            }
        ],
        "evaluation": {"score": float(verdict), "is_correct": verdict},
        "token_usage": {
            "input_tokens": used.input_tokens,
            "output_tokens": used.output_tokens,
            "total_tokens": used.input_tokens + used.output_tokens,
        },
        "metadata": {
            "sample": str(answer.index),
            "finish_reason": answer.finish_reason or "",
            "difficulty": sample.problem.origin.difficulty or "",
            "problem_digest": sample.problem.digest,
            "verdicts": " ".join(result.verdict for result in made.results),
        },
    }
