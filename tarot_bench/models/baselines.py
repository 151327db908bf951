"""Two models that need no LLM: the gold solutions, and gold solutions with seeded mutations."""

import math
import random
import re
from collections.abc import Sequence

from tarot_bench.errors import ModelError, boundary
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.mutation import mutate


class GoldModel:
    """``gold``: answers every problem with its own solution, and must score 100 %."""

    concurrency = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        self.name = name
        self.batch_size = options.batch_size

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Answer with the solution in a fenced block.

        Raises:
            ModelError: a problem has no solution.
        """
        return [Answer(_as_a_model_would_say(self._code(request, sampling))) for request in requests]

    async def close(self) -> None:
        """Nothing to release."""

    def _code(self, request: Request, sampling: Sampling) -> str:
        if request.problem.solution is None:
            raise ModelError(f"{self.name} needs a solution for every problem, and {request.problem.id!r} has none")
        return request.problem.solution


class MutantModel(GoldModel):
    """``mutant:P``: the gold, with one seeded AST mutation in a share P of the samples.

    Which samples are mutated, and how, depends on the sampling seed, the problem's id and the sample's index only. A
    gold without any place to mutate stays as it is, and so may a mutant behave exactly like its gold.
    """

    def __init__(self, name: str, options: ModelOptions) -> None:
        super().__init__(name, options)
        self._probability = _probability(name)

    def _code(self, request: Request, sampling: Sampling) -> str:
        gold = super()._code(request, sampling)
        rng = random.Random(f"{sampling.seed}:{request.index}:{request.problem.id}")
        if rng.random() >= self._probability:
            return gold
        with boundary(ModelError, f"{self.name}: parsing the solution of {request.problem.id!r}"):
            mutant = mutate(gold, rng)
        return mutant.source if mutant else gold


def _probability(name: str) -> float:
    text = name.partition(":")[2]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise ModelError(f"malformed model name {name!r}: P in mutant:P is a probability, such as mutant:0.3")
    return value


def _as_a_model_would_say(code: str) -> str:
    """Return a sentence and a fenced block, whose fence is longer than any backticks in the code (CommonMark 4.5)."""
    longest = max((len(run) for run in re.findall("`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"Here is a solution to the problem.\n\n{fence}python\n{code.rstrip()}\n{fence}\n"
