"""The row format of the published TAROT dataset.

A row is ``{source, task_type, in_source_id, problem, gold_standard_solution, verification_info, metadata, problem_id,
custom_id}`` with ``verification_info = {language, test_cases: [{input, output, type, label, reason}]}``. Labels are
``basic, medium, high, edge``, and null for the problem's original test; the gold solution is wrapped in a fence.

An exact export needs data that a `Problem` cannot hold (order of columns and tests, spelling of labels, the fence,
other columns). ``origin.extra["tarot_v1"]`` keeps the row for it, with null in place of texts that the problem holds;
`to_row` fills them in again.
"""

import copy
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from tarot_bench.dataset.native import build_problem, from_json, parse_label
from tarot_bench.dataset.published import check_language
from tarot_bench.errors import DataError
from tarot_bench.problem import PUBLISHED_LABELS, Problem, TestCase
from tarot_bench.reading import parse_json

_KEY = "tarot_v1"
_GOLD = "gold_standard_solution"
_OBJECTS = ("verification_info", "metadata")
"""Columns that some versions of the data hold as JSON text."""
_ID_COLUMNS = ("problem_id", "custom_id", "in_source_id")
_KINDS: dict[str, Literal["stdin", "call"]] = {"stdin_stdout": "stdin", "function_call": "call"}
_FENCED = re.compile(r"\A(\s*```[^\n`]*\n)(.*?)((?:```\s*)?)\Z", re.DOTALL)


def from_row(row: Mapping[str, Any]) -> Problem:
    """Read one published row.

    A ``function_call`` test names its function in ``fn_name``; its ``input`` is the list of positional arguments and
    its ``output`` the return value, or both are the JSON texts of these.

    ``verification_info`` and ``metadata`` may be JSON text; `to_row` writes them as objects.

    Raises:
        DataError: an unknown language, label or test type, a missing id, or no tests.
    """
    name = _id_of(row)
    row = _parsed(row)
    try:
        info = row["verification_info"]
        cases = _cases(info)
        check_language(info.get("language"))
        tests = [_read_case(case) for case in cases]
        entry_point = _entry_point(cases)
    except DataError as error:
        raise DataError(f"problem {name!r}: {error}") from None
    before, solution, after = split_fence(row.get(_GOLD))
    return build_problem(
        {
            "id": name,
            "statement": row["problem"],
            "solution": solution,
            "style": "stdin" if entry_point is None else "function",
            "entry_point": entry_point,
            "tests": [test for test in tests if test["tier"] is not None],
            "original_tests": [test for test in tests if test["tier"] is None],
            "origin": _origin(row) | {"extra": {_KEY: _hollow(row, cases, (before, after))}},
        }
    )


def _parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its objects, and the tests in them, as objects rather than JSON text."""
    parsed = {**row, **{column: from_json(row[column]) for column in _OBJECTS if column in row}}
    info = parsed.get("verification_info")
    if isinstance(info, Mapping) and isinstance(info.get("test_cases"), str):
        parsed["verification_info"] = {**info, "test_cases": from_json(info["test_cases"])}
    return parsed


def to_row(problem: Problem) -> dict[str, Any]:
    """Write a problem as a published row; ``to_row(from_row(row))`` is ``row``, including the order of keys.

    Raises:
        DataError: the problem has tests that this format cannot represent.
    """
    hollow = problem.origin.extra.get(_KEY)
    row: dict[str, Any] = copy.deepcopy(hollow) if hollow else _blank(problem)
    if str(_first_id(row)) != problem.id:
        row["problem_id"] = problem.id
    row["problem"] = problem.statement
    before, after = row.get(_GOLD) or ("```python\n", "\n```")
    if _GOLD in row or problem.solution is not None:
        row[_GOLD] = None if problem.solution is None else before + problem.solution + after
    info = row["verification_info"]
    info["test_cases"] = _fill(info["test_cases"], problem)
    return row


def split_fence(text: str | None) -> tuple[str, str | None, str]:
    """Split a gold solution into opening fence, code and closing fence, which join to the text."""
    fenced = _FENCED.match(text) if isinstance(text, str) else None
    return (fenced[1], fenced[2], fenced[3]) if fenced else ("", text, "")


def _first_id(row: Mapping[str, Any]) -> Any:
    return next((row[column] for column in _ID_COLUMNS if row.get(column) not in (None, "")), None)


def _id_of(row: Mapping[str, Any]) -> str:
    found = _first_id(row)
    if found is None:
        raise DataError(f"the row has no id; the columns for it are {', '.join(_ID_COLUMNS)}")
    return str(found)


def _cases(info: Any) -> list[dict[str, Any]]:
    cases = info.get("test_cases") if isinstance(info, Mapping) else None
    if not isinstance(cases, list) or not all(isinstance(case, Mapping) for case in cases):
        raise DataError("verification_info must be {language, test_cases: list of objects}")
    return cases


def _read_case(case: Mapping[str, Any]) -> dict[str, Any]:
    kind = _KINDS.get(str(case.get("type")))
    if kind is None:
        raise DataError(f"unknown test type {case.get('type')!r}; the types are {', '.join(_KINDS)}")
    given, expected = case.get("input"), case.get("output")
    if kind == "call":
        given, expected = _call_texts(given, expected)
    return {
        "tier": parse_label(case.get("label")),
        "input": given,
        "output": expected,
        "reason": case.get("reason"),
        "kind": kind,
    }


def _call_texts(given: Any, expected: Any) -> tuple[str, str]:
    """The JSON texts of arguments and return value, given as values or as texts."""
    if isinstance(given, list):
        return json.dumps(given), json.dumps(expected)
    try:
        arguments = parse_json(given)
        parse_json(expected)
    except (TypeError, ValueError):
        arguments = None
    if not isinstance(arguments, list):
        raise DataError("a function_call test needs a list of arguments as input and a JSON value as output")
    return given, expected


def _entry_point(cases: list[dict[str, Any]]) -> str | None:
    names = {case.get("fn_name") for case in cases if case.get("type") == "function_call"}
    if not names:
        return None
    if len(names) > 1 or None in names:
        raise DataError("all function_call tests of a problem must name the same function in fn_name")
    return str(names.pop())


def _origin(row: Mapping[str, Any]) -> dict[str, Any]:
    metadata = row.get("metadata")
    if not isinstance(metadata, Mapping):
        metadata = {}
    texts = {
        "source": row.get("source"),
        "id": row.get("in_source_id"),
        "url": metadata.get("problem_url"),
        "difficulty": metadata.get("difficulty"),
    }
    return {name: str(value) for name, value in texts.items() if value is not None}


def _hollow(row: Mapping[str, Any], cases: list[dict[str, Any]], fence: tuple[str, str]) -> dict[str, Any]:
    """The row without the texts that the problem holds; an empty list marks arguments given as values."""
    emptied: dict[str, Any] = {"problem": None}
    if _GOLD in row:
        emptied[_GOLD] = None if row[_GOLD] is None else list(fence)
    hollow_cases = [
        {key: None if key in ("input", "output", "reason") else value for key, value in case.items()}
        | ({"input": []} if isinstance(case.get("input"), list) else {})
        for case in cases
    ]
    emptied["verification_info"] = {**row["verification_info"], "test_cases": hollow_cases}
    return {**row, **emptied}


def _blank(problem: Problem) -> dict[str, Any]:
    """The hollow row of a problem from another format."""
    return {
        "source": problem.origin.source,
        "task_type": "verifiable_code",
        "in_source_id": problem.origin.id,
        "problem": None,
        _GOLD: None,
        "verification_info": {"language": "python", "test_cases": []},
        "metadata": {"difficulty": problem.origin.difficulty, "problem_url": problem.origin.url},
        "problem_id": problem.id,
    }


def _fill(hollow: list[dict[str, Any]], problem: Problem) -> list[dict[str, Any]]:
    """Fill the problem's tests into the hollow ones, or into new ones if tests were added or removed."""
    ordered = problem.original_tests + problem.tests
    labels = [parse_label(case.get("label")) for case in hollow]
    if Counter(labels) != Counter(test.tier for test in ordered):
        return [_fill_case(_fresh_case(test, problem), test, problem) for test in ordered]
    queues = {label: iter([test for test in ordered if test.tier is label]) for label in set(labels)}
    return [_fill_case(case, next(queues[label]), problem) for case, label in zip(hollow, labels, strict=True)]


def _fresh_case(test: TestCase, problem: Problem) -> dict[str, Any]:
    if test.kind == "suite":
        raise DataError(f"problem {problem.id!r}: a test suite in Python cannot be written in the TAROT row format")
    label = None if test.tier is None else PUBLISHED_LABELS.get(test.tier, str(test.tier))
    case = {"input": None, "output": None, "type": "stdin_stdout", "label": label, "reason": None}
    return case if test.kind == "stdin" else {**case, "type": "function_call", "fn_name": problem.entry_point}


def _fill_case(case: dict[str, Any], test: TestCase, problem: Problem) -> dict[str, Any]:
    if not test.stored:
        raise DataError(f"problem {problem.id!r}: the TAROT row format needs the input of every test, not its program")
    as_values = case["input"] == []
    filled = {
        "input": parse_json(test.input) if as_values else test.input,
        "output": parse_json(test.output) if as_values else test.output,
    }
    if "reason" in case:
        filled["reason"] = test.reason
    return {**case, **filled}
