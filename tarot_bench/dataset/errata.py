r"""Errata: retracted and corrected tests, tiers and problems of one revision of a dataset.

A YAML file, written by a person, by ``tarot-bench fix``, or proposed by ``tarot-bench audit``::

    format: tarot-bench-errata
    version: 1
    data: {source: org/name, revision: 0123abcd, digest: 89abcdef}
    errata:
      - problem: p1              # the whole problem, as no tier and no test are named
        action: retract
        reason: ambiguous
        date: '2026-11-29'
      - problem: p2
        tier: edge               # a tier, or `original`
        test: 5a0e5f9b3c1d2e4f   # one test, by `test_digest`: not by its number, which other errata change
        action: correct
        output: "4\n"            # the right expected output
        reason: outvoted
        date: '2026-11-29'
        evidence: 3 of 4 correct programs print 4

What `audit` proposes is not applied until a person has read it. A file `ERRATA` in the folder or repository of a
dataset belongs to it, and is applied when it is loaded.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from tarot_bench.atomic import write_atomically
from tarot_bench.config import complaints
from tarot_bench.errors import DataError, did_you_mean
from tarot_bench.problem import Frozen, Problem, TestCase, Tier
from tarot_bench.reading import parse_yaml

FORMAT: Literal["tarot-bench-errata"] = "tarot-bench-errata"
VERSION: Literal[1] = 1
ERRATA = "errata.yaml"
"""Name of the file that belongs to a dataset."""
OVERRIDES = "overrides.yaml"
"""Name of the file that ``fix`` writes into a run of `generate`."""


class DataVersion(Frozen):
    """The dataset that errata are about."""

    source: str
    revision: str
    """The Hub commit, or ``sha256:`` and the checksum of the content."""
    digest: str | None = None
    """`tarot_bench.problem.digest_of` the problems; it is the same in every file format."""


class Erratum(Frozen):
    """One retraction or correction.

    Raises (on construction, as pydantic's ValidationError): a correction without a test or output, or a retraction
    with an output.
    """

    problem: str
    tier: Tier | Literal["original"] | None = None
    """The tests of a tier, or the original tests; None for all."""
    test: str | None = None
    """`test_digest` of a single test; None for all tests of the tier."""
    action: Literal["retract", "correct", "retier"]
    output: str | None = None
    """``correct`` only: the right expected output, in the form of `TestCase.output`."""
    to: Tier | None = None
    """``retier`` only: the tier that the test belongs to."""
    reason: str = Field(min_length=1)
    """A short code, as in ``gold-fails``."""
    date: date
    evidence: str = ""
    """What shows that the test is wrong."""
    author: str = ""
    """Who decided it; empty for a proposal."""

    @model_validator(mode="after")
    def _fields_fit_the_action(self) -> Self:
        if self.action == "correct" and (self.test is None or self.output is None):
            raise ValueError("a correction names a test and its right output")
        if self.action == "retier" and (self.test is None or self.to is None or self.tier == "original"):
            raise ValueError("action: retier names a test with a tier, and the tier that it belongs `to`")
        if self.action != "correct" and self.output is not None:
            raise ValueError(f"action: {self.action} has no output; use action: correct")
        if self.action != "retier" and self.to is not None:
            raise ValueError(f"action: {self.action} has no `to`; use action: retier")
        return self

    def concerns(self, test: TestCase) -> bool:
        """Whether the erratum is about this test of its problem."""
        tier = test.tier or "original"
        return self.tier in (None, tier) and self.test in (None, test_digest(test))


class Errata(Frozen):
    """The content of an errata file."""

    format: Literal["tarot-bench-errata"] = FORMAT
    version: Literal[1] = VERSION
    data: DataVersion
    errata: tuple[Erratum, ...] = ()

    def with_digest(self, digest: str) -> Self:
        """These errata for every file format of their data, whose problems have this digest."""
        return self.model_copy(update={"data": self.data.model_copy(update={"digest": digest})})


@dataclass(frozen=True, slots=True)
class Corrected:
    """Problems after errata.

    Attributes:
        problems: in the given order, without those that have no tests left.
        retracted_problems: the number of those.
        retracted_tests: tests that were removed, those of removed problems included.
        corrected_tests: tests with another expected output, or of another tier.
    """

    problems: tuple[Problem, ...]
    retracted_problems: int
    retracted_tests: int
    corrected_tests: int


def test_digest(test: TestCase) -> str:
    """SHA-256 (hex, 16 characters) of a test's kind and its input's SHA-256: the identity of a test in its problem.

    It is the same whether the input of a generator program is stored or not.
    """
    if test.generated and not test.input:
        of_input = test.generated.digest
    else:
        of_input = hashlib.sha256(test.input.encode("utf-8", "surrogateescape")).hexdigest()
    return hashlib.sha256(f"{test.kind}\n{of_input}".encode()).hexdigest()[:16]


test_digest.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect it


def read_errata(path: str | Path) -> Errata:
    """Read an errata file.

    Raises:
        DataError: it cannot be read, is not YAML, or an entry is malformed; one line.
    """
    try:
        content = parse_yaml(Path(path).read_text(encoding="utf-8"))
        return Errata.model_validate(content)
    except ValidationError as error:
        raise DataError(f"{path}: {complaints(error, Errata)}") from None
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {error}") from None


def write_errata(errata: Errata, path: str | Path) -> None:
    """Write an errata file, atomically."""
    content = errata.model_dump(mode="json", exclude_none=True)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    write_atomically(Path(path), text)


def check_version(errata: Errata, source: str, revision: str | None, digest: str) -> None:
    """Check that errata are about this version of a dataset.

    Args:
        errata: of some version.
        source: what the user calls the dataset.
        revision: of the dataset; None for what is stored nowhere, as a dataset after errata of its own.
        digest: of its problems.

    Raises:
        DataError: they are about another one.
    """
    if errata.data.revision == revision or errata.data.digest == digest:
        return
    found = f"has other tests, with digest {digest}" if revision is None else f"has revision {revision}"
    raise DataError(
        f"the errata are about revision {errata.data.revision} of {errata.data.source}, but {source} {found}; get the "
        "errata of this revision, or load the other one"
    )


def apply_errata(problems: Sequence[Problem], errata: Iterable[Erratum]) -> Corrected:
    """Retract, correct and move tests; retractions take precedence, and of several corrections the last one holds.

    Raises:
        DataError: an erratum names a problem or a test that does not exist.
    """
    known = {problem.id: problem for problem in problems}
    by_problem: dict[str, list[Erratum]] = {}
    for erratum in errata:
        if erratum.problem not in known:
            raise DataError(f"errata: no problem {erratum.problem!r}{did_you_mean(erratum.problem, known)}")
        if not any(erratum.concerns(test) for test in known[erratum.problem].all_tests):
            where = ", ".join(f"{key} {value}" for key in ("tier", "test") if (value := getattr(erratum, key)))
            raise DataError(f"errata: problem {erratum.problem!r} has no tests of {where}")
        by_problem.setdefault(erratum.problem, []).append(erratum)
    changed = {name: _corrected(known[name], found) for name, found in by_problem.items()}
    kept = [changed[problem.id][0] if problem.id in changed else problem for problem in problems]
    return Corrected(
        problems=tuple(problem for problem in kept if problem.all_tests),
        retracted_problems=sum(not problem.all_tests for problem in kept),
        retracted_tests=sum(len(known[name].all_tests) - len(new.all_tests) for name, (new, _) in changed.items()),
        corrected_tests=sum(count for _, count in changed.values()),
    )


def _corrected(problem: Problem, errata: Sequence[Erratum]) -> tuple[Problem, int]:
    """The problem after its errata, and how many of its tests were corrected."""
    count = 0

    def kept(tests: Iterable[TestCase]) -> Iterable[TestCase]:
        nonlocal count
        for test in tests:
            about = [erratum for erratum in errata if erratum.concerns(test)]
            if any(erratum.action == "retract" for erratum in about):
                continue
            count += bool(about)
            made = test
            for erratum in about:
                update = {"output": erratum.output} if erratum.action == "correct" else {"tier": erratum.to}
                made = made.model_copy(update=update)
            yield made

    tests = sorted(kept(problem.tests), key=lambda test: test.tier.rank if test.tier else 0)
    new = {"tests": tuple(tests), "original_tests": tuple(kept(problem.original_tests))}
    return problem.model_copy(update=new), count
