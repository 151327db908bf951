"""Run one program in this process as a fresh interpreter would, including its exit.

The interpreter is not torn down at the end (that costs more than everything else together); what a program can see of
the teardown is done by hand, in CPython's order.
"""

import atexit
import gc
import os
import re
import sys
import types
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from typing import NamedTuple, NoReturn

from tarot_bench.sandbox.inside.kernel import signals
from tarot_bench.sandbox.inside.wire import Given

path = "/box/main.py"
"""Where the program lies, and what its traceback calls it; the zygote moves it where there is no jail."""
_FLUSH_FAILED = 120
# Only a program with such words can have finalizers that act, files to flush, or generators to wind up at its end.
_FINALIZERS = re.compile(rb"__del__|weakref|finalize|exec|eval|import_module|__import__|Wrapper|Buffered|fdopen")
_WRITES = re.compile(rb"open.*[\"'](?:[wax]|r?b?\+)", re.DOTALL)
_SUSPENDS = re.compile(rb"(?:yield|async).*(?:finally|with|except)|(?:finally|with|except).*(?:yield|async)", re.DOTALL)
_IMPORTS = re.compile(rb"^[ \t]*(?:import|from)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)
# Importing one of these starts nothing and looks at nothing that a test could change. Whole names only: to import
# `unittest.__main__` is to run it.
_HARMLESS_NAMES = """
    abc array ast asyncio base64 binascii bisect calendar cmath collections collections.abc concurrent.futures
    contextlib copy csv ctypes dataclasses datetime decimal difflib enum fractions functools graphlib hashlib heapq
    html inspect io itertools json logging math numbers operator os os.path pathlib pickle pprint queue re secrets
    selectors shlex socket statistics string struct textwrap threading time timeit traceback types typing
    unicodedata unittest urllib.parse uuid warnings weakref zlib zoneinfo
"""
_HARMLESS = frozenset(_HARMLESS_NAMES.split())


class Program(NamedTuple):
    """A compiled program.

    Attributes:
        code: what `exec` takes.
        may_act_late: something of it may run, or write, after its last statement.
        warnings: the compiler's warnings.
    """

    code: types.CodeType
    may_act_late: bool
    warnings: str


def read(descriptor: int, source_bytes: int) -> Given:
    """Read a program. Only a process that serves no other program may do so; see `zygote`."""
    data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    return Given(data[:source_bytes], data[source_bytes:].decode("utf-8", "surrogatepass"))


def mark_prepared(descriptor: int) -> None:
    """Mark a program as compiled in its file's offset, which the process that sent it can see."""
    os.lseek(descriptor, 1, os.SEEK_SET)


def is_prepared(descriptor: int) -> bool:
    """Whether `mark_prepared` was called for this program."""
    return os.lseek(descriptor, 0, os.SEEK_CUR) == 1


def lay(descriptor: int, source_bytes: int) -> None:
    """Copy the source to a new file at the program's own path, without reading it into this process.

    Raises:
        OSError: the file system is full.
    """
    if os.path.lexists(path):
        os.unlink(path)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    laid = 0
    while laid < source_bytes:
        laid += os.sendfile(file, descriptor, laid, source_bytes - laid)
    os.close(file)


def compile_source(source: bytes) -> Program:
    """Compile a program as ``python3 main.py`` would.

    Raises:
        Exception: whatever `compile` finds wrong.
    """
    if b"\0" in source:
        raise SyntaxError("source code cannot contain null bytes")
    start = os.lseek(2, 0, os.SEEK_CUR)  # the jail's own log, which no test sees
    code = compile(source, path, "exec", dont_inherit=True)
    said = os.lseek(2, 0, os.SEEK_CUR) - start
    warnings = ""
    if said:
        warnings = os.pread(2, said, start).decode("utf-8", "replace")
        os.ftruncate(2, start)
        os.lseek(2, start, os.SEEK_SET)
    return Program(code, any(words.search(source) for words in (_FINALIZERS, _WRITES, _SUSPENDS)), warnings)


def import_ahead(source: bytes) -> None:
    """Import the standard modules that a program mentions, once for all its tests."""
    for statement in _IMPORTS.finditer(source):
        for name in statement[1].decode("ascii", "replace").split(","):
            if name.strip() in _HARMLESS:
                with suppress(Exception):
                    __import__(name.strip())


def make_module(name: str) -> types.ModuleType:
    """Create a module with the attributes of a script's ``__main__``, and register it in `sys.modules`."""
    module = types.ModuleType(name)
    module.__dict__.update(
        __file__=path,
        __cached__=None,
        __builtins__=sys.modules["builtins"],
        __annotations__={},
        __loader__=SourceFileLoader(name, path),
    )
    sys.modules[name] = module
    return module


main_module: types.ModuleType | None = None
"""Made beforehand by the zygote, so that each test finds one ready."""


def run_as_main(program: Program) -> NoReturn:
    """Run a program as ``__main__`` and end the process as it ends."""
    # What is frozen cannot be collected: a program with finalizers has to have a module that is not.
    fresh = main_module is None or program.may_act_late
    namespace = make_module("__main__").__dict__ if fresh else main_module.__dict__
    status, failure = 0, None
    if program.warnings:
        sys.stderr.write(program.warnings)
    try:
        exec(program.code, namespace)
    except BaseException as error:
        failure = error
    if failure is not None:  # reported outside the handler, so that a hook's own errors are not chained to it
        status = report(failure)
    del namespace, failure
    finish(status, thorough=program.may_act_late)


def report(error: BaseException) -> int:
    """Report an uncaught exception as the interpreter does, and return the exit status.

    The first frame of the traceback, which is this package's, is left out.
    """
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    if isinstance(error, SystemExit):
        return _exit_status(error.code)
    error = error.with_traceback(trace)
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    try:
        sys.excepthook(type(error), error, trace)
    except SystemExit as leaving:
        return _exit_status(leaving.code)
    except BaseException as second:
        sys.stderr.write("Error in sys.excepthook:\n")
        _show(second)
        sys.stderr.write("\nOriginal exception was:\n")
        sys.__excepthook__(type(error), error, trace)
    if isinstance(error, KeyboardInterrupt):
        signals.signal(signals.SIGINT, signals.SIG_DFL)
        _flush_standard_streams()
        os.kill(os.getpid(), signals.SIGINT)
    return 1


def finish(status: int, *, thorough: bool) -> NoReturn:
    """Perform the visible steps of the interpreter's exit, then exit.

    Args:
        status: the exit status.
        thorough: also destroy what the program left, so that finalizers and unclosed files have their effect.
    """
    threading = sys.modules.get("threading")
    if threading is not None:
        try:
            threading._shutdown()
        except BaseException as error:
            _complain(threading, error)
    atexit._run_exitfuncs()
    flushed = _flush_standard_streams()
    if thorough:
        sys.last_type = sys.last_value = sys.last_traceback = None
        sys.modules.pop("__main__", None)
        gc.collect()
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    flushed = _flush_standard_streams(again=True) and flushed
    os._exit(status & 0xFF if flushed else _FLUSH_FAILED)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return int(code) & 0xFF if -(2**63) <= code < 2**63 else 0xFF
    sys.stderr.write(f"{code}\n")
    return 1


def _show(error: BaseException) -> None:
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    sys.__excepthook__(type(error), error.with_traceback(trace), trace)


def _flush_standard_streams(*, again: bool = False) -> bool:
    stdout, stderr, flushed = sys.stdout, sys.stderr, True
    try:
        if stdout is not None and not stdout.closed:
            stdout.flush()
    except BaseException as error:
        if not again:
            _complain(stdout, error)
        flushed = False
    try:
        if stderr is not None and not stderr.closed:
            stderr.flush()
    except BaseException:
        flushed = False
    return flushed


def _complain(about: object, error: BaseException) -> None:
    """Report an exception that can no longer be caught, without this package's frame."""
    with suppress(BaseException):
        sys.stderr.write(f"Exception ignored in: {about!r}\n")
        _show(error)
