"""Texts made to keep a parser busy: what is parsed must stay a small multiple of what was written."""

import ast
import symtable

import pytest

from tarot_bench.extraction import extract
from tests.extraction.programs import CALLS, METHODS, READS, problem

STARTER = "import math\n\n\ndef entry(x):\n    '''Add one.'''\n"
BLOCK = "```python\ndef entry(x):\n    n = int(input())\n    print(n)\n    return x\n```\n"


def many(piece):
    return piece * (60_000 // len(piece))


STORMS = {
    "prose": many("This is prose, it's long, and it goes on.\n"),
    "one line": many("This is prose, it's long, and it goes on. "),
    "reasoning": "<think>" + many("Let me think; if x = 3: then y(z) isn't 4.\n") + "</think>\n" + BLOCK,
    "reasoning with drafts": "<think>" + many(BLOCK + "Wait, that's wrong.\n") + "</think>\n" + BLOCK,
    "sample blocks": many("```\n3\n```\n"),
    "fragments": many("```python\nfor i in range(n):\n    total += a[i]\n```\nprose\n"),
    "the same answer": many(BLOCK),
    "broken blocks": many("```python\ndef entry(x):\n    n = (\n```\n"),
    "open strings": many('```python\nx = """\n```\n'),
    "open strings of two kinds": many("```python\nx = \"\"\"\n```\n'''\n"),
    "one docstring full of fences": '```python\ndef entry(x):\n    """\n'
    + many("    ```\n    x\n    ```\n")
    + '    """\n```',
    "openings": many("```python\nx = 1\nprint(x)\n"),
    "glued": "```python\n" + many("print(x)(```\n"),
    "fences": many("```\n"),
    "tildes": many("~~~ \n"),
    "almost ifs": many("if you look at x: it is like y = 3 of them\n"),
    "almost definitions": many("def f(x) is a function that\n"),
    "almost imports": many("import numpy for speed\nprint the value\n"),
    "open calls": many("foo(1\n"),
    "open sums": many("x = 1 +\n"),
    "statements": many("x = foo(1)\n"),
    "returns": many("return the value that's it\n"),
    "bodies": many("    x = (1\n    return x\n"),
    "long body": many("    y = x\n") + "    return y\n",
    "quotes": many('"""\n'),
    "brackets": many("["),
    "parentheses": many("(\n"),
    "quotations": many("> ```\n"),
    "think": many("<think>"),
    "thoughts": many("<think>x</think>\n"),
    "answers": many("<answer>x = 1</answer>\n"),
    "unclosed answers": many("<answer>"),
    "json": '{"a": "' + many("x = 1 ") + '"}',
    "pages": many("````markdown\n```python\nx = 1\n```\n````\n"),
    "chain of helpers": "".join(f"```python\ndef f{i}(x):\n    return f{i - 1}(x)\n```\n" for i in range(1000)),
    "elifs": "```python\nif x: y\n" + many("elif x: y\n") + "```",
    "white space": many(" \n\t\n"),
}


@pytest.mark.parametrize("wanted", [READS, CALLS, METHODS, problem("entry", STARTER)], ids="rcms")
@pytest.mark.parametrize("storm", STORMS)
def test_the_effort_is_bounded(storm, wanted, monkeypatch):
    parsed = []
    parse, table = ast.parse, symtable.symtable
    monkeypatch.setattr(ast, "parse", lambda source, *more: parsed.append(len(source)) or parse(source, *more))
    monkeypatch.setattr(symtable, "symtable", lambda source, *more: parsed.append(len(source)) or table(source, *more))
    extract(STORMS[storm], wanted)
    extract(STORMS[storm], wanted, "length")
    assert sum(parsed) < 2 * 8 * len(STORMS[storm])
    assert len(parsed) < len(STORMS[storm])


def test_the_one_answer_is_found_among_five_thousand_fences():
    noise = "```\n3\n```\n" * 2500
    for text in (noise + BLOCK, BLOCK + noise, noise + BLOCK + noise):
        for wanted in (READS, CALLS):
            assert extract(text, wanted).code == BLOCK.removeprefix("```python\n").removesuffix("\n```\n")
