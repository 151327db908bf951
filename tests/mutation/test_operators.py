import ast

import pytest

from tarot_bench.mutation import mutants
from tarot_bench.mutation.operators import OPERATORS

CASES = {
    "relational": [
        ("a < b", ["a <= b"]),
        ("a >= b", ["a > b"]),
        ("a == b", ["a != b"]),
        ("a in b", ["a not in b"]),
        ("a is b", ["a is not b"]),
        ("a < b > c", ["a <= b > c", "a < b >= c"]),
    ],
    "arithmetic": [
        ("a + b", ["a - b"]),
        ("a * b + c", ["a * b - c", "(a + b) + c"]),
        ("a // b", ["a * b"]),
        ("a % b", ["a // b"]),
        ("a << b", ["a >> b"]),
        ("'%d' % a", []),
        ("a + 'text'", []),
        ("f'{a}' + b", []),
        ("a @ b", []),
    ],
    "augmented": [("a += b", ["a -= b", "a = b"]), ("a[i] *= 2", ["a[i] += 2", "a[i] = 2"]), ("a += 'x'", ["a = 'x'"])],
    "constant": [("x = 5", ["x = 6", "x = 4"]), ("x = True", []), ("x = 2.5", []), ("x = None", [])],
    "boolean": [("x = True", ["x = False"]), ("a and b and c", ["a or b or c"]), ("a or b", ["a and b"])],
    "condition": [
        ("if a:\n    b", ["if not a:\n    b"]),
        ("while a < b:\n    c", ["while not a < b:\n    c"]),
        ("a if b else c", ["a if not b else c"]),
        ("[a for a in b if a if c]", ["[a for a in b if not a if c]", "[a for a in b if a if not c]"]),
    ],
    "unary": [("-a", ["a"]), ("not a", ["a"]), ("~a", ["a"]), ("+a", [])],
    "deletion": [
        ("a = 1", ["pass"]),
        ("a += 1", ["pass"]),
        ("f()", ["pass"]),
        ("raise a", ["pass"]),
        ("assert a", ["pass"]),
        ("del a", ["pass"]),
        ("def f():\n    return 1", []),
        ("def f():\n    global a", []),
    ],
    "range_bound": [
        ("range(n)", ["range(n + 1)", "range(n - 1)"]),
        ("range(a, b, 2)", ["range(a + 1, b, 2)", "range(a - 1, b, 2)", "range(a, b + 1, 2)", "range(a, b - 1, 2)"]),
        ("range(*a)", []),
        ("a.range(n)", []),
    ],
    "index": [
        ("a[i]", ["a[i + 1]", "a[i - 1]"]),
        ("a[i:]", ["a[i + 1:]", "a[i - 1:]"]),
        ("a[:j]", ["a[:j + 1]", "a[:j - 1]"]),
        ("a['key']", []),
        ("a[i, j]", []),
        ("a[:]", []),
    ],
    "result": [
        ("def f():\n    return a", ["def f():\n    return"]),
        ("def f():\n    return", []),
        ("print(a, b)", ["print(a)", "print(a, b, end='')"]),
        ("print()", ["print(end='')"]),
        ("print(a, end=' ')", ["print(end=' ')"]),
    ],
    "swapped_arguments": [
        ("f(a, b, c)", ["f(b, a, c)", "f(a, c, b)"]),
        ("f(a, a)", []),
        ("f(a)", []),
        ("f(*a, b)", []),
    ],
    "extreme": [("min(a)", ["max(a)"]), ("max(a)", ["min(a)"]), ("any(a)", ["all(a)"]), ("min = a", [])],
    "loop_exit": [
        ("while a:\n    break", ["while a:\n    continue"]),
        ("while a:\n    continue", ["while a:\n    break"]),
    ],
    "text": [("x = 'Yes'", ["x = 'yES'"]), ("x = '10 20'", ["x = '10 20_'"]), ("x = ''", ["x = '_'"]), ("b'x'", [])],
}


def test_every_operator_has_cases():
    assert set(CASES) == set(OPERATORS)


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [(operator, source, expected) for operator, cases in CASES.items() for source, expected in cases],
)
def test_what_an_operator_makes(operator, source, expected):
    made = [mutant.source.strip() for mutant in mutants(source) if mutant.operator == operator]
    assert made == [ast.unparse(ast.parse(text)) for text in expected]
