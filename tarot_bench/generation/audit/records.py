"""What is measured of one problem: a record of the audit's journal."""

from collections import defaultdict

from pydantic import Field

from tarot_bench.generation.audit.inspection import Leak
from tarot_bench.generation.audit.programs import Kind
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.verdict import Text, Verdict

TIERED = "tiers"
"""The part of all tests that have a tier."""
ALL = "all"
"""The part of all tests."""
LONGEST_ANSWER = 20_000


class TestRecord(Frozen):
    """One test."""

    __test__ = False

    part: str
    """A tier, a group of the source as in ``plus``, or ``original``."""
    digest: str
    """`tarot_bench.dataset.errata.test_digest`."""
    input_chars: int
    malformed: str = ""
    """Why the test cannot judge any program; nothing else is measured then."""
    gold: Verdict | None = None
    """The verdict on the gold: of the first run that did not pass, else PASSED. None where there is no gold."""
    detail: str = ""
    """The grader's words on it."""
    flaky: bool = False
    """Whether the runs of the gold differ in verdict or output."""
    gold_cpu_s: float | None = None
    """CPU seconds of the gold's slowest run."""
    steps: int | None = None
    """Lines of the gold that the test executes."""
    duplicate_of: str | None = None
    """The part of an earlier test with the same input."""
    leak: Leak = "none"
    """How much of the test the statement shows."""


class ProgramRecord(Frozen):
    """One program whose correctness is known."""

    name: str
    kind: Kind
    correct: bool
    failed: tuple[int, ...]
    """The numbers of the tests that it fails, from 0; of further inputs where it is wrong and fails no test."""
    answers: dict[int, Text] = Field(default_factory=dict)
    """Correct programs only: the output for tests that they fail, up to `LONGEST_ANSWER` characters."""
    fails: tuple[Tier, ...] | None = None
    """The tiers that it is said to fail."""


class ProblemRecord(Frozen):
    """One problem."""

    id: str
    tests: tuple[TestRecord, ...]
    """Tier tests, then original tests."""
    cpu_limit_s: float
    gold: bool
    """Whether there is a gold."""
    programs: tuple[ProgramRecord, ...] = ()
    mutants: tuple[tuple[int, ...], ...] = ()
    """For each mutant the numbers of the tests that it fails; tests that the gold fails were not run."""
    extra_tests: int = 0
    """Further inputs, on which wrong programs and mutants that fail no test were run; numbered after the tests."""
    constant: dict[str, bool] = Field(default_factory=dict)
    """By part: whether one fixed output passes all of its tests."""
    ambiguous: str = ""
    """The sign that the problem has several right answers; empty if there is none."""

    @property
    def usable(self) -> tuple[int, ...]:
        """The numbers of the tests that are not malformed."""
        return tuple(number for number, test in enumerate(self.tests) if not test.malformed)

    @property
    def sound(self) -> frozenset[int]:
        """The numbers of the usable tests that the gold passes in every run, if there is one."""
        return frozenset(
            n for n in self.usable if self.tests[n].gold in (None, Verdict.PASSED) and not self.tests[n].flaky
        )

    def parts(self) -> dict[str, frozenset[int]]:
        """The numbers of the usable tests of each part; tiers in order, then the source's, then all tiers, then all."""
        found: dict[str, set[int]] = defaultdict(set)
        for number in self.usable:
            found[self.tests[number].part].add(number)
            found[ALL].add(number)
            if self.tests[number].part in TIERS:
                found[TIERED].add(number)
        return {part: frozenset(found[part]) for part in sorted(found, key=part_order)}


def part_order(part: str) -> tuple[int, str]:
    """The sort key of parts in tables."""
    if part in TIERS:
        return Tier(part).rank, ""
    return {TIERED: len(TIERS) + 1, ALL: len(TIERS) + 2}.get(part, len(TIERS)), part
