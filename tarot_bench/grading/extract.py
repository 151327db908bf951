"""From chat text to the one program that the model meant.

The order of decisions, each of which is kept in `Extraction.how`: reasoning is cut off; an ``<answer>`` or
``<solution>`` wrapper narrows the text; among fenced blocks the one that defines the entry point (or, for programs,
reads its input) wins, the later of equals; without a fence the text itself may be the program, or the continuation of
a function prompt.
"""

import re

from tarot_bench.grading.fences import Block, blocks_of
from tarot_bench.grading.syntax import (
    defines,
    is_program,
    join_modules,
    parse,
    parsing_prefix,
    preamble,
    reads_input,
)
from tarot_bench.problem import Problem
from tarot_bench.verdict import Extraction, Verdict

_REASONING = "think|thinking|thought|reasoning"
_CLOSE = re.compile(rf"</(?:{_REASONING})>", re.IGNORECASE)
_OPEN = re.compile(rf"^[ \t]*<(?:{_REASONING})>", re.IGNORECASE | re.MULTILINE)
_WRAPPER = re.compile(r"<(answer|solution)>(.*?)(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_CODE_START = re.compile(
    r"^(?:def |class |import |from \w|async def |@|#!|if |for |while |try:|with |[A-Za-z_][\w, ]* ?=)"
)
_MAX_STARTS = 30


def extract(text: str, problem: Problem, finish_reason: str | None = None) -> Extraction:
    """Take the program out of a completion's raw text.

    Args:
        text: raw text as the model sent it, reasoning included.
        problem: for its style, entry point and starter code.
        finish_reason: ``length`` turns code that does not parse into TRUNCATED rather than a compile error.

    Returns:
        The code and the rule that chose it, or no code and NO_CODE or TRUNCATED.
    """
    cut_off = finish_reason == "length"
    visible, closed = _without_reasoning(text.replace("\r\n", "\n"))
    if not closed:
        return _nothing(Verdict.TRUNCATED, "the reasoning was never closed")
    if not visible.strip():
        return _nothing(Verdict.TRUNCATED if cut_off else Verdict.NO_CODE, "no text besides reasoning")
    for scope, where in _scopes(visible):
        found = _from_scope(scope, problem)
        if found is not None:
            code, how = found
            if cut_off and parse(code) is None:
                return _nothing(Verdict.TRUNCATED, f"{how}, cut off at the token limit")
            return Extraction(code=_completed(code, problem), how=how + where)
    return _nothing(Verdict.TRUNCATED if cut_off else Verdict.NO_CODE, "nothing in the text is a program")


def _nothing(verdict: Verdict, why: str) -> Extraction:
    return Extraction(code=None, how=why, verdict=verdict)  # type: ignore[arg-type]


def _without_reasoning(text: str) -> tuple[str, bool]:
    """The text after the last closing reasoning tag; False if a reasoning section is open at the end."""
    closes = list(_CLOSE.finditer(text))
    rest = text[closes[-1].end() :] if closes else text
    opening = _OPEN.search(rest)
    if opening is None:
        return rest, True
    # A tag inside a fenced block is part of a program, not the start of a thought.
    fence_lines = sum(line.lstrip().startswith(("```", "~~~")) for line in rest[: opening.start()].split("\n"))
    return rest, fence_lines % 2 == 1


def _scopes(text: str) -> list[tuple[str, str]]:
    """Where to look, in order: inside the last answer wrapper, then in the whole text."""
    wrapped = [match for match in _WRAPPER.finditer(text) if match[2].strip()]
    inside = [(wrapped[-1][2], f", inside <{wrapped[-1][1].lower()}>")] if wrapped else []
    return [*inside, (text, "")]


def _from_scope(text: str, problem: Problem) -> tuple[str, str] | None:
    blocks = [block for block in blocks_of(text) if block.code.strip()]
    return _from_blocks(blocks, problem) if blocks else _from_plain(text, problem)


def _from_blocks(blocks: list[Block], problem: Problem) -> tuple[str, str] | None:
    """Choose among fenced blocks; blocks of other languages count only if there is nothing else."""
    python = [block for block in blocks if block.language == "python"]
    bare = [block for block in blocks if block.language == ""]
    for pool in (python, bare):
        chosen = _that_fits(pool, problem)
        if chosen:
            return chosen
    for pool in (python, bare):
        continued = _continuation_among(pool, problem)
        if continued:
            return continued
        programs = [block for block in pool if (tree := parse(block.code)) and is_program(tree)]
        if programs:
            return programs[-1].code, _said("the last block that parses", programs[-1], pool)
    if python or bare:
        last = (python or bare)[-1]
        return last.code, _said("the last block, though it does not parse", last, python or bare)
    return None


def _that_fits(pool: list[Block], problem: Problem) -> tuple[str, str] | None:
    """The last block that is what the problem asks for: defines its entry point, or is a program that reads input."""
    for block in reversed(pool):
        tree = parse(block.code)
        if tree is None:
            continue
        if problem.entry_point and defines(tree, problem.entry_point):
            return block.code, _said(f"the last block that defines {problem.entry_point}", block, pool)
        if not problem.entry_point and reads_input(block.code) and is_program(tree):
            return block.code, _said("the last block that parses and reads input", block, pool)
    return None


def _said(rule: str, block: Block, pool: list[Block]) -> str:
    many = f" of {len(pool)}" if len(pool) > 1 else ""
    return rule + many + ("" if block.closed else " (its fence is not closed)")


def _continuation_among(pool: list[Block], problem: Problem) -> tuple[str, str] | None:
    for block in reversed(pool):
        code = _continued(block.code, problem)
        if code:
            return code, "a block that continues the starter code"
    return None


def _continued(text: str, problem: Problem) -> str | None:
    """Starter code plus text, if the text goes on where the starter's function body begins."""
    starter = problem.starter_code
    if not starter or not problem.entry_point:
        return None
    base = starter if starter.endswith("\n") else starter + "\n"
    first = next((line for line in text.split("\n") if line.strip()), "")
    # Some tokenizers lose the indentation of the very first line of a continuation.
    body = text if first[:1].isspace() else "    " + text.lstrip()
    code = parsing_prefix(base + body)
    tree = parse(code)
    if tree is None or len(code.rstrip()) <= len(base.rstrip()) or not defines(tree, problem.entry_point):
        return None
    return code


def _from_plain(text: str, problem: Problem) -> tuple[str, str] | None:
    """Text without any fence: a program as it stands, a continuation, or code between prose."""
    tree = parse(text)
    if tree and is_program(tree) and (not problem.entry_point or defines(tree, problem.entry_point)):
        return text, "the whole text is a program"
    continued = _continued(text, problem)
    if continued:
        return continued, "the text continues the starter code"
    return _between_prose(text, problem)


def _between_prose(text: str, problem: Problem) -> tuple[str, str] | None:
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _CODE_START.match(line)][:_MAX_STARTS]
    for start in starts:
        code = parsing_prefix("\n".join(lines[start:]))
        tree = parse(code)
        if tree is None or not is_program(tree):
            continue
        if defines(tree, problem.entry_point) if problem.entry_point else reads_input(code) or "print" in code:
            return code, f"unfenced code from line {start + 1} on"
    return None


def _completed(code: str, problem: Problem) -> str:
    """The code with the starter's imports and helpers before it, unless it already continues the starter."""
    if not problem.starter_code or not problem.entry_point or code.startswith(problem.starter_code.rstrip()):
        return code
    return join_modules(preamble(problem.starter_code, problem.entry_point), code)
