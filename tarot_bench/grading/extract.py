"""From chat text to the one program that the model meant.

The order of decisions, each of which is kept in `Extraction.how`: reasoning is cut off (`reasoning`); an ``<answer>``
or ``<solution>`` wrapper narrows the text; fenced blocks (`fences`), then code between prose (`unfenced`), then a text
that goes on where the starter code stops (`starter`), are searched for the program that fits the problem (`choice`).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from tarot_bench.grading.blocks import Block, mended
from tarot_bench.grading.choice import Choice, Fit, choose
from tarot_bench.grading.fences import blocks_of
from tarot_bench.grading.reasoning import readings_of, wrapped_in
from tarot_bench.grading.starter import completed, continued, goes_on_badly
from tarot_bench.grading.syntax import defines, does_something, is_constant, is_program, parse
from tarot_bench.grading.unfenced import regions_of
from tarot_bench.problem import Problem
from tarot_bench.reading import parse_json
from tarot_bench.verdict import Extraction, Verdict

_MOST_REPAIRED = 200
_END_OF_TURN = re.compile(
    r"\S\s*(?P<end><\|(?:im_end|im_start|endoftext|end_of_text|eot_id|eom_id|return)\|>|<end_of_turn>|<｜end▁of▁sentence｜>)"
)
_LAST_TOKENS = ("</s>", "<eos>", "<|end|>")


def extract(text: str, problem: Problem, finish_reason: str | None = None) -> Extraction:
    """Take the program out of a completion's raw text. Never raises, whatever the text.

    Args:
        text: raw text as the model sent it, reasoning included.
        problem: for its entry point and starter code.
        finish_reason: ``length`` turns code that does not parse into TRUNCATED rather than a compile error.

    Returns:
        The code and the rule that chose it, or no code and NO_CODE or TRUNCATED.
    """
    cut_off = finish_reason == "length"
    readings = readings_of(_cleaned(text))
    if not readings:
        return _nothing(True, "the reasoning was never closed")
    choice = next((found for reading in readings if (found := _from_reading(reading, problem))), None)
    if choice is None:
        said = any(reading.strip() for reading in readings)
        return _nothing(cut_off, "nothing in the text is a program" if said else "no text besides reasoning")
    if cut_off and (parse(choice.code) is None or (choice.cut and not problem.entry_point)):
        return _nothing(True, f"{choice.how}, cut off at the token limit")
    return Extraction(code=completed(choice.code, problem), how=choice.how)


def _nothing(cut_off: bool, why: str) -> Extraction:
    return Extraction(code=None, how=why, verdict=Verdict.TRUNCATED if cut_off else Verdict.NO_CODE)


def _cleaned(text: str) -> str:
    """The text with one kind of line end and well-formed Unicode, up to the token that ends the model's turn."""
    well_formed = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    clean = re.sub(r"\r+\n|\r", "\n", well_formed).removeprefix("\ufeff")
    end = _END_OF_TURN.search(clean)
    clean = clean[: end.start("end")] if end else clean
    for token in _LAST_TOKENS:
        clean = clean.rstrip().removesuffix(token) if clean.rstrip().endswith(token) else clean
    return clean


def _from_reading(text: str, problem: Problem) -> Choice | None:
    """The best of what the answer wrappers hold and what the whole text holds; of equals the wrapped one."""
    best: Choice | None = None
    if not text.strip():
        return None
    for inside, wrapper in wrapped_in(text):
        found = _from_text(inside, problem)
        if found and (best is None or found.fit > best.fit):
            best = replace(found, how=f"{found.how}, inside <{wrapper}>")
    if best and best.fit is Fit.COMPLETE:
        return best
    whole = _from_text(text, problem)
    return whole if whole and (best is None or whole.fit > best.fit) else best


def _from_text(text: str, problem: Problem) -> Choice | None:
    """The program of a text: all of it, a fenced block, the continuation of the starter, or code between prose."""
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
    if code := next(filter(None, (continued(part, problem) for part in _parts(head, blocks, problem))), None):
        return Choice(code, "the text continues the starter code", Fit.COMPLETE)
    found = choose(_widened(blocks, text), text, problem)
    if fenced is None and found is None and (code := goes_on_badly(head, problem)):
        return Choice(code, "the text continues the starter code, though it does not parse", Fit.BROKEN)
    return found if found and (fenced is None or found.fit > fenced.fit) else fenced


def _opened_by_template(head: str) -> Block | None:
    """The text before the first fence, if it is code: a template wrote the fence that opens it."""
    block = Block(head.strip("\n"), "python", end=head.count("\n") + 1)
    return block if block.tree and is_program(block.tree) and not _speaks(block.tree) else None


def _parts(head: str, blocks: list[Block], problem: Problem) -> Iterator[str]:
    """What may go on where the starter stops: the text before any fence, then the last blocks that do not parse."""
    if problem.starter_code:
        yield head
        yield from (block.code for block in blocks[:-_MOST_REPAIRED:-1] if block.tree is None)


def _is_answer(tree: ast.Module, problem: Problem) -> bool:
    return not _speaks(tree) and is_program(tree) and (not problem.entry_point or defines(tree, problem.entry_point))


def _speaks(tree: ast.Module) -> bool:
    """Whether there are words among the statements: "Done", "Answer: yes" and "~~~python" parse too."""
    values = [node for node in tree.body if isinstance(node, ast.Expr | ast.AnnAssign) and not does_something(node)]
    return not all(map(is_constant, values))


def _widened(blocks: list[Block], text: str) -> list[Block]:
    """The blocks, repaired where that helps, and in their order with them code outside fences and code in JSON."""
    in_json = [
        Block(code, "python", start=block.start, end=block.end)
        for block in (*blocks, Block(text))
        for code in _strings_in_json(block.code)
    ]
    found = sorted([*blocks, *in_json, *regions_of(text, blocks)], key=lambda block: block.start)
    last = [block if block.tree else replace(block, code=mended(block.code)) for block in found[-_MOST_REPAIRED:]]
    return found[:-_MOST_REPAIRED] + last


def _strings_in_json(text: str) -> list[str]:
    """The texts in a JSON object, where that is the form in which an answer came."""
    if not text.lstrip().startswith("{"):
        return []
    try:
        return [value for value in parse_json(text).values() if isinstance(value, str)]
    except (ValueError, RecursionError):
        return []
