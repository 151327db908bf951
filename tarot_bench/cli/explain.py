"""``tarot-bench explain``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tarot_bench.texts import beginning, indented, inline, printable

if TYPE_CHECKING:
    from rich.console import Console

    from tarot_bench.evaluation import Explanation
    from tarot_bench.problem import TestCase
    from tarot_bench.verdict import TestResult

_CHARACTERS, _LINES = 600, 12
_ANSWER_CHARACTERS, _ANSWER_LINES = 8000, 120


def explain(
    run: Annotated[
        Path, typer.Argument(help="A run directory of `evaluate`; one of `generate` is shown as `inspect` does.")
    ],
    problem: Annotated[
        str | None, typer.Argument(help="A problem's id, or its last part; without it, the failed problems are listed.")
    ] = None,
    index: Annotated[int, typer.Argument(min=0, help="Which of the problem's samples, from 0.")] = 0,
    every: Annotated[bool, typer.Option("--all", help="Show passed tests too.")] = False,
) -> None:
    """Show which tests a completion failed, the purpose of each test, and the first line that differs."""
    from tarot_bench import evaluation
    from tarot_bench.cli.inspect import inspect
    from tarot_bench.cli.output import show_failures
    from tarot_bench.cli.terminal import plain_console
    from tarot_bench.runs import RunDirectory
    from tarot_bench.runs.generation import KIND

    if RunDirectory.open(run).manifest.kind == KIND:
        inspect(run, problem, full=every)
        return
    if problem is None:
        show_failures(run)
        return
    explanation = evaluation.explain(run, problem, index)
    console = plain_console(soft_wrap=True)
    _head(console, explanation)
    if explanation.grade.extraction.code is None:
        return  # nothing was run
    shown = explanation.tests if every else explanation.failures
    for test, result in shown:
        _test(console, test, result)
    if not shown:
        console.print("Every test passed.")


def _head(console: "Console", explanation: "Explanation") -> None:
    from rich.syntax import Syntax

    grade = explanation.grade
    title = f"{explanation.problem.id}, sample {grade.index}, {explanation.completion.model}"
    console.print(inline(title), style="bold")
    if grade.extraction.code is None:
        _answer(console, explanation)
        return
    passed = sum(result.verdict == "PASSED" for result in grade.results)
    console.print(inline(f"{passed} of {len(grade.results)} tests passed; the code is {grade.extraction.how}."))
    console.print(Syntax(printable(grade.extraction.code.strip("\n")), "python", background_color="default"))


def _answer(console: "Console", explanation: "Explanation") -> None:
    """Print the answer of a completion that has no code to run."""
    grade, completion = explanation.grade, explanation.completion
    console.print(inline(f"{grade.results[0].verdict}: {grade.extraction.how}; no test was run."))
    ended = f"The answer has {len(completion.text)} characters and ended with {completion.finish_reason!r}:"
    console.print(inline(ended))
    console.print(_indented(completion.text, _ANSWER_CHARACTERS, _ANSWER_LINES))


def _test(console: "Console", test: "TestCase", result: "TestResult") -> None:
    from tarot_bench.grading.showing import shown_input

    console.print(f"\n{result.tier or 'original'}: {result.verdict}", style="bold")
    if test.reason:
        console.print(f"  tests   {inline(test.reason)}")
    console.print(f"  used    {result.cpu_s:.3f} CPU s, {result.peak_mib:.0f} MiB")
    if result.detail:
        console.print(f"  {inline(result.detail)}")
    if test.kind == "suite":
        return
    console.print("  input", style="dim")
    console.print(_indented(shown_input(test)))
    console.print("  expected", style="dim")
    console.print(_indented(test.output))


def _indented(text: str, characters: int = _CHARACTERS, lines: int = _LINES) -> str:
    return indented(beginning(text, characters, lines))
