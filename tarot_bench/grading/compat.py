"""Reproduce the comparisons of published graders, defects included, so that published numbers can be checked.

A table made with one of these is labelled with its name and never holds numbers made with ours.
"""

from collections.abc import Callable
from typing import Literal, get_args

from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.problem import Problem

Compat = Literal["tarot", "evalchemy", "evalplus"]
"""``tarot`` and ``evalchemy`` compare the output of stdin problems; ``evalplus`` judges the suites of its own tasks."""

_RULES = "RULES"
"""The name by which the differential test of a suite knows whose rules to follow."""
_DIFFERENTIAL = "def check(candidate):\n    compare("


def tarot_same(expected: str, actual: str) -> bool:
    """The comparison of the published TAROT reward (and of open-r1's ``code_reward``).

    Only the actual output is stripped, and the shorter of the two line lists decides how much is compared: a truncated
    answer passes, and so does a silent program where the expected text starts with a blank line.
    """
    pairs = zip(actual.strip().split("\n"), expected.split("\n"), strict=False)
    return all(have.strip() == want.strip() for have, want in pairs)


def evalchemy_same(expected: str, actual: str) -> bool:
    """The comparison of evalchemy's CodeForces task (``codeforces_utils.py``).

    Line breaks count as spaces, carriage returns as nothing, and one trailing ``-`` is not expected.
    """
    wanted = expected.strip()
    if wanted.endswith("-"):
        wanted = wanted[:-1].rstrip()
    return _on_one_line(actual) == _on_one_line(wanted)


def _on_one_line(text: str) -> str:
    return text.strip().replace("\n", " ").replace("\r", "")


COMPARISONS: dict[Compat, Callable[[str, str], bool]] = {"tarot": tarot_same, "evalchemy": evalchemy_same}


def known_compat(name: Compat | None) -> Compat | None:
    """The published grader of a name, or None for our own.

    Raises:
        RecipeError: there is none of that name.
    """
    if name is not None and name not in get_args(Compat):
        known = ", ".join(get_args(Compat))
        raise RecipeError(
            f"unknown compat {name!r}; the published graders are {known}{did_you_mean(str(name), get_args(Compat))}"
        )
    return name


def applies(compat: Compat, problem: Problem) -> bool:
    """Whether a published grader's comparison covers a problem."""
    if compat in COMPARISONS:
        return problem.style == "stdin"
    return any(test.kind == "suite" and _DIFFERENTIAL in test.input for test in problem.all_tests)


def rules_of(compat: Compat | None) -> str:
    """Return the line that, after a suite's own text, makes it judge as a published grader does."""
    return f"{_RULES} = {compat!r}" if compat == "evalplus" else ""
