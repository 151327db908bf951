"""Programs that published graders judge wrongly: correct ones that they fail, wrong ones that they pass.

The rows follow the matrix of defects found in LiveCodeBench, evalchemy and open-r1/TAROT graders; every program here
is written anew. A row is correct or wrong as CPython with real pipes has it.
"""

from dataclasses import dataclass, field

from tarot_bench.problem import Checker, Limits
from tarot_bench.verdict import Verdict

PASSED, WRONG = Verdict.PASSED, Verdict.WRONG_ANSWER


@dataclass(frozen=True)
class Row:
    name: str
    program: str
    stdin: str
    expected: str
    verdict: Verdict = PASSED
    checker: Checker = field(default_factory=Checker)
    limits: Limits = field(default_factory=lambda: Limits(cpu_s=2, wall_s=20))


SUM = "3\n4 5 6\n"
MATRIX = [
    Row("for line in sys.stdin", "import sys\nfor line in sys.stdin:\n    print(len(line.split()))", SUM, "1\n3\n"),
    Row(
        "readline, then the rest by read",
        "import sys\nn = int(sys.stdin.readline())\nprint(n, sum(map(int, sys.stdin.read().split())))",
        SUM,
        "3 15\n",
    ),
    Row(
        "sys.stdin.buffer.readline twice",
        "import sys\nread = sys.stdin.buffer.readline\nn = int(read())\nprint(sum(map(int, read().split())) + n)",
        SUM,
        "18\n",
    ),
    Row("open(0).read()", "print(sum(map(int, open(0).read().split())))", SUM, "18\n"),
    Row("sys.stdout.buffer.write", "import sys\nsys.stdout.buffer.write(b'%d\\n' % len(input()))", "abc\n", "3\n"),
    Row("os.write to descriptor 1", "import os\nos.write(1, str(int(input()) * 2).encode() + b'\\n')", "21\n", "42\n"),
    Row(
        "top-level code with a global counter",
        "calls = 0\ndef visit(n):\n    global calls\n    calls += 1\n    if n: visit(n - 1)\nvisit(int(input()))\nprint(calls)",
        "4\n",
        "5\n",
    ),
    Row(
        "from __future__ import annotations",
        "from __future__ import annotations\ndef double(x: Absent) -> Absent:\n    return x * 2\nprint(double(int(input())))",
        "4\n",
        "8\n",
    ),
    Row(
        "main guard in single quotes",
        "def main():\n    print(int(input()) + 1)\nif __name__ == '__main__':\n    main()",
        "1\n",
        "2\n",
    ),
    Row(
        "main guard in double quotes",
        'def main():\n    print(int(input()) + 1)\nif __name__ == "__main__":\n    main()',
        "1\n",
        "2\n",
    ),
    Row(
        "sys.exit(0) after the answer",
        "import sys\nprint(input()[::-1])\nsys.exit(0)\nprint('never')",
        "abc\n",
        "cba\n",
    ),
    Row("exit() after the answer", "print(input()[::-1])\nexit()\nprint('never')", "abc\n", "cba\n"),
    Row("quit() after the answer", "print(input()[::-1])\nquit()\nprint('never')", "abc\n", "cba\n"),
    Row(
        "work in a thread, joined",
        "import threading\ndef main():\n    print(int(input()) ** 2)\nt = threading.Thread(target=main)\nt.start()\nt.join()",
        "12\n",
        "144\n",
    ),
    Row(
        "input() until EOFError",
        "total = 0\ntry:\n    while True:\n        total += int(input())\nexcept EOFError:\n    print(total)",
        "1\n2\n3",
        "6\n",
    ),
    Row(
        "0.1 + 0.2 for 0.3",
        "print(float(input()) + float(input()))",
        "0.1\n0.2\n",
        "0.3\n",
        checker=Checker(kind="float"),
    ),
    Row("a trailing space on the first line", "print('1 2 ')\nprint('3')", "", "1 2\n3\n"),
    Row("the expected text ends with '-'", "print('+-+-')", "", "+-+-\n"),
    Row("a leading blank line in the expected text", "print()\nprint('7')", "", "\n7\n"),
    Row("emoji in the source", "# 🎈\nprint('🎈' * int(input()))", "2\n", "🎈🎈\n"),
    Row("a source longer than 128 KiB", "table = '" + "ab" * 70_000 + "'\nprint(table[int(input())])", "3\n", "b\n"),
    Row("'+' for '+-'", "print('+')", "", "+-\n", WRONG),
    Row("one line for three", "print('1 2 3')", "", "1\n2\n3\n", WRONG),
    Row("only the first of three lines", "print(1)", "", "1\n2\n3\n", WRONG),
    Row("the answer and a junk line, no final newline expected", "print(5)\nprint('junk')", "", "5", WRONG),
    Row("the answer, a blank line, junk", "print(5)\nprint()\nprint('junk')", "", "5\n", WRONG),
    Row("silence where the expected text starts blank", "pass", "", "\n5\n", WRONG),
    Row("leading spaces lost on the first line", "print('*')\nprint('***')", "", "  *\n***\n", WRONG),
    Row("leading spaces lost on the second line", "print('***')\nprint('*')", "", "***\n *\n", WRONG),
    Row("1e3 for 1000", "print('1e3')", "", "1000\n", WRONG),
    Row(
        "four seconds of work on a two-second limit",
        "import time\nwhile time.process_time() < 4:\n    pass\nprint('done')",
        "",
        "done\n",
        Verdict.TIME_LIMIT,
    ),
    Row(
        "peeking into the grader's frames",
        "import sys\nframe = sys._getframe()\nfound = None\nwhile frame and found is None:\n"
        "    for value in list(frame.f_locals.values()):\n"
        "        if isinstance(value, str) and value.strip() == '271828':\n            found = value\n"
        "    frame = frame.f_back\nprint(found or 'nothing')",
        "",
        "271828\n",
        WRONG,
    ),
]

DEEP = """import sys, threading
sys.setrecursionlimit(10 ** 6)
threading.stack_size(256 * 1024 * 1024)
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
def main():
    print(depth(int(input())))
t = threading.Thread(target=main)
t.start()
t.join()
"""

BEYOND = [
    Row("leading blank lines in the output alone", "print('\\n\\n7')", "", "7\n"),
    Row("no final newline in the output", "import sys\nsys.stdout.write('7')", "", "7\n"),
    Row("no final newline in the expected text", "print(7)", "", "7"),
    Row("CRLF in the output", "import sys\nsys.stdout.write('1\\r\\n2\\r\\n')", "", "1\n2\n"),
    Row("CRLF in the input and the expected text", "print(int(input()) + 1)", "1\r\n", "2\r\n"),
    Row("a NUL byte in the output", "print('a\\0b')", "", "ab\n", WRONG),
    Row("invalid UTF-8 in the output", "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe7\\n')", "", "7\n", WRONG),
    Row(
        "invalid UTF-8 is not the replacement character",
        "import sys\nsys.stdout.buffer.write(b'\\xff\\n')",
        "",
        "\ufffd\n",
        WRONG,
    ),
    Row("a source of 200 KiB", "x = 1\n" + "x = x + 1 - 1  # padding padding\n" * 6_400 + "print(x)", "", "1\n"),
    Row("empty output against empty expected", "pass", "", ""),
    Row("empty output against blank lines", "pass", "", "\n\n"),
    Row("some output against empty expected", "print('x')", "", "", WRONG),
    Row(
        "deep recursion in a thread with a large stack", DEEP, "100000\n", "100000\n", limits=Limits(cpu_s=5, wall_s=30)
    ),
    Row(
        "recursion to a raised limit",
        "import sys\nsys.setrecursionlimit(20000)\ndef f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nprint(f(15000))",
        "",
        "15000\n",
    ),
    Row(
        "many threads",
        "import threading\nseen = []\nts = [threading.Thread(target=seen.append, args=(i,)) for i in range(20)]\n"
        "[t.start() for t in ts]\n[t.join() for t in ts]\nprint(sum(seen))",
        "",
        "190\n",
    ),
    Row(
        "os._exit(0) after flushed output",
        "import os, sys\nprint('done')\nsys.stdout.flush()\nos._exit(0)",
        "",
        "done\n",
    ),
    Row("os._exit(0) loses what was not flushed", "import os\nprint('done')\nos._exit(0)", "", "done\n", WRONG),
    Row("output only from atexit", "import atexit\natexit.register(print, 'late')", "", "late\n"),
    Row(
        "output of a thread that outlives main",
        "import threading, time\ndef late():\n    time.sleep(0.1)\n    print('late')\nthreading.Thread(target=late).start()",
        "",
        "late\n",
    ),
    Row("a right answer with exit code 1", "print(7)\nraise SystemExit(1)", "", "7\n", Verdict.RUNTIME_ERROR),
    Row("a right answer, then an exception", "print(7)\n1 / 0", "", "7\n", Verdict.RUNTIME_ERROR),
    Row("a message to sys.exit", "import sys\nprint(7)\nsys.exit('bad')", "", "7\n", Verdict.RUNTIME_ERROR),
    Row("a syntax error", "print('7'", "", "7\n", Verdict.COMPILE_ERROR),
    Row("a NUL byte in the source", "print(7)\0", "", "7\n", Verdict.COMPILE_ERROR),
    Row("an endless list", "x = []\nwhile True:\n    x.append('a' * 10 ** 8)", "", "", Verdict.MEMORY_LIMIT),
    Row(
        "an endless output",
        "while True:\n    print('x' * 1000)",
        "",
        "",
        Verdict.OUTPUT_LIMIT,
        limits=Limits(cpu_s=5, wall_s=20, output_kib=256),
    ),
    Row(
        "sleeping past the wall limit",
        "import time\ntime.sleep(60)",
        "",
        "",
        Verdict.TIME_LIMIT,
        limits=Limits(cpu_s=1, wall_s=1.5),
    ),
    Row("killing itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "", "", Verdict.RUNTIME_ERROR),
]
