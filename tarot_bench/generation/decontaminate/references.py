"""The benchmarks that a training set must not contain: their prose, and the tests of their functions."""

import ast
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tarot_bench.dataset import Rows, load_rows
from tarot_bench.dataset.hub import read_hub_files
from tarot_bench.errors import DataError, boundary
from tarot_bench.generation.shingles import without_examples
from tarot_bench.parsing import parse

BenchmarkName = Literal["humaneval", "mbpp", "livecodebench"]

DATA_DIR = "TAROT_DATA_DIR"
"""Environment variable: a folder that holds benchmarks' files under their known names."""
_MBPP_SPLITS = ("prompt", "test", "validation", "train")
_LCB_FILES = ("test.jsonl", *(f"test{number}.jsonl" for number in range(2, 7)))


@dataclass(frozen=True, slots=True)
class Reference:
    """One problem of a benchmark.

    Attributes:
        id: as in ``humaneval/HumanEval/12``.
        prose: what its statement says, without code and examples.
        function: the name that its tests call; None where they are not for a function of Python.
        suite: source that defines ``check(candidate)``; empty where there is no function.
    """

    id: str
    prose: str
    function: str | None = None
    suite: str = ""


def load_references(sources: Mapping[BenchmarkName, str | None]) -> list[Reference]:
    """Read the problems of benchmarks.

    Args:
        sources: for each benchmark a file, a folder or a Hub id; None looks into the folder that ``TAROT_DATA_DIR``
            names, and else on the Hub.

    Raises:
        DataError: unreadable, or not that benchmark.
    """
    return [reference for name, source in sources.items() for reference in _READERS[name](source)]


def _humaneval(source: str | None) -> Iterator[Reference]:
    place = source or _local("HumanEval.jsonl.gz", "HumanEval.jsonl") or "openai/openai_humaneval"
    return _converted([load_rows(place)], _from_humaneval)


def _mbpp(source: str | None) -> Iterator[Reference]:
    place = source or _local("mbpp.jsonl")
    if place and Path(place).expanduser().is_file():
        return _converted([load_rows(place)], _from_mbpp)
    place = place or "google-research-datasets/mbpp"
    return _converted([load_rows(place, split=split) for split in _MBPP_SPLITS], _from_mbpp)


def _livecodebench(source: str | None) -> Iterator[Reference]:
    """All releases. A loading script on the Hub, which `datasets` no longer runs: the files are read as they are."""
    place = source or _local("livecodebench") or "livecodebench/code_generation_lite"
    path = Path(place).expanduser()
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.name.endswith((".jsonl", ".jsonl.gz", ".parquet")))
        if not files:
            raise DataError(f"{place} holds no .jsonl or .parquet file of LiveCodeBench")
        loaders: list[Callable[[], Rows]] = [lambda file=file: load_rows(file) for file in files]  # type: ignore[misc]
    elif path.is_file():
        loaders = [lambda: load_rows(path)]
    else:
        loaders = [lambda name=name: read_hub_files(place, None, [name])[0] for name in _LCB_FILES]  # type: ignore[misc]
    for load in loaders:  # one at a time: hidden tests make these files large
        yield from _converted([load()], _from_livecodebench)


_READERS: dict[BenchmarkName, Callable[[str | None], Iterator[Reference]]] = {
    "humaneval": _humaneval,
    "mbpp": _mbpp,
    "livecodebench": _livecodebench,
}


def _local(*names: str) -> str | None:
    """The first of these files in the folder of benchmarks; None where there is no such folder or file."""
    named = os.environ.get(DATA_DIR)
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise DataError(f"{DATA_DIR} names {named}, which is no folder")
    return next((str(folder / name) for name in names if (folder / name).exists()), None)


def _converted(loaded: list[Rows], convert: Callable[[Mapping[str, Any]], Reference]) -> Iterator[Reference]:
    for rows in loaded:
        for row, place in zip(rows, rows.places, strict=True):
            try:
                yield convert(row)
            except KeyError as missing:
                raise DataError(f"{place}: not a row of this benchmark, it has no column {missing}") from None


def _from_humaneval(row: Mapping[str, Any]) -> Reference:
    name = row["entry_point"]
    return Reference(f"humaneval/{row['task_id']}", docstring_prose(row["prompt"], name), name, row["test"])


def _from_mbpp(row: Mapping[str, Any]) -> Reference:
    asserts = "\n".join(row["test_list"]).replace("\r\n", "\n")
    name = _called(asserts, row["code"])
    prose = str(row.get("text") or row["prompt"])
    if name is None or (row.get("test_setup_code") or "").strip():
        # What a set-up makes of the solution's own classes cannot be made of another program's.
        return Reference(f"mbpp/{row['task_id']}", prose)
    body = _Renamed(name).visit(parse(asserts)).body
    lines = ["def check(candidate):", *(f"    {ast.unparse(statement)}" for statement in body), ""]
    return Reference(f"mbpp/{row['task_id']}", prose, name, "\n".join(lines))


def _from_livecodebench(row: Mapping[str, Any]) -> Reference:
    return Reference(f"livecodebench/{row['question_id']}", without_examples(row["question_content"]))


def docstring_prose(prompt: str, function: str) -> str:
    """What a function's docstring says, without the lines that show calls of it and what they give."""
    with boundary(DataError, f"the prompt of {function}"):
        tree = parse(prompt)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    said = ast.get_docstring(found[-1]) if found else None
    kept: list[str] = []
    shown = False
    for line in without_examples(said or prompt).splitlines():
        shown = line.lstrip().startswith(">>>") or (shown and bool(line.strip()))
        if not shown and not line.lstrip().startswith(f"{function}("):
            kept.append(line)
    return "\n".join(kept)


def _called(asserts: str, solution: str) -> str | None:
    """The function of the solution that the assertions call."""
    try:
        defined = {node.name for node in ast.walk(parse(solution)) if isinstance(node, ast.FunctionDef)}
        calls = [node.func for node in ast.walk(parse(asserts)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return None
    return next((call.id for call in calls if isinstance(call, ast.Name) and call.id in defined), None)


class _Renamed(ast.NodeTransformer):
    """Has assertions call ``candidate`` instead of the function that they name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name("candidate", node.ctx) if node.id == self._name else node
