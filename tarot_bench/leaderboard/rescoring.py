"""Score entries of a leaderboard again after errata, from their verdicts alone: no program is run, no model asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.difference import problem_change
from tarot_bench.dataset.errata import ERRATA, DataVersion, apply_errata, check_version, read_errata
from tarot_bench.errors import DataError
from tarot_bench.grading.rescoring import verdicts_after
from tarot_bench.leaderboard.attestation import Attested
from tarot_bench.leaderboard.verdicts import Verdicts
from tarot_bench.metrics.comparison import rates
from tarot_bench.metrics.tiers import Metrics, summarise
from tarot_bench.problem import TIERS, Frozen, Problem, Tier, digest_of
from tarot_bench.verdict import Verdict, VerdictMatrix


class Rescored(Frozen):
    """What errata changed in one entry."""

    before: Metrics
    """As verified, on the data without the errata."""
    retracted: int
    """Tests that were removed; they count in no number any more."""
    corrected: int
    """Tests with another expected output, or of another tier."""
    unknown: int
    """Samples of which the verdicts do not tell the outcome of a corrected test. They are `UNGRADED`, and in no rate,
    until they are graded again."""

    def change_to(self, after: Metrics) -> str:
        """One line: pass@1 before and after, and why they differ."""
        one, other = (metrics.headline for metrics in (self.before, after))
        shown = [f"{100 * rate.value:.1f} %" if rate else "no value" for rate in (one, other)]
        told = f"{shown[0]} -> {shown[1]}; tests retracted: {self.retracted}, corrected: {self.corrected}"
        return f"{told}; samples to grade again: {self.unknown}" if self.unknown else told


@dataclass(frozen=True, slots=True)
class Corrections:
    """The errata of a leaderboard with the problems that they are about.

    Attributes:
        data: the version of the data.
        before: its problems, by id.
        after: the same after the errata, without those that have no tests left.
    """

    data: DataVersion
    before: Mapping[str, Problem]
    after: Mapping[str, Problem]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers of one benchmark after errata.

    Attributes:
        attested: as given where nothing changed.
        rescored: what changed; None where nothing did.
        reason: why the errata could not be applied; empty where they could.
    """

    attested: Attested
    rescored: Rescored | None = None
    reason: str = ""


def read_corrections(folder: Path) -> Corrections | None:
    """Read ``errata.yaml`` of a leaderboard's folder, and load the problems that it is about.

    Its ``data.source`` is a path inside the folder, or whatever `load_problems` reads.

    Returns:
        None where the folder has no such file.

    Raises:
        DataError: the file is malformed, its problems cannot be loaded, or are of another version.
    """
    path = folder / ERRATA
    if not path.exists() and not path.is_symlink():
        return None
    errata = read_errata(path)
    data = errata.data
    own = folder / data.source
    of_hub = not own.exists() and not data.revision.startswith("sha256:")
    loaded = load_problems(
        own if own.exists() else data.source, revision=data.revision if of_hub else None, errata=False
    )
    check_version(errata, loaded.source, loaded.revision, loaded.digest)
    try:
        made = apply_errata(loaded.problems, errata.errata)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    before, after = ({problem.id: problem for problem in problems} for problems in (loaded.problems, made.problems))
    return Corrections(data, before, after)


def rescore(attested: Attested, corrections: Corrections) -> Outcome:
    """Apply errata to the verified numbers of one benchmark.

    They apply where the benchmark's problems are those of the errata's version, all or a part of them. What was graded
    after the errata is left as it is.
    """
    if not attested.verdicts:
        return Outcome(attested, reason="the attestation holds no verdicts; verify the bundle again")
    before, after = (_narrowed(problems, attested) for problems in (corrections.before, corrections.after))
    digests = [digest_of(list(problems.values())) for problems in (before, after)]
    if digests[1] == attested.digest:
        return Outcome(attested)
    if digests[0] != attested.digest or len(before) != len(attested.verdicts):
        version = f"revision {corrections.data.revision[:19]} of {corrections.data.source}"
        return Outcome(attested, reason=f"it was graded on other data than {version}")
    if not after:
        return Outcome(attested, reason="the errata retract all of its problems")
    return _rescored(attested, before, after, digests[1])


def _narrowed(problems: Mapping[str, Problem], attested: Attested) -> dict[str, Problem]:
    """The problems and tests that a benchmark was narrowed to."""
    stated = attested.setting.get("tiers")
    tiers = tuple(Tier(name) for name in stated) if stated else None
    found = {}
    for name in attested.verdicts:
        problem = problems.get(name)
        if problem and (tiers is None or any(test.tier in tiers for test in problem.tests)):
            found[name] = problem.with_tiers(tiers) if tiers else problem
    return found


def _rescored(attested: Attested, before: Mapping[str, Problem], after: Mapping[str, Problem], digest: str) -> Outcome:
    exact = attested.setting.get("compat") is None
    matrices = [_matrix(attested.verdicts[name], before[name], problem, exact) for name, problem in after.items()]
    metrics = summarise(matrices, attested.metrics.counts.left_out)
    update = {
        "digest": digest,
        "problems": len(after),
        "samples": metrics.counts.samples,
        "metrics": metrics,
        "rates": rates(matrices, (*TIERS, None)),
        "verdicts": {
            made.problem_id: Verdicts.of(made, attested.verdicts[made.problem_id].published) for made in matrices
        },
    }
    rescored = Rescored(
        before=attested.metrics,
        retracted=_tests(before.values()) - _tests(after.values()),
        corrected=sum(_corrected(before[name], problem) for name, problem in after.items()),
        unknown=sum(_unknown(attested.verdicts[made.problem_id], made) for made in matrices),
    )
    return Outcome(attested.model_copy(update=update), rescored)


def _matrix(verdicts: Verdicts, before: Problem, after: Problem, exact: bool) -> VerdictMatrix:
    changed = before.digest != after.digest
    rows = [verdicts_after(before, after, row, exact) if changed else row for row in verdicts.rows]
    tests = after.all_tests
    return VerdictMatrix(after.id, tuple(t.tier for t in tests), tuple(rows), tuple(t.group for t in tests))


def _unknown(was: Verdicts, now: VerdictMatrix) -> int:
    """Samples that had verdicts and have not all of them now."""
    pairs = zip(was.rows, now.rows, strict=True)
    return sum(Verdict.UNGRADED in new and Verdict.UNGRADED not in old for old, new in pairs)


def _tests(problems: Iterable[Problem]) -> int:
    return sum(len(problem.all_tests) for problem in problems)


def _corrected(before: Problem, after: Problem) -> int:
    change = problem_change(before, after)
    return sum(None not in (test.before, test.after) for test in change.tests) if change else 0
