import pytest

from tarot_bench.extraction.blocks import Block, mended
from tarot_bench.extraction.names import borrowed, joined, missing_names


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("print(x)", {"x"}),
        ("x = 1\nprint(x)", set()),
        ("def f():\n    return g()", {"g"}),
        ("def f():\n    return g()\ndef g(): pass", set()),
        ("def f(x: List) -> Dict: pass", {"List", "Dict"}),
        ("from __future__ import annotations\ndef f(x: List): pass", set()),
        ("import a.b\na.b.c()", set()),
        ("[x for x in y]", {"y"}),
        ("def f():\n    global x\n    x = 1\nprint(x)", set()),
        ("def f(a, *b, c=d, **e):\n    return a, b, c, e", {"d"}),
        ("class A(B):\n    x = 1\n    y = x\n    def f(self):\n        return x", {"B", "x"}),
        ("try:\n    pass\nexcept E as e:\n    print(e)", {"E"}),
        ("@cache\ndef f(): pass", {"cache"}),
        ("from x import *\nprint(y)", set()),
        ("print(__name__, __file__, len)", set()),
        ("x +", set()),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2", set()),
        ("while (n := m):\n    pass", {"m"}),
    ],
)
def test_missing_names_are_the_ones_that_would_raise(source, missing):
    assert missing_names(source) == missing


def test_a_definition_brings_what_it_needs_itself_in_the_order_of_the_text():
    lenders = [Block("import math\nA = 1"), Block("@cache\ndef f():\n    return math.pi + B\n\nB = A\nC = 3")]
    assert borrowed("print(f())", lenders) == [
        "import math",
        "A = 1",
        "@cache\ndef f():\n    return math.pi + B",
        "B = A",
    ]


def test_only_definitions_are_lent():
    lenders = [Block("for x in range(3):\n    print(x)\nwith open('a') as y: pass\nz = 1\nprint(z)")]
    assert borrowed("print(x, y, z)", lenders) == ["z = 1"]


def test_a_guarded_import_is_lent_whole():
    guarded = "try:\n    from a import f\nexcept ImportError:\n    def f(): pass"
    assert borrowed("f()", [Block(guarded)]) == [guarded]


def test_a_star_import_is_lent_for_any_name():
    assert borrowed("floor(x)", [Block("from math import *")]) == ["from math import *"]


def test_functions_that_need_each_other_are_lent_once():
    both = Block("def a(): return b()\ndef b(): return a()")
    assert borrowed("a()", [both]) == ["def a(): return b()", "def b(): return a()"]


def test_imports_from_the_future_come_first():
    code = '"""Doc."""\nfrom __future__ import annotations; import os\nprint(1)'
    assert joined(["import sys"], code).split("\n") == [
        "from __future__ import annotations; import os",
        "import sys",
        '"""Doc."""',
        "",
        "print(1)",
    ]
    compile(joined(["from __future__ import division", "import sys"], code), "<test>", "exec", dont_inherit=True)
    assert joined([], code) == code
    assert joined(["", " "], code) == code


def test_only_code_that_does_not_parse_is_mended():
    assert mended("if x:\n\u00a0\u00a0y = 1") == "if x:\n  y = 1"
    assert mended("    x = 1\n    y = 2") == "x = 1\ny = 2"
    assert mended('    x = """\na\n"""\n    y = 2') == 'x = """\na\n"""\ny = 2'
    assert mended("    x = 1\n    y = 2", pull=False) == "    x = 1\n    y = 2"
    assert mended("\u200bx = 1\u2060") == "x = 1"
    assert mended("\u00a0 x = (") == "\u00a0 x = ("
