"""What happens in a test process between its birth and the first statement of the program.

Every page that this code writes to is copied from the parent at a cost, so it does little, and with few objects.
"""

import math
import os
import resource
import sys
from typing import NoReturn, Protocol

from tarot_bench.sandbox.inside import drivers, landlock, program, seccomp
from tarot_bench.sandbox.inside.kernel import die_with_parent, set_dumpable
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.wire import JobPacket, Mode

_INSIDE = __file__.removesuffix("/tarot_bench/sandbox/inside/test_process.py")
MAX_OPEN_FILES = 256
_PENDING_SIGNALS = 32
_STDIN = int(Mode.STDIN)
_COLD_START = """import sys; sys.path.insert(0, sys.argv[1])
from tarot_bench.sandbox.inside.test_process import cold_main
cold_main()"""


class Jail(Protocol):
    """What a test needs of `zygote.Jail`."""

    ruleset: int | None
    signals_scoped: bool
    is_init: bool


def apply_limits(job: JobPacket, strangers: int) -> None:
    """Set the limits that a job's tests share; whoever calls this can never raise them again.

    The limit on CPU time is a backstop: it is the watchdog that is exact. It has room for compiling the program and
    for looking after the tests.

    Args:
        job: says how much.
        strangers: how many tasks that are not the jail's may run under its uid: the kernel counts them too.
    """
    cpu = 2 * math.ceil(job.cpu_s) + 1 + job.tests // 100
    own = 2  # the zygote and the job's process count as well
    for kind, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, job.memory),
        (resource.RLIMIT_FSIZE, job.output + 1),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_NPROC, job.processes + own + strangers),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        # A quota of the user, shared with all other jails of an ordinary user.
        (resource.RLIMIT_SIGPENDING, _PENDING_SIGNALS),
    ):
        resource.setrlimit(kind, (value, value))


def filter_for(jail: Jail, job: JobPacket, pid: int | None = None) -> seccomp.Filter | None:
    """The filter of a job's tests.

    Args:
        jail: the jail that this is in.
        job: the job.
        pid: the test's process, where that makes a difference.

    Returns:
        The filter; None without isolation, or where it depends on the process and none is given.
    """
    scoped = jail.signals_scoped or job.may_fork
    if jail.ruleset is None or not (scoped or pid):
        return None
    return seccomp.test_filter(job.may_fork, job.cold, None if scoped else pid, jail.is_init)


def seal(jail: Jail, job: JobPacket, descriptors: list[int], ready: seccomp.Filter | None) -> None:
    """Take a test's descriptors, Landlock domain and filter; drop everything else.

    Args:
        jail: the jail that this is in; without a ruleset it isolates nothing.
        job: the job that the test is part of.
        descriptors: what it is to have as 0, 1, 2, ...; all of them lie above that.
        ready: the filter, made beforehand.
    """
    place = 0
    for descriptor in descriptors:
        os.dup2(descriptor, place)
        place += 1
    set_dumpable(True)  # or its own /dev/stdin would be closed to it
    if not jail.is_init:
        die_with_parent()
    if jail.ruleset is not None:
        landlock.restrict(jail.ruleset)
        found = ready or filter_for(jail, job, os.getpid())
        if found is not None:
            found.install()
    os.closerange(place, MAX_OPEN_FILES)


def run(job: JobPacket, compiled: Program, entry_point: str) -> NoReturn:
    """Run the test; the process ends here."""
    if job.cold:
        _become_python(job, entry_point)
    if job.mode == _STDIN:
        program.run_as_main(compiled)
    _dispatch(job.mode, compiled, entry_point, job.patience_s)


def cold_main() -> NoReturn:
    """Entry of a fresh interpreter for the modes that need a driver."""
    _, program.path, mode, entry_point, patience_s = sys.argv[1:]
    sys.argv = [program.path]
    sys.path[:2] = [os.path.dirname(program.path)]
    with open(program.path, "rb") as file:
        source = file.read()
    _dispatch(int(mode), program.compile_source(source), entry_point, float(patience_s))


def _become_python(job: JobPacket, entry_point: str) -> NoReturn:
    arguments = [sys.executable, program.path]
    if job.mode != Mode.STDIN:
        words = program.path, str(int(job.mode)), entry_point, str(job.patience_s)
        arguments = [sys.executable, "-c", _COLD_START, _INSIDE, *words]
    os.execve(sys.executable, arguments, dict(os.environ))


def _dispatch(mode: int, compiled: Program, entry_point: str, patience_s: float) -> NoReturn:
    if mode == Mode.CALL:
        drivers.call_once(compiled.code, entry_point)
    if mode == Mode.CALLS:
        drivers.call_each(compiled.code, entry_point)
    if mode == Mode.SERVE:
        drivers.serve_calls(compiled.code, entry_point)
    drivers.run_tester(compiled.code, patience_s)
