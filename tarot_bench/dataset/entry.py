"""A problem with what was measured and found: the rows that `generate` writes and `publish` reads."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.problem import Frozen, Problem, Tier
from tarot_bench.reading import parse_json
from tarot_bench.verdict import Text


class Provenance(Frozen):
    """Who wrote a test, in which request."""

    generator: str
    """Name of the recipe's generator, as in ``openai/NAME`` or ``mutate``."""
    prompt_digest: str | None = None
    """Digest of the prompt; None if no LLM was asked."""
    date: str | None = None
    """UTC day of the run, as in 2026-11-21."""
    request_id: str | None = None
    """The service's id of the request."""
    round: int = Field(default=0, ge=0)
    """0 for the first round, n for the n-th round of repair."""


class Measurement(Frozen):
    """Measurements of one test; None where a measurement was not taken."""

    input_chars: int | None = None
    steps: int | None = None
    """Lines of the gold program that were executed."""
    kill_rate: float | None = Field(default=None, ge=0, le=1)
    """Share of the gold's killable mutants that fail the test."""
    unique_kills: int | None = None
    """Mutants that fail this test and no other of the problem."""
    gold_cpu_s: float | None = None
    """CPU seconds of the gold."""
    tpr: float | None = Field(default=None, ge=0, le=1)
    """Share of the problem's correct programs that pass the test. This and the following are of `audit`."""
    tnr: float | None = Field(default=None, ge=0, le=1)
    """Share of the problem's wrong programs that fail the test."""
    unique_rejections: int | None = None
    """Wrong programs and mutants that fail this test and no other tier test of the problem."""
    flaky: bool | None = None
    """Whether the runs of the gold differ in verdict or output."""
    leak: Literal["none", "input", "test"] | None = None
    """How much of the test the statement shows: nothing, its input, or its input with its output."""


class Vote(Frozen):
    """The output of one program that was executed on the input of a test."""

    voter: str
    """``gold``, ``alternative-N``, ``brute-force``, or ``solver:`` and the model's name."""
    agrees: bool
    """Whether its output is the expected one, under the problem's checker."""


class TestFacts(Frozen):
    """The provenance, the votes and the measurements of one test."""

    __test__ = False

    provenance: Provenance | None = None
    votes: tuple[Vote, ...] = ()
    measurement: Measurement = Measurement()


class ValidatorTrial(Frozen):
    """On how many inputs the validator of a problem was tried, and how many it judged right."""

    candidates: int
    """How many validators were tried; the best one is kept."""
    valid: int
    accepted: int
    """Valid inputs that it accepts."""
    illegal: int
    rejected: int
    """Illegal inputs that it rejects."""


class DraftedGenerator(Frozen):
    """A generator program as an author wrote it, for one tier."""

    tier: Tier
    source: str
    """Reads a seed on standard input and prints one input."""
    reason: str
    """What its inputs exercise."""
    seeds: int = Field(default=1, ge=1)
    """Inputs worth making: the seeds 0, 1, … below this number."""
    provenance: Provenance | None = None


class Scenario(Frozen):
    """An output and whether a checker must accept it."""

    input: str
    output: str
    accepted: bool


class Materials(Frozen):
    """What authors wrote about a problem, before and after it was tried. Nothing of it is trusted."""

    validators: tuple[str, ...] = ()
    """Programs that exit 0 if, and only if, the input on standard input is valid."""
    illegal: tuple[str, ...] = ()
    """Inputs that almost fit the statement, and do not."""
    generators: tuple[DraftedGenerator, ...] = ()
    brute_force: str | None = None
    """A slow and simple solution for small inputs."""
    checkers: tuple[str, ...] = ()
    """Programs as `Checker.program`."""
    scenarios: tuple[Scenario, ...] = ()
    """What the checkers must accept and reject."""

    def with_more(self, other: Self) -> Self:
        """Both materials together, without repetitions; of two brute forces the later one counts."""
        joined = {
            name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
            for name in type(self).model_fields
            if name != "brute_force"
        }
        return self.model_copy(update={**joined, "brute_force": other.brute_force or self.brute_force})


class SampledSolution(Frozen):
    """A program that a model wrote as a solution, from the statement alone."""

    source: str
    solver: str
    """``solver:`` and the model's name."""


class WrongProgram(Frozen):
    """A program that is known or meant to fail some test of a problem."""

    source: str
    origin: str
    """``source`` (the data set calls it incorrect), ``solver:`` and the model's name, ``slow`` or ``mutant``."""


class Flag(Frozen):
    """A finding that was not reason enough to drop the problem.

    Data of earlier versions hold the fields of the test as JSON text in ``detail``; they are read as fields.
    """

    stage: str
    reason: str
    """A short code, as in ``gold-disagrees``; reasons are counted by it."""
    detail: Text = ""
    """One line that says what was found."""
    tier: Tier | None = None
    """Of the test that the flag is about; None for an original test, or where the flag is about the problem."""
    input: Text | None = None
    """The test's input; None where the flag is about no single test. Likewise below."""
    expected: Text | None = None
    """The output that the test declared."""
    got: Text | None = None
    """The gold's output; empty where it gave none."""

    @model_validator(mode="before")
    @classmethod
    def _read_json_detail(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or not str(given.get("detail")).startswith("{"):
            return given
        try:
            told = parse_json(given["detail"])
        except ValueError:
            return given
        if set(told) != {"tier", "input", "expected", "got", "what"}:
            return given
        return {**given, "detail": told.pop("what"), **told}


class Contamination(Frozen):
    """The similarity of a statement to the nearest benchmark problem."""

    score: float = Field(ge=0, le=1)
    """Share of the benchmark prompt's word 8-grams."""
    jaccard: float = Field(default=0.0, ge=0, le=1)
    match: str | None = None
    """The nearest benchmark problem, as in ``humaneval/HumanEval/12``."""


class Entry(Frozen):
    """A problem with the facts of its tests, its validator, flags and contamination.

    Raises (on construction, as pydantic's ValidationError): ``facts`` is not empty and not one per tier test.
    """

    problem: Problem
    facts: tuple[TestFacts, ...] = ()
    """One per test of ``problem.tests``, in order; empty where nothing is known."""
    validator: str | None = None
    """A program that reads an input on standard input and exits 0 if, and only if, it is a valid one."""
    validator_trial: ValidatorTrial | None = None
    """How `validator` did; None where it was not tried."""
    materials: Materials = Materials()
    solutions: tuple[SampledSolution, ...] = ()
    """Samples of solvers that no test has rejected so far; `validate` moves the others to `wrong`."""
    wrong: tuple[WrongProgram, ...] = ()
    """The pool of wrong programs that tests are selected by, without mutants, which are made again."""
    flags: tuple[Flag, ...] = ()
    contamination: Contamination | None = None

    @model_validator(mode="after")
    def _facts_fit_tests(self) -> Self:
        if self.facts and len(self.facts) != len(self.problem.tests):
            raise ValueError(
                f"problem {self.problem.id!r}: {len(self.facts)} facts for {len(self.problem.tests)} tests"
            )
        return self
