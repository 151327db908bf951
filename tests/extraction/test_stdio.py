import pytest

from tarot_bench.extraction.stdio import INPUT_MARKS, reads_input, writes_output
from tarot_bench.extraction.syntax import parse

READING = [
    "x = input()",
    "for line in __import__('sys').stdin: print(line)",
    "import sys\nx = sys.stdin.buffer.read()",
    "from sys import stdin\nx = stdin.read()",
    "from sys import stdin as s\nx = s.read()",
    "x = open(0).read()",
    "x = open('/dev/stdin').read()",
    "import os\nx = os.read(0, 9)",
    "import os\nx = os.fdopen(0)",
    "import fileinput",
    "from fileinput import input as read",
    "import sys\ninput = sys.stdin.readline\nx = input()",
    "for line in iter(input, ''): print(line)",
    "read = input\nx = read()",
    "import io, os, sys\nsys.stdin = io.BytesIO(os.read(0, 9))",
    "import io, sys\nsys.stdin = io.StringIO(sys.stdin.read())",
    "import sys\nsys.stdin = open('in.txt')\nx = input()",
    "def solve():\n    return input()",
]
SILENT = [
    "x = 3",
    "# input()\nx = 'input() sys.stdin'",
    "def parse_input(s): return s",
    "def f(input): return input + 1",
    "input = lambda: '3'\nx = input()",
    "def input(): return '3'\nx = input()",
    "x = open('data.txt').read()",
    "import io, sys\nsys.stdin = io.StringIO('3')\nx = input()",
    "x = obj.read(1)",
]


@pytest.mark.parametrize("source", READING)
def test_every_way_of_reading_is_seen(source):
    assert reads_input(parse(source))
    assert any(mark in source for mark in INPUT_MARKS)


@pytest.mark.parametrize("source", SILENT)
def test_what_only_looks_like_reading_is_not(source):
    assert not reads_input(parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "print(1)",
        "import sys\nsys.stdout.write('1')",
        "import os\nos.write(1, b'1')",
        "from sys import stdout\nw = stdout.write",
        "import sys\nsys.stdout.buffer.writelines([b'1'])",
        "from pprint import pprint\npprint(1)",
        "say = print",
    ],
)
def test_every_way_of_writing_is_seen(source):
    assert writes_output(parse(source))


@pytest.mark.parametrize("source", ["x = 'print'", "def print_all(): pass", "# print()", "x = reprint(1)"])
def test_what_only_looks_like_writing_is_not(source):
    assert not writes_output(parse(source))
