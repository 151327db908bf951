import ast
import subprocess
import sys

import pytest

from tarot_bench.extraction.syntax import (
    acts,
    defines,
    error_line,
    is_program,
    is_sketch,
    parse,
    stops_in_a_string,
)


@pytest.mark.parametrize(
    "source", ["", "x = 1", "def f():\n    return 1", "# only a comment", "class A:\n    pass", "x: int"]
)
def test_a_module_parses(source):
    assert isinstance(parse(source), ast.Module)


@pytest.mark.parametrize(
    "source",
    [
        "x =",
        "  x = 1",
        "return 1",
        "if x:\n    return 1",
        "x\x00",
        "\ud800",
        "print 1",
        "(" * 10_000,
        "-" * 100_000 + "1",
        "1" + "+1" * 100_000,
        "x" + ".a" * 100_000,
        "9" * 10_000,
        "lambda: " * 10_000 + "1",
        "if x:\n" + "".join(" " * n + "if x:\n" for n in range(1, 200)),
        "x = 1\n" * 100_000,
    ],
    ids=range(15),
)
def test_what_is_no_module_parses_to_nothing_and_never_raises(source):
    assert parse(source) is None
    assert stops_in_a_string(source) is False
    error_line(source)


@pytest.mark.parametrize("action", ["default", "error"])
def test_a_warning_about_a_text_is_nobodys_business(action):
    asked = "from tarot_bench.extraction.syntax import parse; print(parse('x = \\'\\\\d\\' is 1'))"
    said = subprocess.run([sys.executable, "-W", action, "-c", asked], capture_output=True, text=True, check=True)
    assert "Module" in said.stdout
    assert said.stderr == ""


@pytest.mark.parametrize("middle", ["x = 1", "x = [", '"""', "x = (\n1,", "def f():", "if x:", "# it's"])
def test_a_long_text_parses_exactly_when_python_says_so(middle):
    for before in ("y = 2\n", "'''\nlong\n"):
        for count in (100, 3000, 4000):
            source = before * count + middle + "\n" + "z = 3\n" * count
            try:
                ast.parse(source)
                expected = True
            except SyntaxError:
                expected = False
            assert (parse(source) is not None) is expected


@pytest.mark.parametrize(
    "source",
    [
        "x = [\n" + "    1,\n" * 9000 + "]",
        "x = (\n" + "    # comment\n" * 9000 + "1)",
        '"""\n' + "words, it's prose\n" * 3000 + '"""',
        "if x:\n" + "    y = 1\n" * 4000 + "else:\n    y = 2",
        "try:\n" + "    y = 1\n" * 4000 + "finally:\n    y = 2",
        "@f\n" + "# comment\n" * 4000 + "def g(): pass",
        "{" + "'k': 1,\n" * 4000 + "}",
        "x = 1;" * 9000,
    ],
    ids=range(8),
)
def test_a_long_statement_is_read_to_its_end(source):
    ast.parse(source)
    assert parse(source) is not None


def test_an_open_string_is_told_from_other_errors():
    assert stops_in_a_string('x = 1\ny = """abc\n')
    assert stops_in_a_string("def f():\n    '''doc\n")
    assert not stops_in_a_string('x = """abc"""')
    assert not stops_in_a_string('x = ("""abc"""')
    assert not stops_in_a_string('x = "abc')


def test_an_error_is_found_at_its_line():
    assert error_line("x = 1\ny = 2\nprose goes here\nz = 3") == 3
    assert error_line("x = 1\n" * 5000 + "prose goes here\n" + "x = 1\n" * 5000) == 5001
    assert error_line("prose goes here\n" * 5000) == 1
    assert error_line("x = 1") is None


@pytest.mark.parametrize(
    "source",
    [
        "3",
        "YES",
        "a, b",
        "[1, 2]",
        "'text'",
        "x == y",
        "not found",
        "pass",
        "...",
        "x.y",
        "-1",
        "Answer: yes",
        "Time: O(1)",
        "",
    ],
)
def test_a_value_is_not_a_program(source):
    assert not is_program(parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "f()",
        "[f() for f in y]",
        "(n := 3)",
        "import x",
        "def f(): pass",
        "x += 1",
        "del x",
        "assert x",
        "n: int",
    ],
)
def test_a_statement_is_a_program(source):
    assert is_program(parse(source))


@pytest.mark.parametrize(
    "source", ["print(1)", "for x in y():\n    pass", "if a:\n    b()", "try:\n    f()\nfinally:\n    pass"]
)
def test_a_module_acts_if_it_calls_something(source):
    assert acts(parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    print(1)",
        "import x",
        "x = 3",
        "class A:\n    def f(self):\n        print()",
        "@f()\ndef g(): pass",
    ],
)
def test_a_module_of_definitions_does_not_act(source):
    assert not acts(parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "def f(): pass",
        "async def f(): pass",
        "class f: pass",
        "f = 1",
        "f: int = 1",
        "a, (f, b) = x",
        "[f] = x",
        "f = g = h",
        "import f",
        "import x as f",
        "import f.g",
        "from x import f",
        "from x import y as f",
        "for f in x: pass",
        "with x as f: pass",
        "print(f := 1)",
        "if x:\n    def f(): pass",
        "try:\n    pass\nexcept E:\n    f = 1",
        "while x:\n    if y:\n        f = 1",
        "match x:\n    case 1:\n        f = 1",
    ],
)
def test_every_way_to_bind_a_name_defines_it(source):
    assert defines(parse(source), "f")
    assert not defines(parse(source), "z")


@pytest.mark.parametrize(
    "source",
    [
        "f()",
        "f: int",
        "x.f = 1",
        "f[0] = 1",
        "def g():\n    f = 1",
        "class A:\n    def f(self): pass",
        "lambda f: 1",
        "from f import x",
        "import x.f",
    ],
)
def test_a_mention_is_no_definition(source):
    assert not defines(parse(source), "f")


def test_a_method_belongs_to_the_last_class_of_its_name():
    source = "class A:\n    def f(self): pass\n\nclass B:\n    def g(self): pass"
    assert defines(parse(source), "A.f")
    assert defines(parse(source), "B.g")
    assert not defines(parse(source), "A.g")
    assert not defines(parse(source), "C.f")
    assert not defines(parse(source + "\n\nclass A:\n    pass"), "A.f")


@pytest.mark.parametrize(
    "source",
    [
        "def f(): pass",
        "def f(): ...",
        "def f():\n    '''Doc.'''",
        "def f():\n    '''Doc.'''\n    raise NotImplementedError('later')",
        "def f():\n    x = 1\n    ...\n    return x",
        "from solution import f",
        "from .main import f",
        "from . import f",
        "import f",
        "def f(): return 1\nfrom answer import f",
    ],
)
def test_an_announcement_is_a_sketch(source):
    assert is_sketch(parse(source), "f")


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return 1",
        "def f():\n    '''Doc.'''\n    return 1",
        "def f(): return ...",
        "def f():\n    x = 1\n    'a remark'\n    return x",
        "from math import gcd as f",
        "from numpy.linalg import norm as f",
        "f = lambda: 1",
        "def f(): pass\ndef f(): return 1",
        "def f(x):\n    if not x:\n        raise NotImplementedError\n    return 1",
    ],
)
def test_a_definition_is_no_sketch(source):
    assert not is_sketch(parse(source), "f")


def test_chains_far_deeper_than_the_stack_are_walked():
    tree = parse("if x:\n    f = 1\n" + "elif y:\n    pass\n" * 400 + "else:\n    g = 1")
    assert defines(tree, "g")
