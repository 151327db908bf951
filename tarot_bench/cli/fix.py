"""``tarot-bench fix``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.problem import Problem, TestCase


def fix(
    dataset: Annotated[Path, typer.Argument(help="A run of `generate`, or the folder of a dataset.")],
    problem: Annotated[str, typer.Argument(metavar="ID", help="The problem's id.")],
    test: Annotated[
        int | None, typer.Option(min=1, help="Choose a test by its number among all tests, as `inspect` shows it.")
    ] = None,
    retract: Annotated[
        bool, typer.Option("--retract", help="Remove the test; without --test, the whole problem.")
    ] = False,
    output: Annotated[str | None, typer.Option(help="Set the test's expected output to this text.")] = None,
    tier: Annotated[str | None, typer.Option(help="Move the test to this tier.")] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Remove the last override of the problem, or of the test.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Say why, in a few words.")] = None,
    author: Annotated[str | None, typer.Option(help="Name who decides; your login name by default.")] = None,
) -> None:
    """Retract, correct or move a test, or retract a problem, as data beside the dataset; publishing applies it."""
    from datetime import UTC, datetime
    from getpass import getuser

    from pydantic import ValidationError

    from tarot_bench.cli.terminal import say_line
    from tarot_bench.config import complaints
    from tarot_bench.dataset.errata import Erratum, test_digest
    from tarot_bench.dataset.overriding import Overridable
    from tarot_bench.errors import DataError, RecipeError
    from tarot_bench.problem import Tier

    if sum((retract, output is not None, tier is not None, undo)) != 1:
        raise RecipeError("choose one of --retract, --output, --tier and --undo")
    if not undo and not (reason or "").strip():
        raise RecipeError("say why with --reason: it is stored with the override")
    if test is None and not (retract or undo):
        raise RecipeError("choose the test with --test N: `tarot-bench inspect` numbers them")
    opened = Overridable.open(dataset.expanduser())
    about = opened.problems[problem]
    chosen = None if test is None else _test(about, test)
    digest = test_digest(chosen) if chosen else None
    if undo:
        undone = opened.undo(problem, digest)
        say_line(f"{opened.path}: removed {undone.action} of {problem}, by {undone.author}: {undone.reason}")
        return
    if tier is not None and chosen and chosen.tier is None:
        raise DataError(f"test {test} of {problem!r} is an original test; --tier moves only tests that have a tier")
    try:
        erratum = Erratum(
            problem=problem,
            tier=None if chosen is None else chosen.tier or "original",
            test=digest,
            action="retract" if retract else "correct" if output is not None else "retier",
            output=output,
            to=None if tier is None else Tier.parse(tier),
            reason=reason or "",
            date=datetime.now(UTC).date(),
            author=author or getuser(),
        )
    except ValidationError as error:
        raise RecipeError(f"cannot record this: {complaints(error)}") from None
    opened.add(erratum)
    say_line(
        f"{opened.path}: {erratum.action} {problem}{f', test {test}' if test else ''}, by {erratum.author}: {reason}"
    )
    if chosen and output is not None:
        _warn_if_gold_disagrees(about, chosen.model_copy(update={"output": output}))


def _test(problem: "Problem", number: int) -> "TestCase":
    from tarot_bench.errors import DataError

    tests = problem.all_tests
    if number > len(tests):
        raise DataError(f"problem {problem.id!r} has {len(tests)} tests; there is no test {number}")
    return tests[number - 1]


def _warn_if_gold_disagrees(problem: "Problem", test: "TestCase") -> None:
    """Run the gold on a corrected test."""
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.grading import as_code, grade_many
    from tarot_bench.sandbox import open_sandbox
    from tarot_bench.verdict import Verdict

    if problem.solution is None:
        return
    tests = {"tests": (test,), "original_tests": ()} if test.tier else {"tests": (), "original_tests": (test,)}
    alone = problem.model_copy(update=tests)
    with open_sandbox("local") as sandbox:
        ((_, grade),) = grade_many([(alone, as_code(alone, problem.solution))], sandbox)
    (result,) = grade.results
    if result.verdict is not Verdict.PASSED:
        say_line(f"WARNING: the gold does not pass this test now: {result.verdict}, {result.detail}", err=True)
