"""Runs inside the sandbox: one program on many inputs in one process, with the executed lines counted.

Standard library only and self-contained: `observing` hands this very text to the sandbox.
It is faster and less faithful than a process for each input: its results choose inputs and validators, and never judge
a test or a solution.
"""

import io
import os
import sys
import threading
from typing import Any

_NAME = "program.py"
_MOST_IN_PIPE = 60_000
"""Bytes; Linux gives a pipe 65,536."""


class Enough(BaseException):
    """The program has executed as many lines as are counted."""


class Counter:
    """Counts the lines of the program, not of what it imports."""

    def __init__(self, most: int) -> None:
        self.lines, self.most = 0, most

    def __call__(self, frame: Any, event: str, _argument: object) -> Any:
        """A trace function, for `sys.settrace`."""
        if frame.f_code.co_filename != _NAME:
            return None
        if event == "line":
            self.lines += 1
            if self.lines > self.most:
                raise Enough
        return self


def observe(source: str, entry_point: str | None, inputs: list[Any], most_lines: int) -> list[list[Any]]:
    """Run a program on each input.

    Args:
        source: the program.
        entry_point: what to call; None runs the program as a script.
        inputs: texts for standard input, or lists of arguments where there is an entry point.
        most_lines: stop counting, and the program, there; 0 counts nothing.

    Returns:
        For each input, whether the program ended well, and how many lines it executed.
    """
    code = compile(source, _NAME, "exec")
    return [_observe(code, entry_point, given, most_lines) for given in inputs]


def _observe(code: Any, entry_point: str | None, given: Any, most_lines: int) -> list[Any]:
    counter = Counter(most_lines)
    streams = sys.stdin, sys.stdout
    sys.stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")
    try:
        run = _call(code, entry_point, given) if entry_point else _program(code, given)
        if most_lines:
            threading.settrace(counter)
            sys.settrace(counter)
        run()
    except SystemExit as end:
        return [_ends_well(end.code), counter.lines]
    except Enough:
        return [True, counter.lines]
    except BaseException:
        return [False, counter.lines]
    finally:
        sys.settrace(None)
        threading.settrace(None)
        sys.stdin, sys.stdout = streams
    return [True, counter.lines]


def _ends_well(code: Any) -> bool:
    """Whether `SystemExit` with this code ends a process with status 0."""
    return code is None or (isinstance(code, int) and not code & 0xFF)


def _program(code: Any, text: str) -> Any:
    data = text.encode("utf-8", "surrogateescape")
    _put_on_descriptor(data)
    sys.stdin = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="surrogateescape")
    return lambda: exec(code, {"__name__": "__main__"})


def _put_on_descriptor(data: bytes) -> None:
    """Let programs read an input from descriptor 0 or /dev/stdin, too, if a pipe holds all of it."""
    if len(data) > _MOST_IN_PIPE:
        return
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    if reading:  # otherwise the program before closed descriptor 0, and the pipe has it
        os.dup2(reading, 0)
        os.close(reading)


def _call(code: Any, entry_point: str, arguments: list[Any]) -> Any:
    names: dict[str, Any] = {"__name__": "program"}
    exec(code, names)
    first, _, method = entry_point.partition(".")
    function = getattr(names[first](), method) if method else names[first]
    return lambda: function(*arguments)
