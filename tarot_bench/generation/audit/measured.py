"""What follows from one record: parts, pools of programs, their basis, unique rejections."""

from dataclasses import dataclass
from functools import cached_property

from tarot_bench.generation.audit.records import ALL, TIERED, ProblemRecord
from tarot_bench.generation.audit.report import ProblemPart
from tarot_bench.metrics.basis import diverse_basis, exclusion
from tarot_bench.metrics.quality import Failures, Judged, count_rejected, unique_rejections


@dataclass
class Measured:
    """One record with what is computed of it."""

    record: ProblemRecord

    @cached_property
    def parts(self) -> dict[str, frozenset[int]]:
        """The tests of each part."""
        return self.record.parts()

    @cached_property
    def correct(self) -> tuple[Failures, ...]:
        """The tests that each correct program fails."""
        return tuple(frozenset(program.failed) for program in self.record.programs if program.correct)

    @cached_property
    def wrong(self) -> tuple[Failures, ...]:
        """The tests that each wrong program fails."""
        return tuple(frozenset(program.failed) for program in self.record.programs if not program.correct)

    @cached_property
    def killable(self) -> tuple[Failures, ...]:
        """The tests that each mutant fails, without mutants that fail none."""
        seen = self.record.sound | self.extra
        return tuple(failed for mutant in self.record.mutants if (failed := seen.intersection(mutant)))

    @cached_property
    def extra(self) -> frozenset[int]:
        """The numbers of the further inputs."""
        first = len(self.record.tests)
        return frozenset(range(first, first + self.record.extra_tests))

    @cached_property
    def pool(self) -> tuple[Failures, ...]:
        """Wrong programs and mutants, by the tests that tell them from the gold."""
        seen = self.record.sound | self.extra
        return tuple(failed & seen for failed in self.wrong) + self.killable

    @cached_property
    def basis(self) -> tuple[Failures, ...]:
        """The basis of the pool."""
        return diverse_basis(self.pool)

    @cached_property
    def unique(self) -> dict[int, int]:
        """Unique rejections of each test: among the tier tests for these, among all tests for the others."""
        return self._unique_of_all | unique_rejections(self.pool, self.parts.get(TIERED, frozenset()))

    @cached_property
    def _unique_of_all(self) -> dict[int, int]:
        return unique_rejections(self.pool, self.parts.get(ALL, ()))

    def judged(self, part: str) -> Judged:
        """The programs and the tests of a part."""
        return Judged(self.parts.get(part, frozenset()), self.correct, self.wrong)

    def part(self, name: str) -> ProblemPart:
        """The counts of a part."""
        judged, tests = self.judged(name), self.parts[name]
        records = [self.record.tests[number] for number in tests]
        steps = [test.steps for test in records if test.steps is not None]
        sound = tests & self.record.sound
        excluded, basis = exclusion(self.basis, sound)
        unique = self._unique_of_all if name == ALL else self.unique
        return ProblemPart(
            tests=len(tests),
            correct=len(self.correct),
            accepted=judged.accepted,
            wrong=len(self.wrong),
            rejected=judged.rejected,
            basis=basis,
            excluded=excluded,
            killable=len(self.killable),
            killed=count_rejected(self.killable, sound),
            redundant=sum(not unique[n] for n in tests) if count_rejected(self.pool, self.parts[ALL]) else None,
            unique_rejections=sum(unique[n] for n in tests),
            constant=self.record.constant.get(name),
            steps=max(steps) if len(steps) == len(records) else None,
            input_chars=max(test.input_chars for test in records),
        )
