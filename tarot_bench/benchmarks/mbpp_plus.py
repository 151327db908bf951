"""MBPP+: 378 sanitized MBPP tasks with 105 further inputs each on average.

The release file keeps inputs as JSON, which has no tuples, sets or complex numbers. The task's own assertions still
have them: the types that they pass in a position, at any depth, are those of the inputs there.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tarot_bench.benchmarks.asserts import entry_point_of, nodes_of
from tarot_bench.benchmarks.base import converted
from tarot_bench.benchmarks.evalplus import COLUMNS, LIMITS, Oracle, hub_suite, suites
from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.problem import Origin, Problem

_SET = Oracle("same_set", view="[*value]")
_FOUND = Oracle(view="value if value is True or value is False else value is not None")
ORACLES = {
    "Mbpp/2": _SET,
    "Mbpp/7": _SET,
    "Mbpp/111": _SET,
    "Mbpp/140": _SET,
    "Mbpp/164": Oracle("anything"),
    "Mbpp/232": _SET,
    "Mbpp/249": _SET,
    "Mbpp/295": Oracle("equal_or_zero"),
    "Mbpp/558": Oracle("digits_from_the_right"),
    "Mbpp/579": _SET,
    "Mbpp/581": Oracle("surface_by_height"),
    "Mbpp/737": _FOUND,
    "Mbpp/769": _SET,
    "Mbpp/787": _FOUND,
    "Mbpp/794": _FOUND,
}
"""Tasks whose statements allow more answers than the reference's, as evalplus judges them."""
_AS_STORED = {"Mbpp/98", "Mbpp/104", "Mbpp/140", "Mbpp/145"}
"""evalplus passes lists here, though the assertions pass tuples."""
_TUPLES_ALL_THE_WAY = {"Mbpp/580", "Mbpp/615", "Mbpp/791"}
_FROM_TEXT = {"Mbpp/124": (float, complex), "Mbpp/252": (complex,)}
_SLOW = {"Mbpp/599": LIMITS.model_copy(update={"cpu_s": 80.0})}
"""The reference solution counts to a hundred million about twenty times."""
_TOO_LONG = 76
"""Second argument of Mbpp/255 from which on an answer, 80,000 to 1.7 million tuples of as many items, takes 30 MB to a
gigabyte to hand over."""

_HUB_COLUMNS = ("task_id", "code", "prompt", "test_list", "test")

TypeTree = tuple[type, "TypeTree | None"]
"""A container type and that of its items; None means a value that JSON preserves."""


class MbppPlus:
    """The release file, with groups ``base`` and ``plus``; the Hub dataset has only one suite per problem."""

    name = "mbpp_plus"
    default_data = "evalplus/mbppplus"
    default_prompt = "mbpp"
    files = ("MbppPlus-v0.2.0.jsonl.gz", "MbppPlus.jsonl.gz")

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the release file or the Hub dataset."""
        rows = load_rows(data, revision=revision, split=split)
        if "plus_input" not in rows.rows[0]:
            return ProblemSet.of(data, rows.revision, converted(rows, _HUB_COLUMNS, _hub_problem))
        problems = tuple(converted(rows, (*COLUMNS, "assertion"), _problem))
        left_out = sum(_is_too_large(row, arguments) for row in rows for arguments in row["plus_input"])
        notes = {"plus inputs of Mbpp/255 left out, their answers being huge": left_out}
        return ProblemSet.of(data, rows.revision, problems, notes)


def _problem(row: dict[str, Any]) -> Problem:
    base, plus = (inputs_of(row, row[column] or []) for column in ("base_input", "plus_input"))
    return Problem(
        id=row["task_id"],
        statement=row["prompt"].strip().strip('"').strip(),
        solution=row["canonical_solution"].strip("\n") + "\n",
        style="function",
        entry_point=row["entry_point"],
        original_tests=suites(row, base, plus, ORACLES.get(row["task_id"], Oracle())),
        limits=_SLOW.get(row["task_id"], LIMITS),
        origin=Origin(source="MBPP+", id=row["task_id"], license="Apache-2.0"),
    )


def _hub_problem(row: dict[str, Any]) -> Problem:
    asserts = list(row["test_list"])
    return Problem(
        id=f"Mbpp/{row['task_id']}",
        statement="\n".join([row["prompt"].strip(), *asserts[:1]]),
        solution=row["code"],
        style="function",
        entry_point=entry_point_of(asserts, row["code"]),
        original_tests=(hub_suite(row["test"]),),
        limits=_SLOW.get(f"Mbpp/{row['task_id']}", LIMITS),
        origin=Origin(source="MBPP+", id=f"Mbpp/{row['task_id']}", license="Apache-2.0"),
    )


def inputs_of(row: Mapping[str, Any], stored: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Convert stored argument lists to the types that the reference solution expects."""
    task = row["task_id"]
    if task in _AS_STORED:
        return [list(arguments) for arguments in stored]
    if task in _TUPLES_ALL_THE_WAY:
        return [[_tuples(argument) for argument in arguments] for arguments in stored]
    if task in _FROM_TEXT:
        kinds = _FROM_TEXT[task]
        return [[kind(text) for kind, text in zip(kinds, arguments, strict=True)] for arguments in stored]
    shapes = shapes_of(row["assertion"], row["entry_point"])
    return [
        [_shaped(value, shapes.get(place)) for place, value in enumerate(arguments)]
        for arguments in stored
        if not _is_too_large(row, arguments)
    ]


def _is_too_large(row: Mapping[str, Any], arguments: Sequence[Any]) -> bool:
    return bool(row["task_id"] == "Mbpp/255" and arguments[1] >= _TOO_LONG)


def shapes_of(assertions: str, entry_point: str) -> dict[int, TypeTree]:
    """Return the types that assertions pass to a function, by the position of the argument.

    Raises:
        ValueError: two assertions pass different types in the same position.
    """
    shapes: dict[int, TypeTree] = {}
    for node in nodes_of([assertions]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry_point:
            for place, argument in enumerate(node.args):
                shape = _joined(shapes.get(place), _shape(argument))
                if shape:
                    shapes[place] = shape
    return shapes


def _shape(node: ast.expr) -> TypeTree | None:
    if isinstance(node, ast.Dict):
        return dict, _of_items(node.values)
    kinds = {ast.List: list, ast.Tuple: tuple, ast.Set: set}
    kind = kinds.get(type(node))
    return (kind, _of_items(node.elts)) if kind and isinstance(node, ast.List | ast.Tuple | ast.Set) else None


def _of_items(nodes: Iterable[ast.expr]) -> TypeTree | None:
    shape: TypeTree | None = None
    for node in nodes:
        shape = _joined(shape, _shape(node))
    return shape


def _joined(one: TypeTree | None, other: TypeTree | None) -> TypeTree | None:
    if one is None or other is None:
        return one or other
    if one[0] is not other[0]:
        raise ValueError(f"the assertions pass a {one[0].__name__} and a {other[0].__name__} in the same place")
    return one[0], _joined(one[1], other[1])


def _shaped(value: Any, shape: TypeTree | None) -> Any:
    if shape is None:
        return value
    kind, of_items = shape
    if isinstance(value, dict):
        return {key: _shaped(item, of_items) for key, item in value.items()}
    return kind(_shaped(item, of_items) for item in value) if isinstance(value, list) and kind is not dict else value


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


BENCHMARK = MbppPlus()
