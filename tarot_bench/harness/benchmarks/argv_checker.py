"""Runs a checker that was written for files, as CodeForces' are, under this package's protocol for checkers.

This file is checker code: its text, with the checker behind it, is the program that runs in the sandbox. Hence standard
library only, and nothing of this package.

In: JSON ``{"input", "expected", "output"}`` on standard input. Out: exit status 0 to accept, 1 to reject, anything else
for trouble of the checker's own. The checker is run as ``checker.py INPUT EXPECTED OUTPUT`` and prints its score, 1 for
a right answer.
"""

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import NoReturn


def main(source: str) -> NoReturn:
    """Judge the question on standard input with a checker's source.

    A checker that stumbles over an output rejects it, if it accepts the expected output; else it is at fault.
    """
    question = json.load(sys.stdin)
    score, trouble = _run(source, question, question["output"])
    if trouble:
        control, its_trouble = _run(source, question, question["expected"])
        if its_trouble or control != 1.0:
            why = its_trouble or f"score {control:g}"
            sys.stderr.write(f"the checker does not accept the expected output: {why}\n")
            sys.exit(2)
        sys.stdout.write(f"the checker could not read the output: {trouble}\n")
    sys.exit(0 if score == 1.0 else 1)


def _run(source: str, question: dict[str, str], output: str) -> tuple[float, str]:
    """The score of one output, and why there is none."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("input.txt", "expected.txt", "output.txt")]
        for path, text in zip(paths, (question["input"], question["expected"], output), strict=True):
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
        sys.argv = ["checker.py", *map(str, paths)]
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source, "checker.py", "exec"), {"__name__": "__main__"})
        except SystemExit as leaving:
            if not printed.getvalue().strip():
                return 0.0, f"it left with {leaving.code!r} and printed no score"
        except Exception as error:
            return 0.0, f"{type(error).__name__}: {error}"
    words = printed.getvalue().split()
    try:
        return float(words[-1]), ""
    except (IndexError, ValueError):
        return 0.0, f"it printed {printed.getvalue()[:100]!r}, which is no score"
