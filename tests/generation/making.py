"""Small entries for the tests of the factory."""

from tarot_bench.dataset import Entry
from tarot_bench.problem import TIERS, Problem, TestCase, Tier

GOLD = "n = int(input())\nprint(sum(map(int, input().split())))\n"
VALIDATOR = """\
import sys
first, second = sys.stdin.read().split("\\n")[:2]
assert int(first) == len(second.split()) and all(-1000 <= int(word) <= 1000 for word in second.split())
assert sys.stdin.read() == "" and int(first) <= 100
"""
STATEMENT = "Read n and n numbers from -1000 to 1000; print their sum."


def case_of(tier: Tier | None, numbers: str, output: str | None = None) -> TestCase:
    values = [int(word) for word in numbers.split()]
    said = f"{sum(values)}\n" if output is None else output
    return TestCase(tier=tier, input=f"{len(values)}\n{numbers}\n", output=said, reason="why not" if tier else None)


def entry_of(name: str = "sum", tests: tuple[TestCase, ...] | None = None, **fields) -> Entry:
    """The sum of n numbers; four tests and an original unless told otherwise."""
    inputs = ("1 2", "3 4 -5", "10 20 30 40 50", "0")
    tests = tuple(map(case_of, TIERS, inputs)) if tests is None else tests
    entry = {key: fields.pop(key) for key in ("validator", "flags", "facts") if key in fields}
    problem = {
        "id": name,
        "statement": STATEMENT,
        "solution": GOLD,
        "tests": tests,
        "original_tests": (case_of(None, "7 8"),),
        **fields,
    }
    return Entry(problem=Problem(**problem), **entry)
