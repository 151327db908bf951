"""The benchmarks as a task of inspect_ai: ``inspect eval tarot_bench/tarot --model …``.

Imports inspect_ai, and is imported only by inspect_ai, through the package's entry point, and by the export of logs.
"""

import math
from functools import cache
from typing import Any

from anyio import to_thread
from inspect_ai import Task, task
from inspect_ai._util.registry import RegistryInfo, registry_add
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState, generate

from tarot_bench.evaluation.adapters import on_this_host
from tarot_bench.evaluation.parts import LoadedBenchmark, load_parts
from tarot_bench.evaluation.settings import BenchmarkEntry, Evaluation
from tarot_bench.grading import grade_text
from tarot_bench.integrations.scores import passed, score_names
from tarot_bench.problem import Tier
from tarot_bench.sandbox.shared import shared_sandbox
from tarot_bench.verdict import Completion, Grade, Verdict

_GOLD_FACTOR: float | None = Evaluation.model_fields["gold_factor"].default


@task  # type: ignore[untyped-decorator]  # inspect_ai is an extra
def tarot(
    benchmark: str = "tarot",
    data: str | None = None,
    revision: str | None = None,
    split: str | None = None,
    tiers: str | list[str] | None = None,
    prompt: str | None = None,
    sandbox: str = "local",
) -> Task:
    """The four tiers, or another of our benchmarks; every argument can be given with ``-T name=value``.

    Args:
        benchmark: a name that `evaluate` knows.
        data: a Hub id, file or folder; the benchmark's default if not given.
        revision: of the data.
        split: of the data.
        tiers: only these, separated by commas.
        prompt: a template of eval/prompts/ or a file.
        sandbox: where programs run.
    """
    source = {"benchmark": benchmark, "data": data, "revision": revision, "split": split, "prompt": prompt}
    labels = tiers if isinstance(tiers, str) else ",".join(tiers or ())
    part = _part(tiers=labels, **source)
    samples = [Sample(input=part.prompt.render(problem), id=problem.id) for problem in part.problems]
    return Task(
        dataset=MemoryDataset(samples, name=benchmark, location=part.problems.source),
        solver=generate(),
        scorer=tiers_passed(**source, tiers=labels, sandbox=sandbox),
        config=GenerateConfig(temperature=0.0, max_tokens=4096),
        headline_metric=f"tiers_passed.{score_names(part.problems)[0]}",
        metadata={"data_revision": part.problems.revision, "data_digest": part.problems.digest},
    )


@scorer(metrics={"*": [accuracy(), stderr()]})  # type: ignore[untyped-decorator]
def tiers_passed(
    benchmark: str = "tarot",
    data: str | None = None,
    revision: str | None = None,
    split: str | None = None,
    tiers: str = "",
    prompt: str | None = None,
    sandbox: str = "local",
) -> Scorer:
    """Score whether a completion passes the tests of each tier and of all tiers (``strict``); arguments as for `tarot`.

    The names are those of `Metrics.named`. The arguments are in the log, so ``inspect score`` can grade a log's
    completions again.
    """
    part = _part(benchmark, data, revision, split, tiers, prompt)
    names = score_names(part.problems)

    async def score(state: TaskState, target: Target) -> Score:
        made = await to_thread.run_sync(_graded, part, _completion(state), sandbox)
        return score_of(made, names)

    return score


# Logs name a scorer without its package, and `inspect score` looks for that very name.
registry_add(tiers_passed, RegistryInfo(type="scorer", name="tiers_passed"))


def _graded(part: LoadedBenchmark, completion: Completion, kind: str) -> Grade:
    opened = shared_sandbox(kind)  # inspect_ai has no moment at which a scorer could close it
    (problem,) = on_this_host(part, [completion.problem_id], _GOLD_FACTOR, opened)
    return grade_text(problem, completion, opened)


def _completion(state: TaskState) -> Completion:
    cut = state.output.choices and state.output.stop_reason in ("max_tokens", "model_length")
    return Completion(
        problem_id=str(state.sample_id),
        index=state.epoch - 1,
        model=str(state.model),
        text=state.output.completion,
        finish_reason="length" if cut else "stop",
    )


def score_of(made: Grade, names: list[str]) -> Score:
    """Convert a grade to an inspect_ai score; NaN where there is no verdict, which its metrics leave out."""
    verdicts = [{"tier": r.tier, "verdict": r.verdict.value, "detail": r.detail} for r in made.results]
    kept: dict[str, Any] = {"answer": made.extraction.code, "metadata": {"tests": verdicts}}
    if made.ungraded:
        return Score.unscored(reason="scoring_failed", explanation=made.results[0].detail, **kept)
    by_name = passed(made)
    failures = [f"{r.tier or 'original'}: {r.verdict} {r.detail}" for r in made.results if r.verdict != "PASSED"]
    no_code = all(result.verdict in (Verdict.NO_CODE, Verdict.TRUNCATED) for result in made.results)
    return Score(
        value={name: float(by_name.get(name, math.nan)) for name in names},
        explanation="\n".join([made.extraction.how, *failures]),
        reason="invalid_response_format" if no_code else None,
        **kept,
    )


@cache
def _part(
    benchmark: str, data: str | None, revision: str | None, split: str | None, tiers: str, prompt: str | None
) -> LoadedBenchmark:
    """Load the problems and the prompt that the arguments name."""
    entry = BenchmarkEntry(name=benchmark, data=data, revision=revision, split=split, prompt=prompt)
    wanted = tuple(Tier.parse(label.strip()) for label in tiers.split(",")) if tiers else None
    (part,) = load_parts(Evaluation(name="inspect", benchmarks=(entry,), model="inspect", tiers=wanted))
    return part
