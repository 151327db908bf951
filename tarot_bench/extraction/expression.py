"""Extract the expression that answers a problem which requests an expression.

Python's own parser finds where an answer ends, so brackets, quotes and ``#`` inside strings cannot mislead. The
expression is put into the problem's starter code and judged by running that, never by comparing text.
"""

import ast
import re
from collections.abc import Iterator

from tarot_bench.extraction.fences import blocks_of
from tarot_bench.extraction.reasoning import readings_of, undelimited, wrapped_in
from tarot_bench.extraction.syntax import parse
from tarot_bench.extraction.turn import turn_of, without_tokens
from tarot_bench.problem import HOLE, Problem
from tarot_bench.verdict import Extraction, Verdict

_TAG = re.compile(r"\[(/?)ANSWER\]", re.IGNORECASE)
_LEAD = re.compile(r"^[\s>*#_-]*[A-Za-z][A-Za-z ]{0,40}[*_ ]*:[*_ ]*(?=\S)")
_CALL_HOLE = re.compile(rf"([A-Za-z_]\w*)\({re.escape(HOLE)}")


def extract_expression(text: str, problem: Problem, finish_reason: str | None = None) -> Extraction:
    """Extract the expression from a completion's raw text and put it into the starter code. Never raises.

    Considered in this order: the last ``[ANSWER]`` section, the last answer wrapper, the last fenced block, and then
    single lines from the last one up, which must be a literal or a call of the function in question. Of ``f(x) == y``
    the side that was requested is taken.

    Args:
        text: raw text as the model sent it, reasoning included.
        problem: its starter code has the hole.
        finish_reason: ``length`` makes a missing answer TRUNCATED.
    """
    readings = [undelimited(without_tokens(reading)) for reading in readings_of(turn_of(text))]
    if not readings:
        return Extraction(code=None, how="the reasoning was never closed", verdict=Verdict.TRUNCATED)
    for reading in readings:
        for place, how in _places(reading):
            found = _asked_for(place, problem)
            if found is not None:
                return Extraction(code=fill(problem, found), how=how)
        for line in reversed(reading.split("\n")):
            found = _asked_for(_LEAD.sub("", line.strip()), problem, strict=True)
            if found is not None:
                return Extraction(code=fill(problem, found), how="the last line that is an answer")
    cut_off = finish_reason == "length"
    why = "nothing in the text is an answer"
    return Extraction(code=None, how=why, verdict=Verdict.TRUNCATED if cut_off else Verdict.NO_CODE)


def fill(problem: Problem, expression: str) -> str:
    """Return the program: the starter code with the expression filled in."""
    return (problem.starter_code or "").replace(HOLE, expression)


def _places(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text that are marked as the answer, the most reliable mark first."""
    marked = _marked(text)
    if marked is not None:
        inner = blocks_of(marked)
        yield inner[-1].code if inner else marked, "inside [ANSWER]"
    for inside, name in wrapped_in(text):
        yield inside, f"inside <{name}>"
    blocks = blocks_of(text)
    if blocks:
        yield blocks[-1].code, "the last block"


def _marked(text: str) -> str | None:
    """The content of the last [ANSWER] section, which the prompt may have opened and a token limit left open."""
    tags = list(_TAG.finditer(text))
    if not tags:
        return None
    opens = [tag for tag in tags if not tag[1]]
    if not opens:
        return text[: tags[0].start()]
    end = next((tag.start() for tag in tags if tag[1] and tag.start() > opens[-1].start()), len(text))
    return text[opens[-1].end() : end]


def _asked_for(text: str, problem: Problem, *, strict: bool = False) -> str | None:
    """The source of the expression in a piece of text; None if there is none.

    Args:
        text: an expression, a call with its result, an ``assert`` of both, or the bare arguments of a call.
        problem: its hole tells what is wanted: the arguments of a call, or a value.
        strict: only a literal or the call itself will do; prose of one word is an expression, too.
    """
    source = _bare(text)
    if not source:
        return None
    called = _CALL_HOLE.search(problem.starter_code or "")
    if called:
        return _arguments(source, called[1], strict=strict)
    found = _last_value(source)
    if found is None:
        return None
    value = _other_side(found)
    if strict and not _is_literal(value):
        return None
    return ast.get_source_segment(source, value)


def _bare(text: str) -> str:
    stripped = text.strip().removeprefix("\ufeff")
    quoted = re.fullmatch(r"(`+)(?!`)(.*?)(?<!`)\1\.?", stripped, re.DOTALL)
    return quoted[2].strip() if quoted else stripped


def _arguments(source: str, name: str, *, strict: bool) -> str | None:
    """The arguments of the outermost call of `name`; a text without such a call is taken as the arguments."""
    tree = parse(source)
    call = _call_of(tree, name) if tree else None
    if call is None and not strict:
        source = f"{name}({source}\n)"
        tree = parse(source)
        call = _call_of(tree, name) if tree else None
    segment = ast.get_source_segment(source, call) if call else None
    if call is None or segment is None:
        return None
    return segment[len(ast.get_source_segment(source, call.func) or "") :].strip()[1:-1].strip()


def _call_of(tree: ast.Module, name: str) -> ast.Call | None:
    """The outermost call of `name` in the last statement that has one, outside definitions."""
    for statement in reversed(tree.body):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                return node
    return None


def _last_value(source: str) -> ast.expr | None:
    """The value of the last statement: an expression, an asserted condition or an assigned value."""
    tree = parse(source)
    statement = tree.body[-1] if tree and tree.body else None
    if isinstance(statement, ast.Assert):
        return statement.test
    if isinstance(statement, ast.Expr | ast.Assign):
        return statement.value
    return None


def _other_side(value: ast.expr) -> ast.expr:
    """The side of ``f(x) == y`` or ``y == f(x)`` that is not the call."""
    if isinstance(value, ast.Compare) and len(value.ops) == 1 and isinstance(value.ops[0], ast.Eq):
        left, right = value.left, value.comparators[0]
        return left if isinstance(right, ast.Call) and not isinstance(left, ast.Call) else right
    return value


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
