"""The filter that grades all completions of a task in one call of lm-eval.

Imports lm-eval, as `task` does.
"""

from collections.abc import Iterable
from typing import Any

from lm_eval.api.filter import Filter
from lm_eval.api.instance import Instance

from tarot_bench.errors import RunError
from tarot_bench.evaluation.adapters import having, on_this_host
from tarot_bench.evaluation.parts import LoadedBenchmark
from tarot_bench.evaluation.sandboxes import opened
from tarot_bench.evaluation.settings import Evaluation
from tarot_bench.grading import grade_many
from tarot_bench.integrations.lm_eval.grading import to_line
from tarot_bench.problem import Tier
from tarot_bench.verdict import Completion


class Grading(Filter):  # type: ignore[misc]
    """Grades all completions of a task at once, in one sandbox that is closed at the end."""

    def __init__(self, settings: Evaluation, part: LoadedBenchmark, tier: Tier | None) -> None:
        super().__init__()
        self._settings = settings
        self._part = part
        self._tier = tier

    def apply(self, resps: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> list[list[str]]:
        """One line of JSON per completion (`grading.to_line`)."""
        answers, ids = list(resps), [doc["problem_id"] for doc in docs]
        with opened(self._settings.sandbox, cache=True) as sandboxes:
            problems = on_this_host(self._part, ids, self._settings.gold_factor, sandboxes.plain)
            graded = {problem.id: problem for problem in having(problems, (self._tier,) if self._tier else None)}
            samples = [
                (graded[problem_id], Completion(problem_id=problem_id, index=index, model="", text=text))
                for problem_id, texts in zip(ids, answers, strict=True)
                for index, text in enumerate(texts)
            ]
            lines = iter([to_line(made) for _, made in sorted(grade_many(samples, sandboxes.grading))])
        return [[next(lines) for _ in texts] for texts in answers]


def settle_answers(instance: Instance, repeats: int) -> None:
    """Keep one text per repeat, each valid for a log.

    Raises:
        RunError: the model gave fewer answers than were requested.
    """
    if len(instance.resps) < repeats:
        raise RunError(f"lm-eval has {len(instance.resps)} of {repeats} answers to {instance.doc['problem_id']!r}")
    instance.resps[:] = [
        Completion(problem_id="", index=0, model="", text=answer if isinstance(answer, str) else "").text
        for answer in instance.resps[:repeats]
    ]
