"""Findings about a submission: the checks that refuse it, and suspicions that a person should look at."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from tarot_bench.problem import Frozen
from tarot_bench.texts import inline

_LONGEST = 500


def _line(text: str) -> str:
    shown = inline(text[: _LONGEST + 1])
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


Line = Annotated[str, AfterValidator(_line)]
"""Text that may quote a submission: shown on one line of at most 500 characters, without control characters."""


class Check(StrEnum):
    """What was checked. A finding refuses the submission."""

    INTEGRITY = "integrity"
    """Files are those that ``bundle.json`` lists."""
    CONFIG = "config"
    """Everything that states settings states the same, and a leaderboard allows them."""
    DATA = "data"
    """The problems are the verifier's."""
    PROMPTS = "prompts"
    """The digests of the prompts are those of the stated template."""
    UNKNOWN_SAMPLE = "unknown-sample"
    """Every sample is of a problem of the data, and every verdict is of a sample."""
    MISSING_SAMPLE = "missing-sample"
    """Every problem has all of its samples."""
    DOUBLED_SAMPLE = "doubled-sample"
    """No sample is there twice."""
    TOO_MANY_SAMPLES = "too-many-samples"
    """Sample numbers are below the stated number of samples: a higher one is a choice among more samples."""
    TOO_MANY_WITHHELD = "too-many-withheld"
    """Few samples have no score: those that are left out of all rates may be the ones that failed."""
    TOKENS = "tokens"
    """The stated numbers of tokens are those of the samples."""
    PROGRAM = "program"
    """The stated program is the one in the completion."""
    VERDICTS = "verdicts"
    """The stated verdicts are those of the program."""
    METRICS = "metrics"
    """The stated metrics are those of the verdicts."""
    ATTACK = "attack"
    """The program does nothing that is meant to find or change its own verdict."""


class Suspicion(StrEnum):
    """What a person should look at. A suspicion refuses nothing."""

    MEMORISED = "memorised"
    """A program compares its input with whole test inputs."""
    WITHHELD = "withheld"
    """Samples have no score, because the service refused or filtered them."""
    UNSTABLE = "unstable"
    """Verdicts depend on the machine: limits, or programs that draw random numbers."""
    PROMPT = "own-prompt"
    """The prompt is not one of those that this package ships."""
    COMMIT = "other-commit"
    """The problems are the verifier's, but of another commit of the Hub."""
    TOKEN_LIMIT = "token-limit"
    """A sample has more tokens than its stated limit allows."""


class Finding(Frozen):
    """One thing that a verification found, about one place of the submission."""

    check: Check | Suspicion
    where: Line
    """A file, or a sample as ``BENCHMARK PROBLEM #INDEX``."""
    message: Line

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.message}"
