"""The four-tier benchmark: problems in any format that `load_problems` reads."""

from pathlib import Path

from tarot_bench.benchmarks.registry import built_in
from tarot_bench.dataset import ProblemSet, load_problems
from tarot_bench.errors import DataError


class Tarot:
    """Problems with tests in four tiers; by default those that ship with the package."""

    name = "tarot"
    default_data = "embedded"
    default_prompt = "tarot"
    files = ()

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read problems in any known format; refuse the file of another benchmark with a message that names it."""
        try:
            return load_problems(data, revision=revision, split=split)
        except DataError as error:
            name = Path(data).name
            if owner := next((known for known in built_in() if name in known.files), None):
                raise DataError(
                    f"{data} is a file of {owner.name}; use --benchmark {owner.name} --data {data}"
                ) from error
            raise


BENCHMARK = Tarot()
