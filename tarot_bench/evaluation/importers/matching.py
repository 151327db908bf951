"""Match the names in a result file to our problems."""

from collections import Counter
from collections.abc import Sequence

from tarot_bench.errors import DataError
from tarot_bench.evaluation.importers.reading import Reading
from tarot_bench.problem import Problem


def matched(reading: Reading, problems: Sequence[Problem]) -> dict[str, str]:
    """Find our problem id for every name (or position) that the file uses.

    Raises:
        DataError: a name that no problem has, or an order of problems that is not the data's.
    """
    if reading.difficulties is not None:
        return _by_position(reading.difficulties, problems)
    known, ids = _names(problems), {problem.id for problem in problems}
    wanted = list(dict.fromkeys(sample.problem for sample in reading.samples))
    found = {name: name if name in ids else known.get(name.casefold()) for name in wanted}
    unknown = [name for name, id_ in found.items() if id_ is None]
    if unknown:
        raise DataError(
            f"{len(unknown)} of the file's {len(wanted)} problems are not in the data, such as {unknown[0]!r} "
            f"(the data have {problems[0].id!r}); name the benchmark and its data with --benchmark and --data"
        )
    return {name: id_ for name, id_ in found.items() if id_ is not None}


def _names(problems: Sequence[Problem]) -> dict[str, str]:
    """The unambiguous names of all problems: ids, ids at the source, and their last parts."""
    cases = Counter(problem.id.casefold() for problem in problems)
    exact = {problem.id.casefold(): problem.id for problem in problems if cases[problem.id.casefold()] == 1}
    others = [
        (name.casefold(), problem.id)
        for problem in problems
        for name in {problem.origin.id or problem.id, problem.id.rpartition("/")[2]}
    ]
    shared = Counter(name for name, _ in others)
    return {name: known for name, known in others if shared[name] == 1} | exact


def _by_position(difficulties: tuple[str, ...], problems: Sequence[Problem]) -> dict[str, str]:
    """Match by position: in the data's order or in the order of ids, whichever has the file's difficulties.

    Raises:
        DataError: another number of problems, or neither order fits.
    """
    if len(difficulties) != len(problems):
        raise DataError(
            f"the file has {len(difficulties)} problems without names and the data have {len(problems)}: name the data "
            "it was made with (evalchemy: LiveCodeBench from 2024-08 to 2025-01, CodeForces without interaction)"
        )
    for order in (list(problems), sorted(problems, key=lambda problem: problem.origin.id or problem.id)):
        if [_label(problem) for problem in order] == [label.casefold() for label in difficulties]:
            return {str(position): problem.id for position, problem in enumerate(order)}
    raise DataError("the file names no problems, and the difficulties in it are not those of the data in any order")


def _label(problem: Problem) -> str:
    """A problem's difficulty in evalchemy's notation: the source's own, or a range of CodeForces ratings."""
    if "rating" not in problem.origin.extra:
        return (problem.origin.difficulty or "").casefold()
    rating = problem.origin.extra["rating"]
    if not rating or rating < 1000 or rating > 3500:
        return "easy"
    return "medium" if rating < 1300 else "hard"
