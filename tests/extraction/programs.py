"""Programs that hide in chat text in the tests of extraction: each is a whole answer, and each is nasty in its way."""

from tarot_bench.problem import Problem, TestCase

STDIN = {
    "plain": "n = int(input())\nprint(n * 2)",
    "main guard": (
        "import sys\n\n\ndef main():\n    data = sys.stdin.read().split()\n    print(len(data))\n\n\n"
        'if __name__ == "__main__":\n    main()'
    ),
    "bytes": "import os\nimport sys\n\nraw = os.read(0, 1 << 20)\nsys.stdout.buffer.write(raw[::-1])",
    "fence in a docstring": (
        'def solve(n):\n    """Doubles.\n\n    ```\n    solve(2)\n    ```\n\n    ```python\n    solve(3)\n    ```\n'
        '    """\n    return 2 * n\n\n\nprint(solve(int(input())))'
    ),
    "fence at the margin in a string": 'text = """\n```\ncode\n```\n"""\nprint(text, input())',
    "fences in one line": 'print("```python", input(), "```")',
    "tags in strings": (
        'import re\n\ntext = input()\nprint(re.sub("<think>.*?</think>", "", text))\n'
        'print("<answer>" + text + "</answer>", "</reasoning>")'
    ),
    "prose in a string": 'ASKED = """\nHere is the code:\nThis works because it does.\n"""\nprint(input(), ASKED)',
    "docstring": '"""Double it.\n\nReads one number.\n"""\n\nprint(2 * int(input()))',
    "tabs": "for _ in range(int(input())):\n\tprint('x')",
    "unicode": 'print("π ≈ 3 🙂", input())\n# комментарий',
    "no-break space in a string": 'print("a\u00a0b", input())',
    "blank lines": "\n\nn = input()\n\n\n\nprint(n)\n\n",
    "future": "from __future__ import annotations\n\nx: Later = input()\nprint(x)",
    "open": "a, b = map(int, open(0).read().split())\nprint(a + b)",
    "one line": "print(sum(map(int, input().split())))",
    "comment first": "#!/usr/bin/env python3\n# Doubling\nprint(2 * int(input()))",
    "walrus": "while (line := input()) != '0':\n    print(line)",
    "class": "class Solver:\n    def run(self):\n        print(input())\n\n\nSolver().run()",
    "warns": 'print("\\d" is input())',
}

FUNCTION = {
    "plain": "def entry(x):\n    return x + 1",
    "helper": "def helper(x):\n    return x + 1\n\n\ndef entry(x):\n    return helper(x)",
    "decorated": "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef entry(x):\n    return x + 1",
    "lambda": "entry = lambda x: x + 1",
    "annotated assignment": "from typing import Callable\n\nentry: Callable[[int], int] = lambda x: x + 1",
    "alias": "def other(x):\n    return x + 1\n\n\nentry = other",
    "imported alias": "from math import gcd as entry",
    "async": "async def entry(x):\n    return x + 1",
    "twice": "def entry(x):\n    return x\n\n\ndef entry(x):\n    return x + 1",
    "in try": "try:\n    from math import isqrt as entry\nexcept ImportError:\n    def entry(x):\n        return x",
    "in if": "import sys\n\nif sys.version_info > (3,):\n    def entry(x):\n        return x + 1",
    "doctest": 'def entry(x):\n    """Add one.\n\n    ```\n    >>> entry(1)\n    2\n    ```\n    """\n    return x + 1',
    "guard": "def entry(x):\n    return x + 1\n\n\nif __name__ == '__main__':\n    print(entry(3))",
    "class": "class entry:\n    def __new__(cls, x):\n        return x + 1",
    "generator": "def entry(x):\n    yield x + 1",
    "tags in strings": 'def entry(x):\n    return "<think>" + x + "</think>"',
    "own input": "def entry(input):\n    return input + 1",
    "global state": "CACHE = {}\n\n\ndef entry(x):\n    CACHE[x] = x\n    return CACHE[x] + 1",
}

METHOD = {
    "plain": "class Solution:\n    def entry(self, x):\n        return x + 1",
    "helper method": (
        "class Solution:\n    def help(self, x):\n        return x + 1\n\n    def entry(self, x):\n"
        "        return self.help(x)"
    ),
    "imports": "from typing import Any\n\n\nclass Solution:\n    def entry(self, x: Any) -> int:\n        return x + 1",
}


def problem(entry_point=None, starter=None):
    """A problem as far as extraction looks at it."""
    kind = "call" if entry_point else "stdin"
    return Problem(
        id="p",
        statement="Double it.",
        style="function" if entry_point else "stdin",
        entry_point=entry_point,
        starter_code=starter,
        tests=(TestCase(tier="basic", input="[1]", output="2", kind=kind),),
    )


READS, CALLS, METHODS = problem(), problem("entry"), problem("Solution.entry")
ALL = [
    *((READS, code) for code in STDIN.values()),
    *((CALLS, code) for code in FUNCTION.values()),
    *((METHODS, code) for code in METHOD.values()),
]
