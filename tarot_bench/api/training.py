"""Evaluate a trained model and its base with the training's prompt, and compare them: ``train --then evaluate``.

::

    RUN/evaluation/SUITE-DIGEST/trained/         the evaluation of the trained model
    RUN/evaluation/SUITE-DIGEST/comparison.json  paired differences by benchmark
    RUN/evaluation/SUITE-DIGEST/report.html      both evaluations side by side
    RUN/../base/SUITE-MODEL-DIGEST/              the base's evaluation, which trainings of the same base share
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tarot_bench.api.compare import compare
from tarot_bench.api.evaluate import evaluate
from tarot_bench.api.report import report
from tarot_bench.api.run import Run, open_run
from tarot_bench.atomic import write_atomically
from tarot_bench.charts.figure import require
from tarot_bench.config import digest
from tarot_bench.errors import RecipeError
from tarot_bench.evaluation.parts import LoadedBenchmark, load_parts, stored_settings
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.evaluation.settings import Evaluation, resolve
from tarot_bench.progress import Progress
from tarot_bench.runs.lock import one_at_a_time
from tarot_bench.training.data.rows import load_split
from tarot_bench.training.model_spec import chat_template_of
from tarot_bench.training.recipe import Training
from tarot_bench.training.results import COMPARISON, EVALUATION, MODEL, BaseComparison
from tarot_bench.training.trainer.fresh import save_start
from tarot_bench.training.trainer.trl_arguments import trainer_settings


@dataclass(frozen=True, slots=True)
class TrainedEvaluation:
    """What `TrainedEvaluator.run` made.

    Attributes:
        base: the evaluation of the base.
        trained: the evaluation of the trained model.
        found: how they differ.
        report: the HTML report of both.
    """

    base: Run
    trained: Run
    found: BaseComparison
    report: Path


class TrainedEvaluator:
    """Evaluates the model of a training run and its base on a suite, with the same prompts, problems and seeds.

    The training's prompt is used for every benchmark whose answers are programs; others keep the suite's. The system
    message, the chat template with its arguments, and the number format of the weights are those of the training.

    Args:
        training: what is or was trained.
        output: its run directory.
        suite: a path, or a shipped name in eval/suites/.

    Attributes:
        settings: of the trained model's evaluation.

    Raises:
        UserError: an unknown suite, data that cannot be loaded, a missing package, or answers that the model's context
            has no room for. All of this is known before the training starts.
    """

    def __init__(self, training: Training, output: Path, suite: str) -> None:
        require()
        self._training = training
        self._output = output
        self._shared = output.parent / "base"
        self.settings, self._parts = _as_in_training(
            resolve(f"{_engine(training)}/{(output / MODEL).resolve()}", suite), training
        )
        if self.settings.sampling.max_tokens >= training.model.context:
            raise RecipeError(
                f"suite {self.settings.name!r} draws up to {self.settings.sampling.max_tokens} tokens, and "
                f"{training.model.name} has a context of {training.model.context}: copy the suite and lower "
                "sampling.max_tokens"
            )

    def run(self, progress: Progress | None = None) -> TrainedEvaluation:
        """Evaluate both models, or what is pending of it, and write the comparison.

        Raises:
            UserError: as `tarot_bench.evaluate`.
        """
        base = self._base(progress)
        trained_folder = f"{self.settings.name}-{self._digest(self.settings)}"
        folder = self._output / EVALUATION / trained_folder
        trained = self._evaluated(self.settings, folder / "trained", progress)
        found = BaseComparison(
            suite=self.settings.name,
            base=str(base.path),
            trained=str(trained.path),
            trained_on=self._trained_on(),
            comparisons={part.name: compare(base, trained, benchmark=part.name) for part in self._parts},
        )
        write_atomically(folder / COMPARISON, found.model_dump_json(indent=2) + "\n")
        return TrainedEvaluation(base, trained, found, report([base.path, trained.path], folder / "report.html"))

    def _base(self, progress: Progress | None) -> Run:
        """The evaluation of the base, under a lock: other trainings of the same base may want it at the same time."""
        spec, seed = self._training.model, self._training.recipe.seed
        start = spec.weights
        if spec.fresh:
            with one_at_a_time(self._shared / "start"):
                trained = self._output / MODEL
                start = str(save_start(spec.fresh, spec.context, seed, trained, self._shared).resolve())
        revision = {"revision": spec.revision} if spec.revision else {}
        options = self.settings.options
        settings = self.settings.model_copy(
            update={
                "model": f"{_engine(self._training)}/{start}",
                "options": options.model_copy(update={"extra": options.extra | revision}),
            }
        )
        path = self._shared / f"{settings.name}-{spec.name}-{self._digest(settings)}"
        with one_at_a_time(path):
            return self._evaluated(settings, path, progress)

    def _digest(self, settings: Evaluation) -> str:
        return digest(stored_settings(settings, self._parts))[:8]

    def _evaluated(self, settings: Evaluation, path: Path, progress: Progress | None) -> Run:
        """A finished evaluation is opened, without its model."""
        if (path / "summary.json").is_file():
            run = open_run(path)
            if not any(summary.metrics.counts.ungraded for summary in run.summaries):
                return run
        return evaluate(settings, path, resume=True, progress=progress)

    def _trained_on(self) -> dict[str, int]:
        seen = {problem.statement for problem in load_split(self._training).train}
        counts = {part.name: sum(problem.statement in seen for problem in part.problems) for part in self._parts}
        return {name: count for name, count in counts.items() if count}


def _engine(training: Training) -> str:
    """The engine of both evaluations: vLLM where the training generates with it, but it takes no adapters."""
    return "vllm" if training.recipe.vllm.mode != "none" and training.recipe.lora is None else "hf"


def _as_in_training(settings: Evaluation, training: Training) -> tuple[Evaluation, list[LoadedBenchmark]]:
    """The settings with the training's prompt, system message and template, and their benchmarks, loaded."""
    spec, prompt, parts = training.model, training.recipe.data.prompt, []
    for part in load_parts(settings):
        if any(problem.answer_form == "expression" for problem in part.problems):
            parts.append(part)
        else:
            entry = part.entry.model_copy(update={"prompt": prompt})
            parts.append(replace(part, entry=entry, prompt=Prompt(prompt)))
    options = {
        "endpoint": "completions" if spec.kind == "base" and spec.chat_template is None else "chat",
        "system_role": spec.system_role,
        "extra": _extra(training, settings.sampling.max_tokens),
    }
    changes = {
        "benchmarks": tuple(part.entry for part in parts),
        "system": training.system,
        "options": settings.options.model_copy(update=options),
    }
    return settings.model_copy(update=changes), parts


def _extra(training: Training, max_tokens: int) -> dict[str, Any]:
    """What the engine is given: the weights' number format, the chat template, and vLLM's limits."""
    given = trainer_settings(training)
    extra: dict[str, Any] = {"dtype": "bfloat16" if given.get("bf16", True) else "float32"}
    if arguments := given.get("chat_template_kwargs"):
        extra["chat_template_kwargs"] = arguments
    if template := chat_template_of(training.model):
        extra["chat_template"] = template
    if _engine(training) == "vllm":
        recipe = training.recipe
        longest = recipe.max_prompt_tokens + max(max_tokens, recipe.max_completion_tokens)
        extra |= {
            "tensor_parallel_size": recipe.vllm.tensor_parallel,
            "max_model_len": min(longest, training.model.context),
        }
    return extra
