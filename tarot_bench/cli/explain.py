"""``tarot-bench explain``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tarot_bench.texts import inline, printable

if TYPE_CHECKING:
    from rich.console import Console

    from tarot_bench.harness import Explanation
    from tarot_bench.problem import TestCase
    from tarot_bench.verdict import TestResult

_CHARACTERS, _LINES = 600, 12


def explain(
    run: Annotated[Path, typer.Argument(help="A run directory of `evaluate`.")],
    problem: Annotated[str, typer.Argument(help="A problem's id, or its last part.")],
    index: Annotated[int, typer.Argument(min=0, help="Which of its samples.")] = 0,
    every: Annotated[bool, typer.Option("--all", help="Show passed tests too.")] = False,
) -> None:
    """Show which tests a completion failed, why each test exists, and the first line that differs."""
    from tarot_bench import harness
    from tarot_bench.cli.terminal import plain_console

    explanation = harness.explain(run, problem, index)
    console = plain_console(soft_wrap=True)
    _head(console, explanation)
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
    passed = sum(result.verdict == "PASSED" for result in grade.results)
    console.print(inline(f"{passed} of {len(grade.results)} tests passed; the code is {grade.extraction.how}."))
    if grade.extraction.code is None:
        console.print(printable(_cut(explanation.completion.text)))
    else:
        console.print(Syntax(printable(grade.extraction.code.strip("\n")), "python", background_color="default"))


def _test(console: "Console", test: "TestCase", result: "TestResult") -> None:
    console.print(f"\n{result.tier or 'original'}: {result.verdict}", style="bold")
    if test.reason:
        console.print(f"  tests   {inline(test.reason)}")
    console.print(f"  used    {result.cpu_s:.3f} CPU s, {result.peak_mib:.0f} MiB")
    if result.detail:
        console.print(f"  {inline(result.detail)}")
    if test.kind == "suite":
        return
    console.print("  input", style="dim")
    console.print(_indented(test.input))
    console.print("  expected", style="dim")
    console.print(_indented(test.output))


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in printable(_cut(text)).rstrip("\n").split("\n"))


def _cut(text: str) -> str:
    """The beginning of a text, and how much of it is left out."""
    lines = text.split("\n")
    if len(text) <= _CHARACTERS and len(lines) <= _LINES:
        return text
    return "\n".join(lines[:_LINES])[:_CHARACTERS] + f"… ({len(text)} characters, {len(lines)} lines)"
