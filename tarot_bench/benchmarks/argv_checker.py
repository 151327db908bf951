"""Runs a checker that was written for files, as CodeForces' are, under this package's protocol for checkers.

This file is checker code: its text, with the checker behind it, is the program that runs in the sandbox. Hence standard
library only, and nothing of this package.

In: JSON ``{"input", "expected", "output"}`` on standard input. Out: exit status 0 to accept, 1 to reject, anything else
where the checker gave no score. The checker is run as ``checker.py INPUT EXPECTED OUTPUT`` and prints its score, 1 for
a right answer.
"""

import contextlib
import io
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")


def main(source: str) -> NoReturn:
    """Judge the question on standard input with a checker's source."""
    scores, trouble = _run(source, json.load(sys.stdin))
    if trouble:
        sys.stderr.write(f"{trouble}\n")
        sys.exit(2)
    sys.exit(0 if scores == {1.0} else 1)


class _Printed(io.StringIO):
    """Standard output that tells a score from a number in what was printed of the program's output.

    A score is a number that was written in one piece, and alone on its line. Hence ``print(0, word)`` is none,
    whatever the word is, nor is ``print(text)`` where the text has several lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = [[]]

    def write(self, text: str) -> int:
        """Keep a piece of a line."""
        if text.strip():
            self.lines[-1].append(text.removesuffix("\n").strip(" \t"))
        if text.endswith("\n"):
            self.lines.append([])
        return super().write(text)

    def scores(self) -> set[float]:
        """The scores; none where the last line is not one."""
        lines = [line for line in self.lines if line]
        numbers = [len(line) == 1 and _NUMBER.fullmatch(line[0]) for line in lines]
        return {float(number[0]) for number in numbers if number} if numbers and numbers[-1] else set()


def _run(source: str, question: dict[str, str]) -> tuple[set[float], str]:
    """The scores of an output, of which all must be 1, and why there is none."""
    printed = _Printed()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.txt") for name in ("input", "expected", "output")]
        for path in paths:
            path.write_text(question[path.stem], encoding="utf-8", errors="surrogateescape")
        sys.argv = ["checker.py", *map(str, paths)]
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source, "checker.py", "exec"), {"__name__": "__main__"})
        except SystemExit as leaving:
            if not printed.scores():
                return set(), f"it left with {leaving.code!r} and printed no score"
        except Exception as error:
            return set(), " ".join(f"{type(error).__name__}: {error}".split())
    return printed.scores(), "" if printed.scores() else f"it printed {printed.getvalue()[:100]!r}, which is no score"
