"""The difference between two versions of a dataset: problems and tests that were added, removed or changed."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from tarot_bench.dataset.errata import test_digest
from tarot_bench.problem import Frozen, Problem, TestCase

_OF_TESTS = {"id", "tests", "original_tests", "generator_programs"}


class TestChange(Frozen):
    """A test that is in one version only, or that differs between both."""

    __test__ = False

    test: str
    """`tarot_bench.dataset.errata.test_digest`."""
    before: int | None = None
    """Its place among all tests of the problem, from 0; None where it was added."""
    after: int | None = None
    """Likewise in the second version; None where it was removed."""
    tier_before: str | None = None
    """A tier, or ``original``."""
    tier_after: str | None = None
    output_changed: bool = False
    """Whether the expected output differs."""


class ProblemChange(Frozen):
    """A problem that is in both versions and differs."""

    problem: str
    fields: tuple[str, ...] = ()
    """Other fields that differ, as in ``statement`` and ``limits``."""
    tests: tuple[TestChange, ...] = ()


class Difference(Frozen):
    """The difference between two versions of a dataset."""

    added: tuple[str, ...]
    """Ids of problems that only the second version has."""
    removed: tuple[str, ...]
    """Ids of problems that only the first version has."""
    changed: tuple[ProblemChange, ...]
    same: int
    """Problems without a difference."""


def difference(before: Iterable[Problem], after: Iterable[Problem]) -> Difference:
    """Compare two versions; problems are the same by id, tests by kind and input."""
    first, second = ({problem.id: problem for problem in each} for each in (before, after))
    shared = [name for name in first if name in second]
    changes = [change for name in shared if (change := problem_change(first[name], second[name]))]
    return Difference(
        added=tuple(name for name in second if name not in first),
        removed=tuple(name for name in first if name not in second),
        changed=tuple(changes),
        same=len(shared) - len(changes),
    )


def problem_change(before: Problem, after: Problem) -> ProblemChange | None:
    """How a problem differs; None if it does not."""
    names = [name for name in Problem.model_fields if name not in _OF_TESTS]
    fields = tuple(name for name in names if getattr(before, name) != getattr(after, name))
    tests = tuple(_test_changes(before, after))
    return ProblemChange(problem=before.id, fields=fields, tests=tests) if fields or tests else None


def paired(before: Sequence[TestCase], after: Sequence[TestCase]) -> Iterator[tuple[int | None, int | None]]:
    """Pair the tests of two versions by kind and input; None where one is alone.

    Of several tests with one input, those with equal output and tier are paired first, then those with equal output,
    then the others in their order.
    """
    pairs: dict[int, int] = {}
    free = dict.fromkeys(range(len(after)))
    first, second = ([(test_digest(test), test.output, test.tier) for test in tests] for tests in (before, after))
    for length in (3, 2, 1):
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place in free:
            places[second[place][:length]].append(place)
        for place, known in enumerate(first):
            if place not in pairs and (left := places[known[:length]]):
                pairs[place] = left.pop(0)
                del free[pairs[place]]
    yield from ((place, pairs.get(place)) for place in range(len(before)))
    yield from ((None, place) for place in free)


def _test_changes(before: Problem, after: Problem) -> Iterator[TestChange]:
    for first, second in paired(before.all_tests, after.all_tests):
        old = None if first is None else before.all_tests[first]
        new = None if second is None else after.all_tests[second]
        known = new or old
        assert known
        tiers = [None if test is None else str(test.tier or "original") for test in (old, new)]
        differs = old is not None and new is not None and old.output != new.output
        if tiers[0] != tiers[1] or differs:
            yield TestChange(
                test=test_digest(known),
                before=first,
                after=second,
                tier_before=tiers[0],
                tier_after=tiers[1],
                output_changed=differs,
            )
