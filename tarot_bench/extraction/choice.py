"""Choose the block of an answer that is the model's program."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from tarot_bench.extraction.blocks import Block
from tarot_bench.extraction.names import borrowed, joined, missing_names
from tarot_bench.extraction.stdio import INPUT_MARKS, reads_input, writes_output
from tarot_bench.extraction.syntax import acts, defines, definition, is_program, is_sketch, parse
from tarot_bench.problem import Problem


class Fit(IntEnum):
    """How well a block answers a problem, from not at all to completely."""

    NOTHING = 0
    BROKEN = 1
    """Looks like code and does not parse, or does nothing."""
    PROGRAM = 2
    """Parses, and does something."""
    SKETCH = 3
    """Only announces the entry point; or is complete, but fenced as another language."""
    PARTLY = 4
    """A program that writes without reading."""
    BORROWED = 5
    """A program that reads and writes with functions of another block, or with undefined names."""
    COMPLETE = 6
    """Defines the entry point; or reads, computes and writes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen program of a text.

    Attributes:
        code: the program.
        how: the rule that chose it.
        fit: how well it answers.
        cut: whether it is the part that parses of unfenced code that goes on to the end of the text.
    """

    code: str
    how: str
    fit: Fit
    cut: bool = False


_ALTERNATIVE = re.compile(
    r"\b(?:alternativ\w+|for (?:comparison|reference|completeness)|you (?:can|could) also"
    r"|(?:slower|less efficient|brute[- ]force) (?:version|solution|approach|alternative|way|check\w*|reference))\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"\b(?:wait|wrong|bugs?|buggy|fix(?:e[ds]|ing)?|fail(?:s|ed)?|mistakes?|incorrect(?:ly)?|correct(?:ed|ion)"
    r"|correct (?:version|code|solution|program|answer)|let(?: me|'s) try|better|faster|final(?:ly)?|improve\w*"
    r"|optimi[sz]\w*|instead|actually|clean(?:ed|er)?|simplif\w*|remov\w*|without|updated?|revised?|rewrit\w*"
    r"|complete|full|too slow|more efficient|inefficient|times? out|tle|time limit|exceed\w*)\b",
    re.IGNORECASE,
)
_ELISION = re.compile(
    r"^[ \t]*#[ \t]*(?:(?:\.\.\.|…)[ \t]*(?:$|\(|rest|same|existing|previous|other|code)"
    r"|\(?(?:rest of (?:the|your) (?:code|function|program|implementation|solution)|same as (?:before|above)"
    r"|existing code|your code|(?:code|implementation|logic) (?:goes )?here))",
    re.IGNORECASE | re.MULTILINE,
)
_LOOKS_LIKE_CODE = re.compile(
    r"^[ \t]*(?:def |class |import \w|from \w+ import|for .*:|while .*:|if .*:|print\b|return\b|\w+ ?= ?\S)",
    re.MULTILINE,
)
_OURS = ("python", "")
_SPOKEN = 4
_MOST = 200


def choose(blocks: Sequence[Block], text: str, problem: Problem) -> Choice | None:
    """Choose the best-fitting block; among equals the last, unless it is called an alternative or quotes another.

    Args:
        blocks: in the order of the text.
        text: what the blocks' line numbers count in.
        problem: what was asked.
    """
    lines = text.split("\n")
    best: list[tuple[int, str]] = []
    top = (Fit.NOTHING, False)
    for number in _considered(blocks, problem):
        fit, code = _fit(blocks, number, problem)
        rank = (fit, blocks[number].language == "python")
        if rank > top:
            best, top = [], rank
        if rank == top:
            best.append((number, code))
        if fit is Fit.COMPLETE and not _is_secondary(blocks, number, lines, problem):
            break
    if top[0] is Fit.NOTHING:
        return None
    number, code = next((one for one in best if not _is_secondary(blocks, one[0], lines, problem)), best[0])
    cut = not blocks[number].fenced and not blocks[number].closed
    return Choice(code, _said(blocks, number, top[0], code, problem), top[0], cut)


def _considered(blocks: Sequence[Block], problem: Problem) -> list[int]:
    """The blocks to consider, from the last to the first; some are skipped where there are very many."""
    marks = [problem.entry_point.rpartition(".")[2]] if problem.entry_point else INPUT_MARKS
    likely = [number for number, block in enumerate(blocks) if any(mark in block.code for mark in marks)]
    return sorted({*likely[-_MOST:], *range(max(0, len(blocks) - _MOST), len(blocks))}, reverse=True)


def _fit(blocks: Sequence[Block], number: int, problem: Problem) -> tuple[Fit, str]:
    """How well a block fits, and its code with the definitions that it needs from earlier blocks."""
    block = blocks[number]
    ours = block.language in _OURS
    if block.tree is None or not is_program(block.tree):
        broken = block.language == "python" or (ours and _LOOKS_LIKE_CODE.search(block.code))
        return (Fit.BROKEN if broken and block.code.strip() else Fit.NOTHING), block.code
    if not (defines(block.tree, problem.entry_point) if problem.entry_point else acts(block.tree)):
        return (Fit.PROGRAM if ours else Fit.NOTHING), block.code
    lenders = [earlier for earlier in blocks[max(0, number - _MOST) : number] if earlier.language in _OURS]
    code = joined(borrowed(block.code, lenders), block.code)
    fit = (
        _fit_of_function(block.tree, problem.entry_point) if problem.entry_point else _fit_of_program(block.tree, code)
    )
    if not ours or _ELISION.search(block.code):
        fit = min(fit, Fit.SKETCH)
    return (fit if ours or fit is Fit.SKETCH else Fit.NOTHING), code


def _fit_of_function(tree: ast.Module, entry_point: str) -> Fit:
    return Fit.SKETCH if is_sketch(tree, entry_point) else Fit.COMPLETE


def _fit_of_program(tree: ast.Module, code: str) -> Fit:
    whole = parse(code)
    if whole is None or not writes_output(whole):
        return Fit.PROGRAM
    if reads_input(tree) and not missing_names(code):
        return Fit.COMPLETE
    return Fit.BORROWED if reads_input(whole) else Fit.PARTLY


def _is_secondary(blocks: Sequence[Block], number: int, lines: Sequence[str], problem: Problem) -> bool:
    """Whether a block accompanies the real answer, as an alternative or as an explanation of a part."""
    if number == 0:
        return False
    between = [line for line in lines[blocks[number - 1].end : blocks[number].start + 1] if line.strip()]
    said = "\n".join(between[-_SPOKEN:])
    if _CORRECTION.search(said):
        return False
    if _ALTERNATIVE.search(said):
        return True
    return any(_quotes(blocks[number], earlier, problem) for earlier in blocks[max(0, number - _MOST) : number])


def _quotes(block: Block, earlier: Block, problem: Problem) -> bool:
    """Whether a block repeats only a part of another, without a complete entry point."""
    if block.code.strip() not in earlier.code:
        return False
    trees = [one.tree for one in (block, earlier) if one.tree and problem.entry_point]
    definitions = {ast.dump(node) for tree in trees if (node := definition(tree, problem.entry_point or ""))}
    return len(definitions) != 1


def _said(blocks: Sequence[Block], number: int, fit: Fit, code: str, problem: Problem) -> str:
    """Describe the rule that chose a block, on one line."""
    block = blocks[number]
    what = "block" if block.fenced else "unfenced code"
    which = f"the last {what}" if len(blocks) > 1 else f"the only {what}"
    does = {
        Fit.BROKEN: "though it does not parse" if block.tree is None else "though it does nothing",
        Fit.PROGRAM: "that parses",
        Fit.SKETCH: "that parses, though it seems incomplete",
        Fit.PARTLY: "that parses and writes output",
        Fit.BORROWED: "that parses, reads input and writes output",
        Fit.COMPLETE: "that parses, reads input and writes output",
    }[fit]
    if problem.entry_point and fit is Fit.COMPLETE:
        does = f"that defines {problem.entry_point}"
    borrowed = ", with definitions of earlier blocks" if code != block.code else ""
    return f"{which} {does}{borrowed}{'' if block.closed else ' (it is not closed)'}"
