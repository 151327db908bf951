"""The core types of results: executions, verdicts, grades, and verdict matrices."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tarot_bench.problem import Frozen, Tier


class Verdict(StrEnum):
    """The outcome of one test for one completion."""

    PASSED = "PASSED"
    WRONG_ANSWER = "WRONG_ANSWER"
    TIME_LIMIT = "TIME_LIMIT"
    MEMORY_LIMIT = "MEMORY_LIMIT"
    OUTPUT_LIMIT = "OUTPUT_LIMIT"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    COMPILE_ERROR = "COMPILE_ERROR"
    NO_CODE = "NO_CODE"
    TRUNCATED = "TRUNCATED"
    UNGRADED = "UNGRADED"
    """No score: an infrastructure error, made good on resume, or a refusal of the service (`SampleOutcome`)."""


Ending = Literal["exited", "killed", "time", "memory", "output", "compile", "skipped"]


@dataclass(frozen=True, slots=True)
class Execution:
    """The result of one program on one input. Independent of expected outputs.

    Attributes:
        outcome: ``exited`` (see ``exit_code``), ``killed`` by ``signal``, stopped by the ``time``, ``memory`` or
            ``output`` limit, never started because it does not ``compile``, or ``skipped`` after a time-out
            (`tarot_bench.sandbox.until_timeout`).
        exit_code: the exit status, None when a signal ended the program.
        signal: the signal's number, None when the program exited.
        stdout: bytes written to standard output, at most the cap.
        stderr: the last bytes written to standard error, at most 64 KiB.
        cpu_s: CPU seconds of the whole process tree, from the kernel.
        wall_s: wall seconds from start to the death of the last process.
        peak_mib: largest resident set of any process of the tree, MiB.
        result: ``call`` jobs only: the encoded return value (`tarot_bench.sandbox.values`), None when the call did
            not return. A claim of the program's, never trusted beyond being data.
        doubtful: the sandbox failed while the program ran, or the verdict rests on the sandbox's repeated
            loss; never cached.
        idle: the wall limit ended the program, which wanted no processor for most of the time: it slept or waited.
    """

    outcome: Ending
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mib: float = 0.0
    result: bytes | None = None
    doubtful: bool = False
    idle: bool = False

    @property
    def ok(self) -> bool:
        """Whether the program exited 0 within its limits."""
        return self.outcome == "exited" and self.exit_code == 0


def _well_formed(text: object) -> object:
    """Pair or replace lone surrogates of servers and programs, which cannot be written as UTF-8."""
    if not isinstance(text, str) or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Text = Annotated[str, BeforeValidator(_well_formed)]
"""Text from outside, always writable as UTF-8."""


_MOST_TOKENS = 2**63 - 1


class Usage(Frozen):
    """The tokens of one answer as counted by the server, or of several; a sum ends at the most."""

    input_tokens: int = Field(default=0, ge=0, le=_MOST_TOKENS)
    output_tokens: int = Field(default=0, ge=0, le=_MOST_TOKENS)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input_tokens=min(self.input_tokens + other.input_tokens, _MOST_TOKENS),
            output_tokens=min(self.output_tokens + other.output_tokens, _MOST_TOKENS),
        )

    def usd(self, input_price: float, output_price: float) -> float:
        """What the tokens cost; prices are in USD per million tokens."""
        return (self.input_tokens * input_price + self.output_tokens * output_price) / 1e6


class SampleOutcome(StrEnum):
    """The outcome of the request for one sample.

    Only the first two are the model's own behaviour and are graded. A service's filter or refusal reveals nothing about
    the model: such a sample is `Verdict.UNGRADED`, has no score, is counted under this name and is not requested again
    on resume unless ``options.retry_refused=true``.
    """

    ANSWERED = "ANSWERED"
    DECLINED_BY_MODEL = "DECLINED_BY_MODEL"
    """The model refused: OpenAI's ``refusal`` field, Anthropic's stop reason ``refusal``."""
    FILTERED_BY_SERVICE = "FILTERED_BY_SERVICE"
    """A content filter cut or withheld the answer; what arrived is stored."""
    REFUSED_BY_SERVICE = "REFUSED_BY_SERVICE"
    """The request was refused, so that there is no answer: too long, filtered, malformed."""

    @property
    def is_the_models(self) -> bool:
        """Whether the sample is the model's own and is graded."""
        return self in {SampleOutcome.ANSWERED, SampleOutcome.DECLINED_BY_MODEL}


class Completion(Frozen):
    """One sample of a model's raw text for one problem."""

    problem_id: str
    index: int = Field(ge=0)
    """Which of the n samples."""
    model: str
    text: Text
    finish_reason: Text | None = None
    """``stop``, ``length`` (cut at the token limit) or another word of the server; of a refused request, why."""
    usage: Usage = Usage()
    outcome: SampleOutcome = SampleOutcome.ANSWERED
    note: Text = ""
    """The service's own words where it refused the request."""


class TestResult(Frozen):
    """The verdict of one test, with its cost and the first error."""

    __test__ = False

    tier: Tier | None
    group: str | None = None
    """The label of the test, as in ``base`` and ``plus``."""
    verdict: Verdict
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mib: float = 0.0
    detail: Text = ""
    """One line: the first differing line, the exception, the limit that was hit."""


class Extraction(Frozen):
    """The code extracted from a completion, and the rule that chose it."""

    code: str | None
    how: str
    """One line: which block was chosen and by what rule, or why there is none."""
    verdict: Literal[Verdict.NO_CODE, Verdict.TRUNCATED, Verdict.UNGRADED] | None = None
    """Set when there is no code to run; UNGRADED where a bug of this package is the reason."""


class Grade(Frozen):
    """All verdicts of one completion: tier tests first, then original tests, in the problem's order."""

    problem_id: str
    index: int = 0
    problem_digest: str = ""
    extraction: Extraction
    results: tuple[TestResult, ...]

    def results_at(self, tier: Tier | None) -> tuple[TestResult, ...]:
        """The results of one tier; None gives those of the original tests."""
        return tuple(result for result in self.results if result.tier is tier)

    def rate(self, tier: Tier | None) -> float | None:
        """Share of a tier's tests that passed; None where the tier has no tests or any of them is ungraded."""
        results = self.results_at(tier)
        if not results or any(result.verdict is Verdict.UNGRADED for result in results):
            return None
        return sum(result.verdict is Verdict.PASSED for result in results) / len(results)

    def passed(self, tier: Tier | None) -> bool | None:
        """Whether every test of a tier passed; None as for `rate`."""
        rate = self.rate(tier)
        return None if rate is None else rate == 1.0

    @property
    def ungraded(self) -> bool:
        """Whether any test has no verdict yet."""
        return any(result.verdict is Verdict.UNGRADED for result in self.results)

    @property
    def solved(self) -> bool | None:
        """Whether every test passed; None where any is ungraded."""
        if self.ungraded:
            return None
        return all(result.verdict is Verdict.PASSED for result in self.results)


@dataclass(frozen=True, slots=True)
class VerdictMatrix:
    """Verdicts of several programs on the tests of one problem: rows are codes, columns are tests.

    Metrics, audits, rewards and consensus are all computed from this one object.

    Attributes:
        problem_id: the problem all rows belong to.
        tiers: one label per column; None is an original test.
        rows: one tuple of verdicts per code, each as long as ``tiers``.
        groups: one label of the source's own per column, or none at all.
    """

    problem_id: str
    tiers: tuple[Tier | None, ...]
    rows: tuple[tuple[Verdict, ...], ...]
    groups: tuple[str | None, ...] = ()

    @classmethod
    def of(cls, grades: Iterable[Grade]) -> "VerdictMatrix":
        """Stack the grades of one problem, ordered by sample index.

        Raises:
            ValueError: no grades, several problems, or rows with different tests.
        """
        ordered = sorted(grades, key=lambda grade: grade.index)
        if not ordered or len({grade.problem_id for grade in ordered}) != 1:
            raise ValueError("a verdict matrix is made of the grades of exactly one problem")
        tiers = tuple(result.tier for result in ordered[0].results)
        if any(tuple(result.tier for result in grade.results) != tiers for grade in ordered):
            raise ValueError(f"problem {ordered[0].problem_id!r}: its grades were made on different tests")
        rows = tuple(tuple(result.verdict for result in grade.results) for grade in ordered)
        groups = tuple(result.group for result in ordered[0].results)
        return cls(ordered[0].problem_id, tiers, rows, groups)

    def only(self, group: str) -> "VerdictMatrix":
        """The columns of one group; there may be none."""
        kept = [number for number, label in enumerate(self.groups) if label == group]
        rows = tuple(tuple(row[number] for number in kept) for row in self.rows)
        return VerdictMatrix(self.problem_id, tuple(self.tiers[number] for number in kept), rows, (group,) * len(kept))

    def passed(self, row: int, tiers: Iterable[Tier | None]) -> bool | None:
        """Whether a code passed every test of these tiers; None where there is no such test or one is ungraded."""
        wanted = set(tiers)
        verdicts = [v for v, tier in zip(self.rows[row], self.tiers, strict=True) if tier in wanted]
        if not verdicts or Verdict.UNGRADED in verdicts:
            return None
        return all(verdict is Verdict.PASSED for verdict in verdicts)


def grouped(grades: Iterable[Grade]) -> dict[str, list[Grade]]:
    """Group grades by problem, in order of first occurrence."""
    groups: dict[str, list[Grade]] = {}
    for grade in grades:
        groups.setdefault(grade.problem_id, []).append(grade)
    return groups


def matrices_of(grades: Iterable[Grade]) -> list[VerdictMatrix]:
    """Stack grades by problem, in order of first occurrence; of a sample graded twice, the later grade counts."""
    latest = {(made.problem_id, made.index): made for made in grades}
    return [VerdictMatrix.of(made) for made in grouped(latest.values()).values()]
