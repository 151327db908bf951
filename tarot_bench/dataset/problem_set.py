"""A set of problems with its source and revision."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self, overload

from tarot_bench.dataset.errata import apply_errata, check_version, read_errata
from tarot_bench.dataset.rows import Rows, checksum
from tarot_bench.dataset.shapes import to_problem
from tarot_bench.dataset.sources import load_rows, own_errata
from tarot_bench.errors import DataError, did_you_mean
from tarot_bench.problem import Problem, Tier, digest_of

EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class ProblemSet:
    """Problems in the order of their source, with the source's revision.

    Attributes:
        source: as the user named it.
        revision: the Hub commit where there is one, else ``sha256:`` and the checksum of the content.
        problems: at least one, with distinct ids.
        notes: what loading excluded or flagged, with counts.
        uncorrected: the same before its errata; None where none were applied.
        digest: `digest_of` the problems; with another digest verdicts may differ.
    """

    source: str
    revision: str
    problems: tuple[Problem, ...]
    notes: Mapping[str, int] = field(default_factory=dict)
    uncorrected: "ProblemSet | None" = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        repeated = [name for name, count in Counter(problem.id for problem in self.problems).items() if count > 1]
        if repeated:
            raise DataError(f"{self.source}: two problems have the id {repeated[0]!r}")
        if not self.problems:
            raise DataError(f"{self.source} has no problems")
        object.__setattr__(self, "digest", digest_of(self.problems))

    @classmethod
    def of(
        cls, source: str, revision: str, problems: Iterable[Problem], notes: Mapping[str, int] | None = None
    ) -> Self:
        """Make a set of any iterable of problems; notes with a count of 0 are dropped.

        Raises:
            DataError: no problems, or two with one id.
        """
        kept = tuple(problems)  # first: an iterator may still be counting into the notes
        return cls(source, revision, kept, {note: count for note, count in (notes or {}).items() if count})

    def __len__(self) -> int:
        return len(self.problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    @overload
    def __getitem__(self, key: int | str) -> Problem: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[Problem, ...]: ...

    def __getitem__(self, key: int | str | slice) -> Problem | tuple[Problem, ...]:
        """A problem by its position or its id; several by a slice.

        Raises:
            IndexError: no such position.
            DataError: no such id (names the closest ones).
        """
        return self._with_ids({key})[0] if isinstance(key, str) else self.problems[key]

    def select(
        self,
        ids: Iterable[str] | None = None,
        limit: int | None = None,
        tiers: Iterable[Tier] | None = None,
    ) -> Self:
        """A smaller set: first by id, then the first `limit`, then only the tests of some tiers.

        Raises:
            DataError: an id that is not in the set (names the closest ones), a limit below 1, or a problem without
                tests in these tiers.
        """
        problems = self.problems if ids is None else self._with_ids(set(ids))
        if limit is not None and limit < 1:
            raise DataError(f"a limit of {limit} leaves no problems; the least is 1")
        problems = problems[:limit]
        if tiers is not None:
            wanted = tuple(sorted(set(tiers)))
            problems = tuple(problem.with_tiers(wanted) for problem in problems)
        uncorrected = None
        if self.uncorrected:
            with suppress(DataError):  # a problem without tests in these tiers, which the errata retract
                uncorrected = self.uncorrected.select(ids, limit, tiers)
        return replace(self, problems=problems, uncorrected=uncorrected)

    def with_digest(self, digest: str) -> Self:
        """This set, or the one before its errata if that is the one with this digest.

        So a run that was made before its dataset had errata finds its problems.
        """
        before = self.uncorrected
        if before is None or before.digest != digest:
            return self
        return replace(self, problems=before.problems, notes=before.notes, uncorrected=None)

    def _with_ids(self, wanted: set[str]) -> tuple[Problem, ...]:
        known = [problem.id for problem in self.problems]
        unknown = sorted(wanted.difference(known))
        if unknown or not wanted:
            close = did_you_mean(unknown[0], known) if unknown else ""
            hint = close or f"; it holds {len(known)}, such as {known[0]}"
            raise DataError(f"{self.source} has no problem {', '.join(unknown) or '(no id given)'}{hint}")
        return tuple(problem for problem in self.problems if problem.id in wanted)


def load_problems(
    source: str | Path = EMBEDDED,
    *,
    revision: str | None = None,
    split: str | None = None,
    config_name: str | None = None,
    errata: str | Path | Literal[False] | None = None,
) -> ProblemSet:
    """Load problems of any known row format.

    Args:
        source: ``embedded`` for the problems that ship with the package, ``synthetic:N`` or ``synthetic:N@SEED`` for
            procedural ones (``synthetic-small:N``: those of the miniature), or whatever `load_rows` reads.
        revision: a branch, tag or commit of the Hub; elsewhere the checksum that the content must have.
        split: which split of a folder or Hub dataset; may be left out where there is only one.
        config_name: which configuration of a folder or Hub dataset, None for its default.
        errata: a file of retractions and corrections to apply (`tarot_bench.dataset.errata`); the notes count them.
            None applies the file ``errata.yaml`` of the folder or repository, if it has one; False applies none.

    Raises:
        DataError: the data or errata are missing or malformed, or the errata are of another revision; one line.
    """
    loaded = _load(source, revision, split, config_name)
    path = own_errata(source, loaded.revision) if errata is None else errata
    return _with_errata(loaded, path) if path else loaded


def _load(source: str | Path, revision: str | None, split: str | None, config_name: str | None) -> ProblemSet:
    if str(source) == EMBEDDED:
        return _embedded(revision)
    if str(source).startswith(("synthetic:", "synthetic-small:")):
        return _synthetic(str(source), revision)
    rows = load_rows(source, revision=revision, split=split, config_name=config_name)
    return ProblemSet.of(str(source), rows.revision, read_problems(rows))


def _with_errata(loaded: ProblemSet, path: str | Path) -> ProblemSet:
    errata = read_errata(path)
    check_version(errata, loaded.source, loaded.revision, loaded.digest)
    made = apply_errata(loaded.problems, errata.errata)
    counts = {
        "problems retracted by errata": made.retracted_problems,
        "tests retracted by errata": made.retracted_tests,
        "tests corrected by errata": made.corrected_tests,
    }
    corrected = ProblemSet.of(loaded.source, loaded.revision, made.problems, {**loaded.notes, **counts})
    return replace(corrected, uncorrected=loaded)


def _embedded(revision: str | None) -> ProblemSet:
    from tarot_bench.dataset.embedded import load_embedded

    return _built_in(EMBEDDED, load_embedded(), revision)


def _synthetic(source: str, revision: str | None) -> ProblemSet:
    from tarot_bench.dataset import synthetic

    small = synthetic.small_wanted(source)
    if small is not None:
        return _built_in(source, small, revision)
    count, seed = synthetic.wanted(source) or (0, 0)
    return _built_in(source, [entry.problem for entry in synthetic.entries(count, seed)], revision)


def _built_in(source: str, problems: Sequence[Problem], revision: str | None) -> ProblemSet:
    current = checksum("\n".join(problem.model_dump_json() for problem in problems).encode())
    if revision not in (None, current):
        raise DataError(f"the {source} problems have revision {current}, not the requested {revision}")
    return ProblemSet.of(source, current, problems)


def read_problems(rows: Rows) -> Iterator[Problem]:
    """Convert every row; ids must be unique."""
    places: dict[str, str] = {}
    for row, place in zip(rows, rows.places, strict=True):
        try:
            problem = to_problem(row)
        except DataError as error:
            raise DataError(f"{place}: {error}") from None
        if problem.id in places:
            raise DataError(f"two problems have the id {problem.id!r}: {places[problem.id]} and {place}")
        places[problem.id] = place
        yield problem
