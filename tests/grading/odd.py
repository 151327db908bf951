"""Odd things that a program may return, print, or write by hand: expressions, encodings and outputs, for fuzzing."""

import json

from hypothesis import strategies as st

PRELUDE = f"""
import itertools
from decimal import Decimal
from fractions import Fraction
PRIME = {2**61 - 1}

def nest(kind, depth, inside=0):
    for _ in range(depth):
        inside = {{"key": inside}} if kind is dict else kind([inside])
    return inside

def cyclic():
    items = []
    items.append(items)
    return items

class Sly(int):
    def __eq__(self, other): return True
    def __hash__(self): raise ValueError
    def __repr__(self): raise KeyboardInterrupt

class Liar(str):
    def __len__(self): return -1
    def __str__(self): return None

class Shy(dict):
    def items(self): raise StopIteration
    def __iter__(self): raise RecursionError

class Items(list):
    def __iter__(self): return iter(range(10 ** 9))
"""
"""What the expressions below may use."""

_ATOMS = st.sampled_from(
    [
        *("10**5000", "-10**5000", "10**400", "2**1024", "2**61-1", "True", "None", "...", "NotImplemented", "0", "1"),
        *("1e308*10", "-1e308*10", "1e308*10-1e308*10", "5e-324", "1e400", "0.1+0.2", "-0.0", "2.5", "1e23"),
        *("1j", "complex(1e308*10, 1)", "complex(2, 0)", "complex(0, 1e308*10-1e308*10)", "10**4299", "10**4301"),
        *("''", "'1'", "'\\ud800'", "'\\udcff'", "'\\x00'", "'a\\n b'", "'\\x1b[2J'", "'x' * 300_000", "'é' * 5000"),
        *("b''", "b'\\xff' * 3000", "bytearray(b'ab')", "'!'", "b'!'", "'[/red]'", "'\\u202e'", "'\\u2028'"),
        *("cyclic()", "Sly(3)", "Liar('x')", "Shy({1: 2})", "Items([1, 2])", "object()", "range(3)", "iter([])"),
        *("nest(list, 150)", "nest(list, 5000)", "nest(tuple, 190)", "nest(dict, 199)", "nest(frozenset, 99)"),
        *("{PRIME * i for i in range(1, 2500)}", "[PRIME * i for i in range(1, 2500)]", "[[]] * 40_000"),
        *("{PRIME * i: 0 for i in range(1, 2500)}", "[0] * 30_000", "[1, 2]", "(1, 2)", "{1, 2}", "{'a': 1.5}"),
        *("[2.5]", "{2.5}", "{1e308*10-1e308*10}", "{1e308*10: 1}", "{1e308*10-1e308*10: 1}", "{(1, 2): [3]}"),
        *("frozenset({1})", "[10**400]", "{10**400}", "{10**400: 10**400}", "[1e308*10-1e308*10]"),
        *("Decimal('2.5')", "Decimal('NaN')", "Decimal('sNaN')", "Decimal('1e999999999')", "Decimal('Infinity')"),
        *(
            "Decimal('1e1000')",
            "Decimal('3')",
            "Fraction(5, 2)",
            "Fraction(3)",
            "Fraction(10**400, 3)",
            "Fraction(1, 2)",
        ),
        *(
            "map(int, '12')",
            "(1 // n for n in [1, 0])",
            "itertools.count()",
            "iter([Decimal('sNaN')])",
            "zip('a', [1])",
        ),
        *("{1: 2}.keys()", "{1: 2}.items()", "{1: 2}.values()", "{PRIME * i: 0 for i in range(1, 2500)}.keys()"),
        *("{'!': 1}", "{'!': ['int', 'zz']}", "{True: 1, 'a': 2}"),
    ]
)
expressions = st.recursive(
    _ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(inner, max_size=3).map(lambda items: f"({''.join(f'{item}, ' for item in items)})")
        | st.lists(inner, min_size=1, max_size=3).map(lambda items: f"{{{', '.join(items)}}}")
        | st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}")
    ),
    max_leaves=5,
)
"""Source text of values, most of which plain data can hold."""

_TAGS = st.sampled_from(
    [
        *("tuple", "set", "frozenset", "dict", "bytes", "float", "complex", "int", "eval", "", "!"),
        *("decimal", "fraction", "iterator", "range", "keys", "items", "values"),
    ]
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**400, max_value=10**410)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["nan", "inf", "1e999", "0x", "0x" + "f" * 5000, "1" * 5000, "\ud800", "value", "raised"])
    | st.sampled_from(["sNaN", "1e999999999", "1e1000", "2.5", "1e-1000", "Infinity"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=2) | st.just("!"), inner, max_size=3)
        | st.tuples(_TAGS, inner).map(lambda body: {"!": list(body)})
        | inner.map(lambda body: {"!": body})
        | inner.map(lambda body: [["value", body]])
        | inner.map(lambda body: [["raised", body]])
    ),
    max_leaves=8,
)
written = (
    st.binary(max_size=40)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | _JSON.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | st.tuples(_JSON, st.integers(0, 60)).map(lambda made: json.dumps(made[0]).encode()[: made[1]])
    | st.sampled_from(
        [
            b"[" * 100_000,
            b"[" * 350 + b"]" * 350,
            b'{"a":' * 90_000,
            b'{"!":["tuple",[' * 300 + b"]]}" * 300,
            b"[" + b"[]," * 60_000 + b"[]]",
            b"[" + b"{}," * 60_000 + b"{}]",
            b'{"!":["complex",[1' + b"0" * 400 + b",0]]}",
            b'[["value",{"!":["complex",[1' + b"0" * 400 + b",1]]}]]",
            b'{"!":["int","0x' + b"f" * 50_000 + b'"]}',
            b'{"!":["int","' + b"9" * 60_000 + b'"]}',
            b"9" * 60_000,
            b'"' + b"\\ud800" * 9000 + b'"',
            b'"' + b"x" * 2_000_000 + b'"',
            b'{"!":["set",[' + b",".join(b"%d" % ((2**61 - 1) * n) for n in range(1, 3001)) + b"]]}",
            b'[["value",{"!":["dict",[' + b",".join(b"[%d,0]" % ((2**61 - 1) * n) for n in range(1, 2500)) + b"]]}]]",
            b'{"!":["dict",["ab","cd"]]}',
            b'{"!":["dict",[[[],1]]]}',
            b'{"!":{"int":1,"0x1":2}}',
            b'{"!":"ab"}',
            b'{"!":[["int"],"0x1"]}',
            b'{"!":["decimal","sNaN"]}',
            b'[["value",{"!":["decimal","NaN"]}]]',
            b'{"!":["fraction",[1,0]]}',
            b'{"!":["iterator",[{"!":["iterator",[1]]}]]}',
            b'{"!":["set",[{"!":["iterator",[]]},{"!":["range",[0,1000000,1]]},{"!":["decimal","NaN"]}]]}',
            b'[["value",{"!":["keys",[{"!":["decimal","1e1000"]},{"!":["fraction",[5,2]]}]]}]]',
            b"NaN",
            b"-Infinity",
            b"\xef\xbb\xbf1",
            b"",
        ]
    )
)
"""Bytes that a program writes to the result channel by hand."""

_PIECES = st.sampled_from(
    [
        *("1", "2.5", "1e400", "1" * 5000, "nan", "inf", "-", ".", "é", "1e", "+1", "1_0", "\x00", "\x1b[31m"),
        *("\n", "\n\n", " ", "\t", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u2028"),
        *("x" * 3000, "1 " * 4000, "\n" * 5000, " " * 5000),
    ]
)
printed = st.lists(_PIECES, max_size=8).map(lambda parts: "".join(parts).encode()) | st.binary(max_size=30)
"""What a program writes to standard output."""

EXPECTED = [
    *("3", "2.5", "1e300", "[1, 2]", '"text"', "null", "true", '{"a": 1.5}', "[[1, 2.5], [3]]", "[]", "{}", '""'),
    *('{"!": ["tuple", [1, 2]]}', '{"!": ["set", [1, 2.5]]}', '{"!": ["float", "nan"]}', '{"!": ["float", "inf"]}'),
    *('{"!": ["dict", [[1, 2]]]}', '{"!": ["complex", [1, 2]]}', '{"!": ["int", "0xffffffffffffffffff"]}'),
    *('{"!": ["decimal", "2.5"]}', '{"!": ["decimal", "NaN"]}', '[{"!": ["fraction", [5, 2]]}, 3]'),
    *('{"!": ["dict", [[{"!": ["float", "nan"]}, 1]]]}', '{"!": ["set", [{"!": ["float", "nan"]}]]}'),
]
"""Encoded expected values that call for every branch of the comparison."""
