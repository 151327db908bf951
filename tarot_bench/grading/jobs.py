"""What the sandbox is asked to run: a program and the inputs of tests, never the expected outputs."""

from collections.abc import Sequence

from tarot_bench.grading import literal_suite
from tarot_bench.grading.arguments import as_json
from tarot_bench.grading.compat import Compat, rules_of
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Job

TIME_MARGIN = 1.2
"""Programs are stopped only this far beyond their CPU limit, so that a near miss differs from an endless loop."""


def job_of(problem: Problem, code: str, tests: Sequence[TestCase], compat: Compat | None = None) -> Job:
    """The job that runs a program on tests of one kind; suites of literal assertions are a kind of their own."""
    limits = problem.limits.model_copy(update={"cpu_s": problem.limits.cpu_s * TIME_MARGIN})
    entry_point = problem.entry_point
    batches = [literal_suite.batch_of(test.input, entry_point or "") for test in tests if literal_calls(problem, test)]
    if batches:
        return Job(code, "calls", tuple(filter(None, batches)), limits, entry_point)
    mode = tests[0].kind if tests else "stdin"
    return Job(code, mode, tuple(_payload(problem, test, compat) for test in tests), limits, entry_point)


def literal_calls(problem: Problem, test: TestCase) -> tuple[literal_suite.Call, ...] | None:
    """The calls that a suite of literal assertions makes; None for every other test."""
    if test.kind != "suite" or not problem.entry_point or not problem.entry_point.isidentifier():
        return None
    return literal_suite.calls_of(test.input, problem.entry_point)


def given_to(test: TestCase) -> bytes:
    """What a program reads in a test that is no suite: standard input, or the encoded arguments."""
    text = as_json(test.input) if test.kind == "call" else test.input
    return text.encode("utf-8", errors="surrogateescape")


def _payload(problem: Problem, test: TestCase, compat: Compat | None) -> bytes:
    """The sandbox's input for one test: everything except the expected output."""
    if test.kind != "suite":
        return given_to(test)
    # The suite's own process gets the starter's helpers, with the entry point bound to the program under test.
    starter = "" if problem.answer_form == "expression" else problem.starter_code or ""
    alias = f"{problem.entry_point} = candidate" if "." not in (problem.entry_point or ".") else ""
    return "\n".join([starter, alias, test.input, rules_of(compat), "check(candidate)", ""]).encode()
