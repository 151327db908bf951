"""The core types: problems and their four-tier tests."""

import hashlib
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tarot_bench.errors import DataError, did_you_mean


class Tier(StrEnum):
    """The four test tiers of TAROT, from warm-up to boundary (arXiv 2602.15449, section 3).

    Tiers are ordered: ``Tier.BASIC < Tier.EDGE``. The order is the paper's; measured difficulty need not follow it.
    """

    BASIC = "basic"
    INTERMEDIATE = "intermediate"
    COMPLEX = "complex"
    EDGE = "edge"

    @property
    def rank(self) -> int:
        """Position in the ladder, 0 for basic to 3 for edge."""
        return TIERS.index(self)

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, Tier) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.rank <= other.rank if isinstance(other, Tier) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.rank > other.rank if isinstance(other, Tier) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.rank >= other.rank if isinstance(other, Tier) else NotImplemented

    @classmethod
    def parse(cls, label: str) -> Self:
        """Read a tier label; the published data's ``medium`` and ``high`` are aliases.

        Raises:
            DataError: the label is unknown.
        """
        try:
            return cls(TIER_ALIASES.get(label, label))
        except ValueError:
            known = ", ".join([*cls, *TIER_ALIASES])
            close = did_you_mean(label, [*cls, *TIER_ALIASES])
            raise DataError(f"unknown tier label {label!r}; the labels are {known}{close}") from None


TIERS: tuple[Tier, ...] = tuple(Tier)
TIER_ALIASES = {"medium": "intermediate", "high": "complex"}
EVALUATION_ONLY = "evaluation_only"
"""Key of `Origin.extra`; true where a problem is of a benchmark, and nothing may be trained on it."""
PUBLISHED = "published"
"""Key of `Origin.extra`: the day on which the problem became public, as in 2026-11-29."""
HOLE = "<answer>"
"""What an answer of the form ``expression`` takes the place of."""
_UNGRADED: Any = {
    "statement": True,
    "solution": True,
    "origin": True,
    "generator_programs": True,
    "tests": {"__all__": {"generated"}},
    "original_tests": {"__all__": {"generated"}},
}
"""Fields that cannot change a verdict. `Problem.digest` has the digests of generated inputs in place of the inputs."""
PUBLISHED_LABELS = {Tier(ours): published for published, ours in TIER_ALIASES.items()}


class Frozen(BaseModel):
    """Base of every serialised type: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Frozen):
    """The limits of one test. Time is CPU time; the wall limit is a backstop for programs that wait."""

    cpu_s: float = Field(default=5.0, gt=0)
    """CPU seconds, user plus system, of the whole process tree."""
    wall_s: float = Field(default=20.0, gt=0)
    """Wall seconds after which everything is killed."""
    memory_mib: int = Field(default=1024, ge=64)
    """MiB of address space per process; of resident memory in programs that ask for large thread stacks."""
    output_kib: int = Field(default=16 * 1024, ge=1)
    """KiB that may be written to standard output, and to standard error."""
    processes: int = Field(default=64, ge=1)
    """Processes and threads that may exist at once."""


class GeneratorProgram(Frozen):
    """A program that prints a test input. The same seed gives the same input.

    It reads the seed, a decimal integer, on standard input. For function problems it prints the arguments of one call.
    """

    name: str
    """Unique among the generator programs of the problem."""
    source: str


class GeneratedInput(Frozen):
    """The recipe of an input: which generator program prints it, for which seed."""

    program: str
    """Name of a `GeneratorProgram` of the problem."""
    seed: int
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """SHA-256 (hex) of the input as UTF-8."""
    size: int = Field(ge=1)
    """Bytes of the input as UTF-8."""


class TestCase(Frozen):
    """One test of a problem.

    ``kind`` says how ``input`` and ``output`` are read:

    - ``stdin``: text for standard input, and the text expected on standard output.
    - ``call``: a JSON list of positional arguments, and the JSON of the expected return value
      (`tarot_bench.sandbox.values` writes what JSON lacks: tuples, sets, bytes, non-finite numbers).
    - ``suite``: Python source that defines ``check(candidate)``; ``output`` is empty, silence is success.
    """

    __test__ = False  # pytest must not collect a class whose name starts with Test

    tier: Tier | None
    """None marks an original test, kept apart from the tiers."""
    input: str
    output: str = ""
    reason: str | None = None
    """Why the author of the test chose it."""
    kind: Literal["stdin", "call", "suite"] = "stdin"
    group: str | None = None
    """A label of the source's own, as in ``base`` and ``plus``; metrics are also given by group."""
    generated: GeneratedInput | None = None
    """Where a generator program made the input. A large input is not stored: then ``input`` is empty, and it is made
    again before the test runs."""

    @model_validator(mode="after")
    def _input_is_the_generated_one(self) -> Self:
        made = self.generated
        if made and self.kind == "suite":
            raise ValueError("an input of kind 'suite' is not generated")
        if made and self.input and sha256(self.input) != made.digest:
            raise ValueError("the input has another SHA-256 than the generated one; leave out `generated` or `input`")
        return self

    @property
    def stored(self) -> bool:
        """Whether the input is here; else a generator program prints it before the test runs."""
        return self.generated is None or bool(self.input)

    @property
    def input_size(self) -> int:
        """Characters of the input; bytes where it is not stored."""
        return self.generated.size if self.generated and not self.input else len(self.input)

    @property
    def forgeable(self) -> bool:
        """Whether part of the judgement happens in the program's own process, where the program could tamper with it.

        So it is with suites that need the program's own classes: they have ``candidate.evaluate`` compute on them.
        """
        return self.kind == "suite" and "candidate.evaluate(" in self.input

    def as_original(self) -> Self:
        """The same test as an original one: without its tier and the reason for it."""
        return self.model_copy(update={"tier": None, "reason": None})


class Checker(Frozen):
    """How an output is compared with the expected one (DESIGN section 6)."""

    kind: Literal["lines", "tokens", "float", "unordered_lines", "program"] = "lines"
    tolerance: float = Field(default=1e-6, ge=0)
    """``float`` only: absolute or relative, whichever is kinder."""
    program: str | None = None
    """``program`` only: Python source; reads JSON ``{"input", "expected", "output"}`` on standard input,
    each a text (for calls, the JSON of values), and exits 0 to accept, 1 to reject. If it ends otherwise, the output is
    wrong where the checker accepts the expected output, and the test is ungraded where it does not."""

    @model_validator(mode="after")
    def _program_belongs_to_program(self) -> Self:
        if (self.kind == "program") != (self.program is not None):
            raise ValueError("a checker has a `program` if, and only if, its kind is 'program'")
        return self


class Origin(Frozen):
    """The origin of a problem, with the source's metadata."""

    source: str = "unknown"
    id: str | None = None
    """The id in the source."""
    url: str | None = None
    license: str | None = None
    difficulty: str | None = None
    extra: dict[str, Any] = Field(default_factory=dict)
    """Everything else of the source row that an exact export needs."""

    @property
    def evaluation_only(self) -> bool:
        """Whether the problem is for evaluation only and must not be trained on."""
        return self.extra.get(EVALUATION_ONLY) is True

    @property
    def published(self) -> date | None:
        """The day on which the problem became public; None where the source does not say it."""
        try:
            return date.fromisoformat(str(self.extra.get(PUBLISHED)))
        except ValueError:
            return None


class Problem(Frozen):
    """A coding problem with a gold solution and tests in up to four tiers.

    Raises (on construction, as pydantic's ValidationError): no tests at all, a function problem without an entry
    point, a test whose kind does not fit the style, or an expression that nothing would be filled with.
    """

    id: Annotated[str, Field(min_length=1)]
    statement: str
    solution: str | None = None
    """The gold program: bare source text, no fence."""
    style: Literal["stdin", "function"] = "stdin"
    entry_point: str | None = None
    """Function problems: the name to call; ``Solution.name`` is a method of ``class Solution``."""
    starter_code: str | None = None
    """Function problems: code the model is asked to continue; helpers in it are part of the program."""
    answer_form: Literal["program", "expression"] = "program"
    """What a model writes: a program, or an expression that takes the place of ``<answer>`` in the starter code. The
    solution is of the same form."""
    tests: tuple[TestCase, ...] = ()
    original_tests: tuple[TestCase, ...] = ()
    generator_programs: tuple[GeneratorProgram, ...] = ()
    limits: Limits = Limits()
    checker: Checker = Checker()
    origin: Origin = Origin()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.all_tests:
            raise ValueError(f"problem {self.id!r} has no tests; add one, as zero tests would pass everything")
        if any(test.tier is None for test in self.tests):
            raise ValueError(f"problem {self.id!r}: a test without a tier belongs to original_tests")
        if any(test.tier is not None for test in self.original_tests):
            raise ValueError(f"problem {self.id!r}: original_tests have no tier")
        if self.style == "function" and not self.entry_point:
            raise ValueError(f"problem {self.id!r} is function-style but names no entry_point")
        if self.answer_form == "expression" and (self.starter_code or "").count(HOLE) != 1:
            raise ValueError(f"problem {self.id!r}: an expression needs one {HOLE} in the starter code to fill")
        self._check_generators()
        kinds = {"stdin"} if self.style == "stdin" else {"call", "suite"}
        wrong = {test.kind for test in self.all_tests} - kinds
        if wrong:
            raise ValueError(f"problem {self.id!r}: tests of kind {sorted(wrong)} in a {self.style} problem")
        return self

    def _check_generators(self) -> None:
        names = [program.name for program in self.generator_programs]
        if len(set(names)) < len(names):
            raise ValueError(f"problem {self.id!r}: two generator programs have one name")
        unknown = {test.generated.program for test in self.all_tests if test.generated}.difference(names)
        if unknown:
            raise ValueError(f"problem {self.id!r} has no generator program {', '.join(sorted(unknown))}")

    @property
    def all_tests(self) -> tuple[TestCase, ...]:
        """Tier tests, then original tests: the order of a `Grade`'s results."""
        return self.tests + self.original_tests

    def at(self, tier: Tier) -> tuple[TestCase, ...]:
        """The tests of one tier, in order."""
        return tuple(test for test in self.tests if test.tier is tier)

    def with_tiers(self, tiers: tuple[Tier, ...]) -> Self:
        """A copy that keeps only the tests of these tiers (originals stay out)."""
        kept = tuple(test for test in self.tests if test.tier in tiers)
        if not kept:
            raise DataError(f"problem {self.id!r} has no tests in tiers {', '.join(tiers)}")
        return self.model_copy(update={"tests": kept, "original_tests": ()})

    def __copy__(self) -> Self:
        """Copy the fields but not the cached digest: `model_copy` starts here, then changes fields."""
        copied = super().__copy__()
        copied.__dict__.pop("digest", None)
        return copied

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex, 16 characters) of everything that can change a verdict."""
        graded = self
        if any(test.generated for test in self.all_tests):
            tests, originals = (tuple(map(_by_digest, each)) for each in (self.tests, self.original_tests))
            graded = self.model_copy(update={"tests": tests, "original_tests": originals})
        return sha256(graded.model_dump_json(exclude=_UNGRADED))[:16]


def _by_digest(test: TestCase) -> TestCase:
    """The test with its input's digest in place of a generated input, which may be stored or not."""
    return test.model_copy(update={"input": test.generated.digest}) if test.generated else test


def sha256(text: str) -> str:
    """SHA-256 (hex) of a text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """SHA-256 (hex, 16 characters) over the digests of a problem set, independent of order."""
    joined = "\n".join(sorted(f"{problem.id} {problem.digest}" for problem in problems))
    return sha256(joined)[:16]
