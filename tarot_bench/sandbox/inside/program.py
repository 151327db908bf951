"""Runs one program in this very process as a fresh interpreter would, up to and including its exit.

The interpreter is not torn down at the end (that costs more than everything else together); what a program can see of
the teardown is done by hand, in CPython's order.
"""

import atexit
import gc
import os
import signal
import sys
import threading
import types
from importlib.machinery import SourceFileLoader
from typing import NamedTuple, NoReturn

path = "/box/main.py"
"""Where the program lies, and what its traceback calls it; the zygote moves it where there is no jail."""
_FLUSH_FAILED = 120
# Without any of these words in the source, nothing of a program can run, or reach a file, once its last statement has.
_MAY_ACT_LATE = (b"__del__", b"yield", b"open", b"weakref", b"finalize", b"exec", b"eval", b"import_module", b"async")


class Program(NamedTuple):
    """A compiled program.

    Attributes:
        code: what `exec` takes.
        may_act_late: something of it may run, or write, after its last statement.
    """

    code: types.CodeType
    may_act_late: bool


def compile_source(source: bytes) -> Program:
    """Compile a program's bytes as ``python3 main.py`` would.

    Raises:
        Exception: whatever `compile` finds wrong.
    """
    if b"\0" in source:
        raise SyntaxError("source code cannot contain null bytes")
    code = compile(source, path, "exec", dont_inherit=True)
    return Program(code, any(word in source for word in _MAY_ACT_LATE))


def make_module(name: str) -> types.ModuleType:
    """A fresh module with the attributes that a script's ``__main__`` has, entered in `sys.modules`."""
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
    namespace = (main_module or make_module("__main__")).__dict__
    status = 0
    try:
        exec(program.code, namespace)
    except BaseException as error:
        status = report(error)
    del namespace
    finish(status, thorough=program.may_act_late)


def report(error: BaseException) -> int:
    """Tell of an uncaught exception as the interpreter does, and return the exit status.

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
        sys.__excepthook__(type(second), second, second.__traceback__)
        sys.stderr.write("\nOriginal exception was:\n")
        sys.__excepthook__(type(error), error, trace)
    if isinstance(error, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _flush(sys.stdout)
        os.kill(os.getpid(), signal.SIGINT)
    return 1


def finish(status: int, *, thorough: bool) -> NoReturn:
    """Do what a program can see of the interpreter's end, then leave.

    Args:
        status: the exit status.
        thorough: also destroy what the program left, so that finalizers and unclosed files have their effect.
    """
    try:
        threading._shutdown()  # type: ignore[attr-defined]
    except BaseException:
        sys.excepthook(*sys.exc_info())
    atexit._run_exitfuncs()
    flushed = _flush(sys.stdout) and _flush(sys.stderr)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    if thorough:
        sys.last_type = sys.last_value = sys.last_traceback = None
        sys.modules.pop("__main__", None)
        globals()["main_module"] = None
        gc.collect()
    flushed = _flush(sys.__stdout__) and flushed
    _flush(sys.__stderr__)
    os._exit(status & 0xFF if flushed else _FLUSH_FAILED)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return int(code) & 0xFF if -(2**63) <= code < 2**63 else 0xFF
    sys.stderr.write(f"{code}\n")
    return 1


def _flush(stream: object) -> bool:
    try:
        if stream is not None and not getattr(stream, "closed", False):
            stream.flush()  # type: ignore[attr-defined]
    except BaseException:
        return False
    return True
