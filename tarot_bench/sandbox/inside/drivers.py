"""Drive a test process in the modes that call a function instead of running a script.

Values cross the sandbox boundary as data (`tarot_bench.sandbox.values`). Requests and replies are framed by their
length, four bytes little-endian.
"""

import os
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, cast

from tarot_bench.sandbox import values
from tarot_bench.sandbox.inside import program
from tarot_bench.sandbox.inside.channel import Channel

IN, OUT, REPORT = 3, 4, 5
MODULE = "main"
_SHOWN = 300


def call_once(code: types.CodeType, entry_point: str) -> NoReturn:
    """Import the program, call its entry point with the arguments on `IN`, write the result to `OUT`, leave."""
    _answer_all(code, entry_point, lambda function, arguments: values.encode(function(*arguments)))


def call_each(code: types.CodeType, entry_point: str) -> NoReturn:
    """Do the same for several calls, up to the first that raises."""
    _answer_all(code, entry_point, _answers)


def _answers(function: Callable[..., object], calls: Iterable[Any]) -> bytes:
    """Encode the results, each one at once: a later call may change what an earlier one has returned."""
    answers: list[bytes] = []
    for arguments, named in calls:
        try:
            answers.append(values.encode(["value", values.returned(function(*arguments, **named))]))
        except Exception as error:
            answers.append(values.encode(["raised", f"{type(error).__name__}: {_text(error)[:_SHOWN]}"]))
            break
    return b"[" + b",".join(answers) + b"]"


def _answer_all(code: types.CodeType, entry_point: str, how: Callable[[Callable[..., object], Any], bytes]) -> NoReturn:
    status = 0
    try:
        function = _load(program.make_module(MODULE).__dict__, code, entry_point)
        asked = values.decode(_read_all(IN))
        _write_all(OUT, how(function, asked))
    except BaseException as error:
        status = program.report(error) or 1  # a call that ends in sys.exit(0) has not returned
    program.finish(status, thorough=False)


def serve_calls(code: types.CodeType, entry_point: str) -> NoReturn:
    """Import the program and answer calls until the tester closes its end."""
    namespace = program.make_module(MODULE).__dict__
    try:
        function = _load(namespace, code, entry_point)
    except BaseException as error:
        program.finish(program.report(error) or 1, thorough=False)
    while (request := _read_frame(IN)) is not None:
        _write_frame(OUT, _answer(namespace, function, request))
    program.finish(0, thorough=False)


def run_tester(code: types.CodeType, wall_s: float) -> NoReturn:
    """Run trusted test code with a `candidate` that lives in another process, and write the report."""
    candidate = _Candidate(wall_s)
    namespace = program.make_module("tester").__dict__
    namespace["candidate"] = candidate
    try:
        exec(code, namespace)
        status, detail = "passed", ""
    except CandidateError as error:
        status, detail = "raised", _text(error)
    except AssertionError as error:
        status, detail = "failed", f"AssertionError: {_text(error)}".removesuffix(": ")
    except BaseException as error:
        status, detail = "broken", f"{type(error).__name__}: {_text(error)}"
    if candidate.lost:  # whatever the test code made of it
        status, detail = "raised", candidate.lost
    _write_all(REPORT, values.encode({"status": status, "detail": detail}))
    os._exit(0)


class CandidateError(Exception):
    """The candidate raised an exception.

    An exception of the candidate's own type could trigger Python's protocols in the test code: a StopIteration ends
    ``all(map(candidate, inputs))`` early, and passes.
    """


class CandidateLostError(BaseException):
    """The candidate's process has ended or does not answer; not an Exception, so that test code does not catch it."""


class _Candidate:
    """A proxy for the function under test: sends arguments, returns a result of exact standard types."""

    def __init__(self, wall_s: float) -> None:
        self.lost = ""
        self._channel = Channel(OUT, IN, wall_s)

    def __call__(self, *arguments: object, **named: object) -> object:
        return self._ask(values.encode([list(arguments), named]))

    def evaluate(self, expression: str) -> object:
        """Evaluate an expression in the program's process and namespace.

        For tests that need the program's classes, or something made of what its function returns; the answer is the
        program's word and no more than that.
        """
        return self._ask(values.encode(expression))

    def _ask(self, request: bytes) -> object:
        if self.lost:
            raise CandidateLostError(self.lost)
        try:
            reply = values.decode_untrusted(self._channel.ask(request))
        except (OSError, MemoryError, values.EncodingError) as error:
            self._lose(_text(error) or "the candidate's reply is too large")
        if isinstance(reply, dict) and "value" in reply:
            return reply["value"]
        if not isinstance(reply, dict) or {type(reply.get("raised")), type(reply.get("message"))} != {str}:
            self._lose("the candidate's reply is malformed")
        raise CandidateError(f"{reply['raised']}: {reply['message']}".removesuffix(": "))

    def _lose(self, why: str) -> NoReturn:
        self.lost = why
        raise CandidateLostError(why)


def _load(namespace: dict[str, Any], code: types.CodeType, entry_point: str) -> Callable[..., object]:
    exec(code, namespace)
    name, _, method = entry_point.partition(".")
    if name not in namespace:
        raise NameError(f"name {name!r} is not defined")
    target: Any = namespace[name]
    function: Callable[..., object] = getattr(target(), method) if method else target
    return function


def _answer(namespace: dict[str, Any], function: Callable[..., object], request: bytes) -> bytes:
    try:
        asked = values.decode(request)
        if isinstance(asked, str):
            return values.encode({"value": values.returned(eval(asked, namespace))})
        arguments, named = cast("tuple[list[object], dict[str, object]]", asked)
        return values.encode({"value": values.returned(function(*arguments, **named))})
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return values.encode({"raised": type(error).__name__, "message": _text(error)})


def _text(error: BaseException) -> str:
    try:
        return str(error)[:1000]
    except BaseException:
        return ""


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _read_frame(descriptor: int) -> bytes | None:
    header = _read_exactly(descriptor, 4)
    if header is None:
        return None
    size = int.from_bytes(header, "little")
    return _read_exactly(descriptor, size) if size <= values.MAX_BYTES else None


def _write_frame(descriptor: int, data: bytes) -> None:
    _write_all(descriptor, len(data).to_bytes(4, "little") + data)
