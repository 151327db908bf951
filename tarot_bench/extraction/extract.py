"""Extract the program from the text of an answer.

The order of decisions, each of which is kept in `Extraction.how`: the text is cut to the model's turn (`turn`) and its
reasoning cut off (`reasoning`); ``[BEGIN]`` and ``[DONE]``, or an ``<answer>`` or ``<solution>`` wrapper, narrow the
text; fenced blocks (`fences`), then code between prose (`unfenced`) and in JSON (`in_json`), then a text that goes on
where the starter code stops (`starter`), are searched for the program that fits the problem (`choice`).
"""

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from tarot_bench.extraction.blocks import Block, mended
from tarot_bench.extraction.choice import Choice, Fit, choose
from tarot_bench.extraction.fences import blocks_of, unquoted
from tarot_bench.extraction.in_json import strings_in_json
from tarot_bench.extraction.reasoning import delimited, readings_of, undelimited, wrapped_in
from tarot_bench.extraction.starter import Continuation, completed, continued, goes_on_badly
from tarot_bench.extraction.syntax import defines, does_something, is_constant, is_program, parse
from tarot_bench.extraction.turn import turn_of, well_formed, without_tokens
from tarot_bench.extraction.unfenced import regions_of
from tarot_bench.problem import Problem
from tarot_bench.verdict import Extraction, Verdict

ExtractionForm = Literal["answer", "verbatim"]
"""``answer``: the program that the model meant (`extract`). ``verbatim``: a benchmark's official form (`verbatim`)."""

_MOST_REPAIRED = 200
_LONGEST_SHOWN = 60
_DEEPEST_JSON = 3


def extract(text: str, problem: Problem, finish_reason: str | None = None) -> Extraction:
    """Extract the program from a completion's raw text. Never raises.

    Args:
        text: raw text as the model sent it, reasoning included.
        problem: for its entry point and starter code.
        finish_reason: ``length`` turns code that does not parse into TRUNCATED rather than a compile error.

    Returns:
        The code and the rule that chose it, or no code and NO_CODE or TRUNCATED.
    """
    cut_off = finish_reason == "length"
    readings = readings_of(turn_of(text))
    if not readings:
        return _nothing(True, "the reasoning was never closed")
    choice = next((found for reading in readings if (found := _from_reading(reading, problem))), None)
    if choice is None:
        said = any(reading.strip() for reading in readings)
        return _nothing(cut_off, "nothing in the text is a program" if said else "no text besides reasoning")
    if cut_off and (parse(choice.code) is None or (choice.cut and not problem.entry_point)):
        return _nothing(True, f"{choice.how}, cut off at the token limit")
    return Extraction(code=completed(choice.code, problem), how=choice.how)


def verbatim(text: str, problem: Problem) -> Extraction:
    """Return the starter code, if any, followed by the unchanged text, as the benchmark's official grader does.

    HumanEval's own harness runs prompt + completion, MBPP's the completion: tests and calls that a model went on to
    write are run, a fence or prose is a syntax error, and reasoning is not separated from the answer.
    """
    starter = problem.starter_code
    how = "the starter code and the text as it is" if starter else "the text as it is"
    return Extraction(code=(starter or "") + well_formed(text), how=f"verbatim: {how}")


def _nothing(cut_off: bool, why: str) -> Extraction:
    return Extraction(code=None, how=why, verdict=Verdict.TRUNCATED if cut_off else Verdict.NO_CODE)


def _from_reading(text: str, problem: Problem) -> Choice | None:
    """The best program inside the answer's delimiters, its wrappers or the whole text; among equals the first."""
    best: Choice | None = None
    text = without_tokens(text)
    if not text.strip():
        return None
    wrapped = [(inside, f"inside <{tag}>") for inside, tag in wrapped_in(text)]
    for inside, name in [*delimited(text), *wrapped]:
        found = _from_text(inside, problem)
        if found and (best is None or found.fit > best.fit):
            best = replace(found, how=f"{found.how}, {name}")
    if best and best.fit is Fit.COMPLETE:
        return best
    whole = _from_text(undelimited(text), problem)
    return whole if whole and (best is None or whole.fit > best.fit) else best


def _from_text(text: str, problem: Problem, depth: int = 0) -> Choice | None:
    """The program of a text, or, if there is none, of the text without the ``>`` of quoted lines."""
    found = _from_plain(text, problem, depth)
    if found and found.fit is Fit.COMPLETE:
        return found
    plain = unquoted(text)
    other = _from_plain(plain, problem, depth) if plain != text else None
    return other if other and (found is None or other.fit > found.fit) else found


def _from_plain(text: str, problem: Problem, depth: int) -> Choice | None:
    """The program of a text: the whole text, a fenced block, a continuation of the starter, or code between prose."""
    whole = Block((text if parse(text) else mended(text)).strip("\n"), fenced=False)
    if whole.tree and _is_answer(whole.tree, problem):
        found = choose([whole], whole.code, problem)
        return found and replace(found, how="the whole text is a program")
    blocks = blocks_of(text)
    head = "\n".join(text.split("\n")[: blocks[0].start]) if blocks else text
    if blocks and (opened := _opened_by_template(head)):
        # The first fence closed that, and what follows it is prose.
        blocks = [opened, *blocks[blocks[0].tree is None :]]
    fenced = choose(blocks, text, problem)
    if fenced and fenced.fit is Fit.COMPLETE:
        return fenced
    if goes_on := next(filter(None, (continued(part, problem) for part in _parts(head, blocks, problem))), None):
        return Choice(goes_on.code, f"the text continues the starter code{_said_of(goes_on)}", Fit.COMPLETE)
    found = choose(_widened(blocks, text, problem, depth), text, problem)
    is_unfit = found is None or found.fit <= Fit.PROGRAM
    if fenced is None and is_unfit and (code := goes_on_badly(head, problem)):
        return Choice(code, "the text continues the starter code, though it does not parse", Fit.BROKEN)
    return found if found and (fenced is None or found.fit > fenced.fit) else fenced


def _opened_by_template(head: str) -> Block | None:
    """The text before the first fence, if it is code whose opening fence is in the prompt template."""
    block = Block(head.strip("\n"), "python", end=head.count("\n") + 1)
    return block if block.tree and is_program(block.tree) and not _speaks(block.tree) else None


def _parts(head: str, blocks: list[Block], problem: Problem) -> Iterator[str]:
    """The parts that may continue the starter: the text before any fence, then the last blocks that do not parse."""
    if problem.starter_code:
        yield head
        yield from (block.code for block in blocks[:-_MOST_REPAIRED:-1] if block.tree is None)


def _is_answer(tree: ast.Module, problem: Problem) -> bool:
    return not _speaks(tree) and is_program(tree) and (not problem.entry_point or defines(tree, problem.entry_point))


def _speaks(tree: ast.Module) -> bool:
    """Whether some statements are words that happen to parse, such as "Done", "Answer: yes" or "~~~python"."""
    values = [node for node in tree.body if isinstance(node, ast.Expr | ast.AnnAssign) and not does_something(node)]
    return not all(map(is_constant, values))


def _said_of(goes_on: Continuation) -> str:
    """Describe the code that was dropped after a body, for `Extraction.how`."""
    if not goes_on.dropped:
        return ""
    first = " ".join(goes_on.dropped[0].split())
    shown = first if len(first) <= _LONGEST_SHOWN else f"{first[:_LONGEST_SHOWN]}…"
    lines = "1 line" if len(goes_on.dropped) == 1 else f"{len(goes_on.dropped)} lines"
    return f"; dropped {lines} of code after the function, from {shown!r} on"


def _widened(blocks: list[Block], text: str, problem: Problem, depth: int) -> list[Block]:
    """The blocks, repaired where necessary, with code outside fences and code in JSON, in text order."""
    in_json = _in_json(blocks, problem, depth) or _in_json([Block(text)], problem, depth)
    found = sorted([*blocks, *in_json, *regions_of(text, blocks)], key=lambda block: block.start)
    last = [block if block.tree else replace(block, code=mended(block.code)) for block in found[-_MOST_REPAIRED:]]
    return found[:-_MOST_REPAIRED] + last


def _in_json(blocks: list[Block], problem: Problem, depth: int) -> list[Block]:
    """The programs of the strings in blocks of JSON; each string may be a whole answer."""
    found: list[Block] = []
    for block in blocks[-_MOST_REPAIRED:] if depth < _DEEPEST_JSON else ():
        for value in strings_in_json(block.code):
            choice = _from_text(undelimited(value), problem, depth + 1) if value.strip() else None
            code = choice.code if choice else value
            found.append(Block(code, "python", start=block.start, end=block.end))
    return found
