"""Write the rates of a run as ``.eval_results/*.yaml`` of a model repository on the Hub, and push the file.

The Hub shows one value for each task of a benchmark dataset: pass@1 on all tiers (``strict``) and on each tier, in
[0, 1]. A published number stands for the whole benchmark, so runs of a part of it are refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from huggingface_hub import EvalResultEntry, HfApi, eval_result_entries_to_yaml
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.utils._validators import validate_repo_id

from tarot_bench.errors import RunError, UserError
from tarot_bench.hub import HUB_ID, plain_errors
from tarot_bench.integrations.exports.files import created
from tarot_bench.integrations.exports.source import Source
from tarot_bench.metrics.intervals import Estimate

_COMMIT = re.compile(r"[0-9a-f]{40}")
_PARTIAL = {"limit": "--limit", "ids": "--ids", "tiers": "--tiers", "compat": "--compat"}
"""Settings with which a run's numbers are not those of the whole benchmark by our own grader."""


def write_hub(source: Source, folder: Path, dataset: str | None) -> list[Path]:
    """Write ``.eval_results/NAME.yaml``.

    Args:
        source: the benchmark; has tiers.
        folder: a checkout of the model repository, or any other.
        dataset: the id of the benchmark dataset; None takes that of the run's data.

    Raises:
        UserError: the run's numbers do not stand for the benchmark, the dataset is unknown, or the file exists.
    """
    _check(source)
    name = dataset or source.hub_dataset or str(source.run.setting["data"])
    if not HUB_ID.fullmatch(name) or not (dataset or source.hub_dataset):
        raise UserError(f"{name!r} is no dataset of the Hub; name the benchmark dataset with --dataset-id you/name")
    path = folder / ".eval_results" / f"{name.rpartition('/')[2]}.yaml"
    entries = eval_result_entries_to_yaml(list(_entries(source, name)))
    text = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True)
    if path.is_file() and path.read_bytes() == text.encode():
        return [path]  # so that a push that failed can be repeated
    with created(path) as partial:
        partial.write_text(text, encoding="utf-8")
    return [path]


def push(path: Path, repo: str) -> str:
    """Add the file to a model repository in a commit of its own; returns the commit's address.

    Raises:
        RunError: no such repository, or no permission to write.
        InfrastructureError: the Hub cannot be reached.
    """
    with plain_errors(repo):
        validate_repo_id(repo)
        try:
            made = HfApi().upload_file(
                path_or_fileobj=path,
                path_in_repo=f"{path.parent.name}/{path.name}",
                repo_id=repo,
                commit_message=f"Evaluation results: {path.stem}",
            )
        except RepositoryNotFoundError:
            raise RunError(f"the Hub has no model repository {repo} that HF_TOKEN may write to; create it") from None
    return str(made.commit_url)


def _check(source: Source) -> None:
    """Check that the rates are final and of the whole benchmark.

    Raises:
        RunError: samples are missing, only a part was evaluated, or the benchmark has no tiers.
    """
    run = source.run
    if not run.metrics.tiers:
        raise RunError(f"{run.benchmark} has no tiers; `--to hub` publishes the tasks strict, basic, … of our dataset")
    if source.missing:
        raise RunError(f"{source.missing} samples of {run.path} are missing; finish it with --resume before publishing")
    found = [option for key, option in _PARTIAL.items() if run.setting.get(key)]
    if found:
        raise RunError(f"{run.path} was made with {', '.join(found)}; publish a run of the whole benchmark")


def _entries(source: Source, dataset: str) -> Iterator[EvalResultEntry]:
    revision = str(source.run.setting["revision"])
    known = dataset == source.hub_dataset and _COMMIT.fullmatch(revision)
    for _, scope, k, estimate in source.rates():
        if k == 1 and (scope == "strict" or scope in source.run.metrics.tiers):
            yield EvalResultEntry(
                dataset_id=dataset,
                task_id=scope,
                value=estimate.value,
                dataset_revision=revision if known else None,
                date=source.manifest.created,
                notes=_notes(source, estimate),
            )


def _notes(source: Source, estimate: Estimate) -> str:
    run = source.run
    sampling = ", ".join(f"{key} {value}" for key, value in source.sampling.items() if value not in (None, []))
    parts = [
        f"pass@1, 95 % interval {estimate.low:.4f} to {estimate.high:.4f}, {estimate.problems} problems, "
        f"{run.setting['samples']} samples each",
        sampling,
        f"{source.ungraded} samples without a score left out" if source.ungraded else "",
        f"tarot-bench {run.setting.get('tarot_bench', '')}, data digest {run.setting['data_digest']}",
    ]
    return "; ".join(part for part in parts if part)
