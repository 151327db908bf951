"""Suites of HumanEval+ and MBPP+ (Liu et al. 2023, arXiv 2305.01210): many inputs, compared with a reference solution.

Each task becomes two suites, ``base`` and ``plus``. Expected values are what the task's reference solution returns; it
runs in the tester's process beside the inputs, apart from the program under test. A task counts as solved in the sense
of evalplus' "+" when both suites pass, which the metrics of the original tests report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.benchmarks import differential
from tarot_bench.problem import Limits, TestCase

COLUMNS = ("task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol")
LIMITS = Limits(cpu_s=20, wall_s=300, memory_mib=4096)
"""For one suite with all its inputs; all reference solutions but one need at most a third."""
_LIBRARY = Path(differential.__file__).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Oracle:
    """The rule by which the answers of one task are judged.

    Attributes:
        agree: name of a function of `differential`.
        view: an expression of ``value``, evaluated where the program lives: what of a returned value is judged. Needed
            where programs may return what is no plain data; None takes the value itself.
    """

    agree: str = "equal"
    view: str | None = None


def suites(
    row: Mapping[str, Any], base: Sequence[Any], plus: Sequence[Any], oracle: Oracle = Oracle()
) -> tuple[TestCase, ...]:
    """Make the suites of a task: ``base``, and ``plus`` where evalplus added inputs.

    Args:
        row: of the evalplus file.
        base: argument lists of the original benchmark, as the reference takes them.
        plus: argument lists that evalplus added.
        oracle: how to judge.
    """
    groups = (("base", base), ("plus", plus))
    return tuple(
        TestCase(tier=None, kind="suite", group=group, input=_suite(row, inputs, oracle))
        for group, inputs in groups
        if inputs
    )


def hub_suite(script: str) -> TestCase:
    """Make the suite of a row of evalplus' Hub datasets from its script of inputs and results.

    A script that defines no ``check`` calls the function by its name while it is read; nothing is left to check then.
    """
    code = script.replace("import numpy as np", "np = NumpyNames")
    if "def check(" not in code:
        code += "\n\ndef check(candidate): pass\n"
    return TestCase(tier=None, kind="suite", input=f"{_LIBRARY}\n\n{code}")


def _suite(row: Mapping[str, Any], inputs: Sequence[Any], oracle: Oracle) -> str:
    name, source = row["entry_point"], row["prompt"] + row["canonical_solution"]
    reference, candidate = "reference", "candidate"
    if oracle.view:
        reference = f"lambda *arguments: (lambda value: {oracle.view})(reference(*arguments))"
        call = f"(lambda value: {oracle.view})({name}(*%r))"
        candidate = f"lambda *arguments: candidate.evaluate({call!r} % (arguments,))"
    return f"""{_LIBRARY}

inf, nan = math.inf, math.nan
INPUTS = {list(inputs)!r}
reference = load({source!r}, {name!r})


def check(candidate):
    compare({candidate}, {reference}, INPUTS, {oracle.agree}, {row["atol"]!r})
"""
