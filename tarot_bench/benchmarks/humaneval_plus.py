"""HumanEval+: the 164 problems of HumanEval with 748 further inputs each on average."""

from typing import Any

from tarot_bench.benchmarks import humaneval
from tarot_bench.benchmarks.base import converted
from tarot_bench.benchmarks.evalplus import COLUMNS, LIMITS, Oracle, hub_suite, suites
from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.problem import Origin, Problem

ORACLES = {"HumanEval/32": Oracle("is_root")}


class HumanEvalPlus:
    """The release file, with groups ``base`` and ``plus``; the Hub dataset has only one suite per problem."""

    name = "humaneval_plus"
    default_data = "evalplus/humanevalplus"
    default_prompt = "humaneval"
    files = ("HumanEvalPlus-v0.1.10.jsonl.gz", "HumanEvalPlus.jsonl.gz")

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the release file or the Hub dataset."""
        rows = load_rows(data, revision=revision, split=split)
        columns = COLUMNS if "plus_input" in rows.rows[0] else humaneval.COLUMNS
        return ProblemSet.of(data, rows.revision, converted(rows, columns, _problem))


def _problem(row: dict[str, Any]) -> Problem:
    if "plus_input" in row:
        oracle = ORACLES.get(row["task_id"], Oracle())
        tests = suites(row, row["base_input"], row["plus_input"], oracle)
    else:
        tests = (hub_suite(row["test"]),)
    origin = Origin(source="HumanEval+", id=row["task_id"], license="Apache-2.0")
    return humaneval.problem_of(row, origin, tests, LIMITS)


BENCHMARK = HumanEvalPlus()
