"""Decide whether problems with similar statements are one task, by running each gold on the other's tests."""

from collections import OrderedDict, defaultdict

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import SandboxError
from tarot_bench.grading.grade import grade_code
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

_TESTS = 6
"""Maximum number of tests of each problem that the other's gold is run on."""
_CPU_S = 1.0
"""CPU seconds of one such run: a gold written for other inputs may not end."""
_REMEMBERED = 100_000
"""Number of pairs whose result is remembered; the searches of `dedup` ask for some pairs twice."""


class SameTask:
    """Compares problems by behaviour, and remembers the last pairs.

    Two tasks differ only if a gold gives a wrong answer within its limits. A gold that raises or exceeds a limit may
    have been given inputs of another format, as reworded copies also have, so it decides nothing; neither does a pair
    of different styles or without golds. Such pairs count as one task.

    Attributes:
        contradictions: for the id of a problem that is not the task of another, one line about the first wrong answer.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.contradictions: dict[str, str] = {}
        self._sandbox = sandbox
        self._known: OrderedDict[tuple[str, str], str | None] = OrderedDict()

    def __call__(self, entry: Entry, kept: Entry) -> bool:
        """Whether no gold gives a wrong answer to the other's tests.

        Raises:
            SandboxError: a test could not be run.
        """
        one, other = entry.problem, kept.problem
        pair = (one.id, other.id)
        if pair not in self._known:
            self._known[pair] = self._wrong_answer(one, other) or self._wrong_answer(other, one)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        found = self._known[pair]
        if found:
            self.contradictions.setdefault(one.id, found)
        return found is None

    def _wrong_answer(self, one: Problem, other: Problem) -> str | None:
        """The first wrong answer of the gold of `one` to the tests of `other`."""
        if one.solution is None or one.style != other.style or "expression" in (one.answer_form, other.answer_form):
            return None
        asked = _asked_of(one, other)
        for test, result in zip(asked.all_tests, grade_code(asked, one.solution, self._sandbox).results, strict=True):
            name = f"the {test.tier} test" if test.tier else "an original test"
            if result.verdict is Verdict.UNGRADED:
                raise SandboxError(f"{name} of {other.id!r} could not be run on {one.id!r}: {result.detail}")
            if result.verdict is Verdict.WRONG_ANSWER:
                return f"the gold of {one.id} fails {name} of {other.id}: {result.detail}"
        return None


def _asked_of(one: Problem, other: Problem) -> Problem:
    """A few tests of `other`, converted for a program that is called like that of `one`."""
    tests = _few(other)
    if one.entry_point != other.entry_point:
        tests = [_callable_by_both_names(test, other.entry_point or "") for test in tests]
    return other.model_copy(
        update={
            "entry_point": one.entry_point,
            "tests": tuple(test for test in tests if test.tier),
            "original_tests": tuple(test for test in tests if not test.tier),
            "limits": other.limits.model_copy(update={"cpu_s": min(_CPU_S, other.limits.cpu_s)}),
        }
    )


def _few(problem: Problem) -> list[TestCase]:
    """The shortest test of each tier and of the originals, then the second shortest, up to `_TESTS`."""
    ranks: dict[Tier | None, int] = defaultdict(int)
    ranked = []
    for test in sorted(problem.all_tests, key=lambda test: test.input_size):
        ranked.append((ranks[test.tier], test))
        ranks[test.tier] += 1
    return [test for _, test in sorted(ranked, key=lambda each: each[0])[:_TESTS]]


def _callable_by_both_names(test: TestCase, name: str) -> TestCase:
    """A suite may call its problem's function by name, where the grader binds only that of the program's own."""
    if test.kind != "suite" or not name.isidentifier():
        return test
    return test.model_copy(update={"input": f"{name} = candidate\n{test.input}"})
