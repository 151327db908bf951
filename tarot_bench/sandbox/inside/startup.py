"""Prepare a test process between its fork and the first statement of the program.

Every page that this code writes to is copied from the parent at a cost, so what can be is made beforehand, as a list of
system calls that one loop performs.
"""

import math
import os
import resource
import sys
from functools import lru_cache
from typing import NoReturn, Protocol

from tarot_bench.sandbox.inside import drivers, kernel, landlock, program, seccomp
from tarot_bench.sandbox.inside.kernel import Step
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.wire import JobPacket, WireMode

_INSIDE = __file__.removesuffix("/tarot_bench/sandbox/inside/startup.py")
MAX_OPEN_FILES = 256
_PENDING_SIGNALS = 32
_STDIN = int(WireMode.STDIN)
_COLD_START = """import sys; sys.path.insert(0, sys.argv[1])
from tarot_bench.sandbox.inside.startup import cold_main
cold_main()"""


class StartupJail(Protocol):
    """The attributes of a jail that test processes use; see `zygote.SupervisedJail`."""

    ruleset: int | None
    signals_scoped: bool
    foreign_tasks: int
    is_init: bool


def limits(jail: StartupJail, job: JobPacket) -> list[Step]:
    """Return the steps that set the limits shared by a job's tests; the process can never raise them again.

    The limit on CPU time is a backstop: it is the watchdog that is exact. It allows for compiling the program and
    for supervising the tests. Where the uid is not the jail's own, the kernel counts other processes of that uid, too.
    """
    cpu_s = 2 * math.ceil(job.cpu_s) + 1 + job.tests // 100
    if job.may_fork and job.tests > 1:  # the job's process keeps looking at all that its tests start
        cpu_s += math.ceil(job.tests * job.wall_s)
    own = 2  # the zygote and the job's process count as well
    return _limits(cpu_s, job.memory + job.stacks, job.output + 1, job.processes + own + jail.foreign_tasks)


@lru_cache(16)
def _limits(cpu_s: int, memory: int, file: int, processes: int) -> list[Step]:
    wanted = {
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: file,
        resource.RLIMIT_NOFILE: MAX_OPEN_FILES,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        # A quota of the user, shared with all other jails of an ordinary user.
        resource.RLIMIT_SIGPENDING: _PENDING_SIGNALS,
    }
    return [kernel.limiting(kind, value) for kind, value in wanted.items()]


def seal(jail: StartupJail, job: JobPacket) -> list[Step]:
    """Return the steps that apply Landlock and the job's filter to a test, and close all descriptors but its own.

    The filter may depend on the process: where Landlock does not confine signals, they go to the process alone. There
    `seal` must be called by the test itself.
    """
    only_pid = None if is_common(jail, job) else os.getpid()
    return _seal(jail.ruleset, jail.is_init, job.may_fork, job.cold, job.width, only_pid)


@lru_cache(16)
def _seal(
    ruleset: int | None, is_init: bool, may_fork: bool, cold: bool, width: int, only_pid: int | None
) -> list[Step]:
    steps = [kernel.dumpable(True)]  # or its own /dev/stdin would be closed to it
    if not is_init:
        steps.append(kernel.dying_with_parent())
    if ruleset is not None:
        filter_ = seccomp.test_filter(may_fork, cold, only_pid, is_init)
        steps += [landlock.restriction(ruleset), filter_.step]
    # What becomes another program needs no closing, and must be able to tell the host if it cannot.
    return steps if cold else [*steps, kernel.closing_from(width)]


def is_common(jail: StartupJail, job: JobPacket) -> bool:
    """Whether all tests of a job can share one `seal`."""
    return jail.ruleset is None or jail.signals_scoped or job.may_fork


def run(job: JobPacket, compiled: Program, entry_point: str) -> NoReturn:
    """Run the test; the process ends here."""
    if job.mode == _STDIN:
        program.run_as_main(compiled)
    _dispatch(job.mode, compiled, entry_point, job.patience_s)


def cold_main() -> NoReturn:
    """Run a driver in a fresh interpreter, for the modes that need one."""
    _, program.path, mode, entry_point, patience_s = sys.argv[1:]
    sys.argv = [program.path]
    sys.path[:2] = [os.path.dirname(program.path)]
    with open(program.path, "rb") as file:
        source = file.read()
    _dispatch(int(mode), program.compile_source(source), entry_point, float(patience_s))


def become_python(job: JobPacket, entry_point: str) -> NoReturn:
    """Replace this process by a fresh interpreter that runs the program.

    Raises:
        OSError: it does not start.
    """
    arguments = [sys.executable, program.path]
    if job.mode != WireMode.STDIN:
        words = program.path, str(int(job.mode)), entry_point, str(job.patience_s)
        arguments = [sys.executable, "-c", _COLD_START, _INSIDE, *words]
    os.execve(sys.executable, arguments, dict(os.environ))


def _dispatch(mode: int, compiled: Program, entry_point: str, patience_s: float) -> NoReturn:
    if mode == WireMode.CALL:
        drivers.call_once(compiled.code, entry_point)
    if mode == WireMode.CALLS:
        drivers.call_each(compiled.code, entry_point)
    if mode == WireMode.SERVE:
        drivers.serve_calls(compiled.code, entry_point)
    drivers.run_tester(compiled.code, patience_s)
