"""Handle Ctrl-C and SIGTERM: stop programs, print what is kept and how to resume, exit. A second one exits at once.

The signal raises `KeyboardInterrupt` in the main thread, which may be waiting for a program under test or be deep in
a library. So a separate thread also receives the signal: it closes every sandbox, which ends what others wait for,
and exits the process if the main thread has not done so in time. Nothing is lost by that, as every record is in its
file the moment it is made.
"""

import os
import shlex
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tarot_bench.cli.terminal import say_line

_PATIENCE_S = 1.5  # for the main thread to leave in order
_SAME_S = 0.25  # one Ctrl-C may arrive twice: from the terminal, and from a launcher that forwards it
_SHOW_CURSOR = "\x1b[?25h"  # a progress bar hides it
_telling = threading.Lock()


class Interrupted(BaseException):
    """A signal ended a verb. Unlike `KeyboardInterrupt`, typer lets it through."""


class _State:
    number: int | None = None
    run: Path | None = None
    go_on: Sequence[str] = ()
    told = False
    expected = False
    patience_s = _PATIENCE_S


_state = _State()


def keep(run: Path, go_on: Sequence[str] | None = None, patience_s: float = _PATIENCE_S) -> None:
    """Register the run that the verb is about to write.

    Args:
        run: its directory.
        go_on: the arguments that resume it; None takes the current ones, with ``--resume`` and ``--output``, and
            without ``--from``.
        patience_s: seconds after a signal in which the verb may end what it started.
    """
    _state.patience_s = patience_s
    _state.run = run
    _state.go_on = _resuming(run) if go_on is None else go_on


def expect() -> None:
    """Register that a signal is how the verb ends, as a server does: exit status 0, and nothing to say."""
    _state.told = _state.expected = True


def run_directory() -> Path | None:
    """The run that the verb writes, if it has started."""
    return _state.run if _state.run and (_state.run / "run.json").is_file() else None


def happened() -> bool:
    """Whether a signal has arrived."""
    return _state.number is not None


def install() -> None:
    """Install handlers of SIGINT and SIGTERM, even if the parent process ignored them (``nohup``, ``&``)."""
    heard, told = socket.socketpair()
    told.setblocking(False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=_forget)
    threading.Thread(target=_watch, args=(heard,), name="interrupts", daemon=True).start()


def leave() -> NoReturn:
    """Print what is kept, and exit with 128 + the signal's number: 130 after Ctrl-C."""
    _tell()
    sys.exit(_status())


def _raise(number: int, _frame: FrameType | None) -> None:
    _state.number = number
    raise KeyboardInterrupt


def _forget() -> None:
    """Reset the state in a forked process, whose signals are not its parent's."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _watch(heard: socket.socket) -> None:
    _state.number = _next(heard)
    threading.Thread(target=_close_sandboxes, name="close-sandboxes", daemon=True).start()
    if not _hears_another(heard, time.monotonic()):
        _tell()
    _leave_at_once()


def _hears_another(heard: socket.socket, first: float) -> bool:
    """Whether a second signal arrives while the main thread may still exit by itself."""
    while (now := time.monotonic()) < first + _state.patience_s:
        heard.settimeout(first + _state.patience_s - now)
        with suppress(TimeoutError):
            _next(heard)
            if time.monotonic() > first + _SAME_S:
                return True
    return False


def _next(heard: socket.socket) -> int:
    """Wait for the next SIGINT or SIGTERM; libraries may handle others."""
    while True:
        number = heard.recv(1)[0]
        if number in (signal.SIGINT, signal.SIGTERM):
            return number


def _close_sandboxes() -> None:
    close_all = getattr(sys.modules.get("tarot_bench.sandbox"), "close_all", None)
    if close_all:
        close_all()


def _leave_at_once() -> NoReturn:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR.encode())
    os._exit(_status())


def _status() -> int:
    return 0 if _state.expected else 128 + (_state.number or signal.SIGINT)


def _tell() -> None:
    with _telling:
        if _state.told or os.environ.get("RANK", "0") != "0":  # one of several processes says it for all
            return
        _state.told = True
        run = run_directory()
        if run is None:
            say_line("tarot-bench: interrupted; nothing was written", err=True)
            return
        say_line(f"tarot-bench: interrupted; kept in {run}: {_kept(run)}", err=True)
        say_line(f"tarot-bench: resume with: {shlex.join(['tarot-bench', *_state.go_on])}", err=True)


def _kept(run: Path) -> str:
    """Count the records in the run's files."""
    counts: Counter[str] = Counter()
    for path in sorted(run.rglob("*.jsonl")):
        with suppress(OSError), path.open("rb") as file:
            counts[path.stem] += sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "its settings"


def _resuming(run: Path) -> list[str]:
    verb, rest = sys.argv[1], _without_from(sys.argv[2:])
    resume = [] if "--resume" in rest else ["--resume"]
    output = [] if any(word.startswith(("-o", "--output")) for word in rest) else ["--output", str(run)]
    return [verb, *resume, *output, *rest]


def _without_from(words: Sequence[str]) -> list[str]:
    """The arguments without ``--from STAGE``, which would discard what was made since."""
    kept, rest = [], iter(words)
    for word in rest:
        if word == "--from":
            next(rest, None)
        elif not word.startswith("--from="):
            kept.append(word)
    return kept
