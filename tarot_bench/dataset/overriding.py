"""Record what a person decides about tests: overrides of a run of `generate`, errata of a dataset's folder."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.dataset.errata import (
    ERRATA,
    OVERRIDES,
    DataVersion,
    Errata,
    Erratum,
    apply_errata,
    check_version,
    read_errata,
    write_errata,
)
from tarot_bench.dataset.problem_set import ProblemSet, load_problems
from tarot_bench.dataset.sources import is_generation
from tarot_bench.errors import DataError
from tarot_bench.runs import writing


@dataclass(frozen=True, slots=True)
class Overridable:
    """A dataset whose tests may be overridden.

    Attributes:
        folder: a run of `generate`, or a dataset's folder.
        problems: without its overrides, which name tests by their digests.
    """

    folder: Path
    problems: ProblemSet

    @classmethod
    def open(cls, folder: Path) -> "Overridable":
        """Load a dataset without its overrides.

        Raises:
            DataError: not a folder, or it holds no dataset.
        """
        if not folder.is_dir():
            raise DataError(f"{folder} is no folder: name a run of `generate`, or the folder of a dataset")
        return cls(folder, load_problems(folder, errata=False))

    @property
    def path(self) -> Path:
        """The file of overrides."""
        return self.folder / (OVERRIDES if is_generation(self.folder) else ERRATA)

    def overrides(self) -> tuple[Erratum, ...]:
        """The overrides so far, oldest first.

        Raises:
            DataError: the file is malformed, or about another version of the dataset.
        """
        if not self.path.is_file():
            return ()
        errata = read_errata(self.path)
        check_version(errata, str(self.folder), self.problems.revision, self.problems.digest)
        return errata.errata

    def add(self, erratum: Erratum) -> None:
        """Record an override.

        Raises:
            DataError: it names no problem or test of the dataset, or it leaves no problem.
            RunLockedError: another process writes to the run.
        """
        with self._writing():
            wanted = (*self.overrides(), erratum)
            if not apply_errata(self.problems.problems, wanted).problems:
                raise DataError(f"{self.folder} would have no problems left")
            self._write(wanted)

    def undo(self, problem: str, test: str | None) -> Erratum:
        """Remove the last override of a problem, or of one of its tests, and return it.

        Raises:
            DataError: there is none.
            RunLockedError: another process writes to the run.
        """
        with self._writing():
            known = list(self.overrides())
            places = [
                place for place, each in enumerate(known) if each.problem == problem and test in (None, each.test)
            ]
            if not places:
                raise DataError(f"{self.path} holds no override of {problem!r}{' for that test' if test else ''}")
            undone = known.pop(places[-1])
            self._write(tuple(known))
        return undone

    def _writing(self) -> AbstractContextManager[None]:
        """The lock of a run; a published folder has no place for one."""
        return writing(self.folder) if is_generation(self.folder) else nullcontext()

    def _write(self, errata: tuple[Erratum, ...]) -> None:
        if not errata:
            self.path.unlink(missing_ok=True)
            return
        loaded = self.problems
        about = DataVersion(source=self.folder.name, revision=loaded.revision, digest=loaded.digest)
        write_errata(Errata(data=about, errata=errata), self.path)
