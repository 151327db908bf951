"""The four-tier benchmark: any problem set in a shape that `load_problems` knows."""

from tarot_bench.dataset import ProblemSet, load_problems


class Tarot:
    """Problems with tests in four tiers; the embedded set unless told otherwise."""

    name = "tarot"
    default_data = "embedded"
    default_prompt = "tarot"
    files = ()

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read problems of any known shape."""
        return load_problems(data, revision=revision, split=split)


BENCHMARK = Tarot()
