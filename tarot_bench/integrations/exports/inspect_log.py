"""Write a log of inspect_ai, as its own task `tarot_bench/tarot` would have made it.

Every sample has its prompt, answer, usage and score. Rates, intervals and pass@k are those of the run's report.
"""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tarot_bench import __version__
from tarot_bench.errors import RunError, UserError
from tarot_bench.integrations.exports.files import created
from tarot_bench.integrations.exports.source import Sample, Source
from tarot_bench.integrations.scores import score_names
from tarot_bench.metrics.intervals import Estimate

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalResults, EvalSample, EvalScore, EvalSpec
    from inspect_ai.model import ModelOutput, ModelUsage

_TASK = "tarot_bench/tarot"
_SCORER = "tiers_passed"
_STOPS: dict[str | None, Any] = {
    "stop": "stop",
    None: "stop",
    "length": "max_tokens",
    "content_filter": "content_filter",
}


def write_inspect(source: Source, path: Path) -> list[Path]:
    """Write the log; its name ends in ``.eval`` or ``.json``.

    Raises:
        UserError: another ending, inspect_ai is not installed, or the file exists or cannot be written.
    """
    if path.suffix not in (".eval", ".json"):
        raise RunError(f"{path}: a log of inspect_ai ends in .eval or .json; choose another --output")
    try:
        from inspect_ai.log import write_eval_log
    except ImportError:
        raise UserError('inspect_ai is not installed: pip install "tarot-bench[inspect]"') from None
    with created(path) as partial:
        write_eval_log(_log(source), str(partial))
    return [path]


def _log(source: Source) -> "EvalLog":
    from inspect_ai.log import EvalLog, EvalStats

    names = score_names(source.run.problems)
    samples = [_sample(source, sample, names) for sample in source.samples()]
    log = EvalLog(
        status="cancelled" if source.missing else "success",
        eval=_spec(source, names),
        results=_results(source, samples),
        stats=EvalStats(started_at=source.manifest.created, model_usage={source.run.model: _total(samples)}),
        samples=samples,
    )
    log.plan.config.temperature = source.sampling.get("temperature")
    log.plan.config.top_p = source.sampling.get("top_p")
    log.plan.config.max_tokens = source.sampling.get("max_tokens")
    log.plan.config.seed = source.sampling.get("seed")
    return log


def _spec(source: Source, names: list[str]) -> "EvalSpec":
    from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec
    from inspect_ai.log._log import EvalMetricDefinition, EvalScorer, HeadlineMetric

    run, entry = source.run, source.entry
    problems = {"benchmark": run.benchmark, **{key: entry.get(key) for key in ("data", "revision", "split", "prompt")}}
    tiers = ",".join(run.setting["tiers"] or ())
    metrics = {"*": [EvalMetricDefinition(name=f"inspect_ai/{name}", options={}) for name in ("accuracy", "stderr")]}
    arguments = problems | {"tiers": tiers or None, "sandbox": "local"}
    return EvalSpec(
        created=source.manifest.created,
        run_id=source.manifest.digest,
        task=_TASK,
        task_id=run.benchmark,
        task_display_name=run.benchmark,
        task_registry_name=_TASK,
        task_args=arguments,
        task_args_passed=arguments,
        dataset=EvalDataset(
            name=run.benchmark,
            location=run.setting["data"],
            samples=len(run.problems),
            sample_ids=[problem.id for problem in run.problems],
            shuffled=False,
        ),
        model=run.model,
        config=EvalConfig(epochs=run.setting["samples"]),
        packages={"tarot_bench": run.setting.get("tarot_bench", __version__)},
        metadata=_metadata(source),
        scorers=[EvalScorer(name=_SCORER, options=problems | {"tiers": tiers, "sandbox": "local"}, metrics=metrics)],
        headline_metric=HeadlineMetric(scorer=_SCORER, score=names[0]),
    )


def _metadata(source: Source) -> dict[str, Any]:
    run = source.run
    return {
        "data_revision": run.setting["revision"],
        "data_digest": run.setting["data_digest"],
        "settings": dict(run.setting),
        "command": run.command,
        "counts": run.metrics.counts.model_dump(mode="json"),
        "missing": source.missing,
        "ungraded": source.ungraded,
        "remarks": list(run.remarks),
    }


def _sample(source: Source, sample: Sample, names: list[str]) -> "EvalSample":
    """One epoch of one problem; one that is not graded has no value, and one without an answer has an error."""
    from inspect_ai.log import EvalError, EvalSample

    from tarot_bench.integrations.inspect_ai import score_of

    answer, output = sample.completion, _output(sample)
    error = None
    if not answer.outcome.is_the_models:
        error = EvalError(message=f"{answer.outcome}: {answer.note}", traceback="", traceback_ansi="")
    asked = _messages(source.manifest.settings.get("system"), sample.prompt)
    said = [output.message] if output.choices else []
    return EvalSample(
        id=sample.problem.id,
        epoch=answer.index + 1,
        input=asked if len(asked) > 1 else sample.prompt,
        target="",
        messages=[*asked, *said],
        output=output,
        scores={_SCORER: score_of(sample.grade, names)} if sample.grade else None,
        metadata=_about(sample),
        model_usage={answer.model: output.usage} if output.usage else {},
        error=error,
        uuid=f"{source.manifest.digest}-{sample.problem.digest}-{answer.index}",
    )


def _about(sample: Sample) -> dict[str, Any]:
    answer, problem = sample.completion, sample.problem
    told = {"problem_digest": problem.digest, "finish_reason": answer.finish_reason, "outcome": answer.outcome.value}
    if problem.origin.difficulty:
        told["difficulty"] = problem.origin.difficulty
    if answer.text and not answer.outcome.is_the_models:
        told["withheld"] = answer.text  # not the model's own answer, so that no reader takes it for one
    return told


def _messages(system: str | None, prompt: str) -> list[Any]:
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser

    return [*([ChatMessageSystem(content=system)] if system else []), ChatMessageUser(content=prompt)]


def _output(sample: Sample) -> "ModelOutput":
    from inspect_ai.model import ModelOutput, ModelUsage

    answer = sample.completion
    if not answer.outcome.is_the_models:
        return ModelOutput(model=answer.model)
    output = ModelOutput.from_content(answer.model, answer.text, _STOPS.get(answer.finish_reason, "unknown"))
    used = answer.usage
    if used.input_tokens or used.output_tokens:
        total = used.input_tokens + used.output_tokens
        output.usage = ModelUsage(input_tokens=used.input_tokens, output_tokens=used.output_tokens, total_tokens=total)
    return output


def _total(samples: list["EvalSample"]) -> "ModelUsage":
    from inspect_ai.model import ModelUsage

    total: Counter[str] = Counter()
    for sample in samples:
        for usage in sample.model_usage.values():
            total.update(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    return ModelUsage(**total, total_tokens=total.total())


def _results(source: Source, samples: list["EvalSample"]) -> "EvalResults":
    from inspect_ai.log import EvalResults

    counts = source.run.metrics.counts
    return EvalResults(
        total_samples=counts.samples,
        completed_samples=sum(sample.error is None for sample in samples),
        scores=[
            _score(source, scope, estimate, "mean" if k == 1 else f"pass_at_{k}")
            for _, scope, k, estimate in source.rates()
        ],
    )


def _score(source: Source, name: str, estimate: Estimate, reducer: str) -> "EvalScore":
    from inspect_ai.log import EvalMetric, EvalScore

    values = {"accuracy": estimate.value, "ci95_low": estimate.low, "ci95_high": estimate.high}
    return EvalScore(
        name=name,
        scorer=_SCORER,
        reducer=reducer,
        scored_samples=estimate.problems,
        unscored_samples=source.run.metrics.counts.problems - estimate.problems,
        metrics={key: EvalMetric(name=key, value=value) for key, value in values.items()},
    )
