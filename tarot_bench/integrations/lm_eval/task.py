"""The class of the task files: a benchmark's problems as lm-eval documents, graded together in a filter.

Imports lm-eval, and is imported by lm-eval alone, through the ``class:`` key of the files in ``eval/lm_eval/``.
"""

import copy
import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from datasets import Dataset
from lm_eval.api.filter import FilterEnsemble
from lm_eval.api.task import ConfigurableTask

from tarot_bench.dataset import ProblemSet
from tarot_bench.errors import RecipeError, RunError
from tarot_bench.evaluation.adapters import having
from tarot_bench.evaluation.parts import load_parts
from tarot_bench.evaluation.sandboxes import opened
from tarot_bench.integrations.lm_eval.filters import Grading, settle_answers
from tarot_bench.integrations.lm_eval.grading import matrix_of
from tarot_bench.integrations.lm_eval.measures import Measures
from tarot_bench.integrations.lm_eval.options import TaskOptions
from tarot_bench.problem import Tier

_log = logging.getLogger(__name__)
FILTER = "graded"


class GradedTask(ConfigurableTask):  # type: ignore[misc]  # lm-eval is untyped for us
    """One benchmark, or one tier of it.

    On top of lm-eval's keys a task file has ``benchmark``, a name that `open_benchmark` knows, and perhaps ``tier``.
    Documents hold an id, a digest and the prompt; tests never leave this process's memory.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        """Load the problems, and fill in the fields that lm-eval needs.

        Raises:
            UserError: unknown benchmark, unreadable data, unknown prompt, or metadata that do not fit.
        """
        given = {key: value for key, value in config.items() if key not in ("class", "benchmark", "tier")}
        tier = Tier.parse(config["tier"]) if "tier" in config else None
        options = TaskOptions.of(given.get("metadata") or {}, given.get("repeats", 1))
        _check_tier(given["task"], tier, options.tiers)
        self._settings = options.settings(config["benchmark"])
        (part,) = load_parts(self._settings)
        self._part = replace(part, problems=having(part.problems, options.tiers))
        self._tier = tier
        problems = having(self._part.problems, (tier,) if tier else None)
        self._docs = [
            {"problem_id": problem.id, "digest": problem.digest, "prompt": part.prompt.render(problem)}
            for problem in problems
        ]
        self._measures = Measures.for_problems(problems, options.ks, tier)
        self._unmeasured: set[str] = set()
        super().__init__(
            config=given
            | {
                "repeats": options.repeats,
                "metadata": (given.get("metadata") or {}) | _provenance(config["benchmark"], problems),
                "metric_list": self._measures.metric_list(),
                "process_results": "tarot-bench",  # a name: with None, lm-eval would look every metric up on the Hub
            }
        )
        self._filters = [FilterEnsemble(FILTER, [lambda: Grading(self._settings, self._part, self._tier)])]

    def download(self, dataset_kwargs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Convert the problems to documents."""
        self.dataset = {"test": Dataset.from_list(self._docs)}

    def build_all_requests(self, *, rank: int = 0, world_size: int = 1, **given: Any) -> None:
        """Build the requests, after checking everything that would fail only after all completions are paid for.

        Raises:
            UserError: programs cannot be isolated on this machine, or cached requests are those of other settings.
        """
        if not self._only_predicting:
            with opened(self._settings.sandbox, cache=False):
                pass
        self._settle_sampling()
        super().build_all_requests(rank=rank, world_size=world_size, **given)
        self._check_requests()
        if world_size > 1:
            self._pad(given.get("limit"), given.get("samples"), world_size)

    def apply_filters(self) -> None:
        """Grade every completion of the task."""
        instances = [instance for instance in self._instances if instance.doc_id is not None]
        for instance in instances:
            settle_answers(instance, self.config.repeats)
        if self._only_predicting:
            for instance in instances:
                instance.filtered_resps[FILTER] = instance.resps
            return
        for ensemble in self._filters:
            ensemble.apply(instances)
        graded = [self._measured(i.doc["problem_id"], i.filtered_resps[FILTER]) for i in instances]
        self._unmeasured = {m["metric"] for m in self.config.metric_list} - {name for found in graded for name in found}

    def process_results(self, doc: dict[str, Any], results: Sequence[Any]) -> dict[str, Any]:
        """Compute the metrics of one problem from its grades.

        A number that no problem of this process has is NaN everywhere: without the key, lm-eval could not gather what
        several processes counted.
        """
        if self._only_predicting:
            predicted: dict[str, Any] = super().process_results(doc, results)
            return predicted
        return dict.fromkeys(self._unmeasured, math.nan) | self._measured(doc["problem_id"], results[0])

    def _measured(self, problem_id: str, lines: Sequence[str]) -> dict[str, float]:
        return self._measures.of(matrix_of(problem_id, lines))

    @property
    def _only_predicting(self) -> bool:
        """Whether ``--predict_only`` replaced our metrics with its own."""
        return "bypass" in self._metric_fn_list

    def _settle_sampling(self) -> None:
        """Make ``do_sample`` follow the temperature: lm-eval decodes greedily, and caches, unless it is set."""
        sampling = self.config.generation_kwargs
        if float(sampling.get("temperature") or 0) > 0 and not sampling.get("do_sample"):
            _log.warning("%s: the temperature is above 0, so do_sample is set to true", self.config.task)
            sampling["do_sample"] = True
        if self.config.repeats > 1 and not sampling.get("do_sample"):
            _log.warning("%s: %d greedy samples of each problem", self.config.task, self.config.repeats)

    def _check_requests(self) -> None:
        """Requests may come from ``--cache_requests``, whose key knows neither data nor prompt nor sampling.

        Raises:
            RunError: they were made of something else.
        """
        known = {doc["problem_id"]: doc for doc in self._docs}
        for instance in self._instances:
            instance.repeats = self.config.repeats
            made_of = instance.doc, instance.args[1]
            if made_of != (known.get(instance.doc["problem_id"]), self.config.generation_kwargs):
                raise RunError(
                    f"{self.config.task}: the cached requests were made with other data or settings; "
                    "add --cache_requests refresh"
                )

    def _pad(self, limit: float | None, samples: Sequence[int] | None, world_size: int) -> None:
        """Pad the requests of every process to the number of the first one.

        lm-eval would pad by asking the last request again and keep the extra answers among that request's own.
        """
        total = len(samples) if samples else min(int(limit or len(self.eval_docs)), len(self.eval_docs))
        if len(self._instances) < math.ceil(total / world_size):
            spare = copy.copy(self._instances[-1])
            spare.resps, spare.filtered_resps, spare.doc_id = [], {}, None
            self._instances.append(spare)


def _check_tier(task: str, tier: Tier | None, named: tuple[Tier, ...] | None) -> None:
    if tier and named and tier not in named:
        raise RecipeError(
            f"{task} is outside of the tiers that --metadata names; name the tasks of those tiers instead"
        )


def _provenance(benchmark: str, problems: ProblemSet) -> dict[str, Any]:
    """The provenance of the data for lm-eval's result file."""
    return {
        "benchmark": benchmark,
        "data_source": problems.source,
        "data_revision": problems.revision,
        "data_digest": problems.digest,
        "data_notes": dict(problems.notes),
    }
