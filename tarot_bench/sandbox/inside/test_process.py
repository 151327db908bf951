"""What happens in a test process between its birth and the first statement of the program."""

import math
import os
import resource
import sys
from typing import NoReturn

from tarot_bench.sandbox.inside import drivers, landlock, program, seccomp
from tarot_bench.sandbox.inside.kernel import close_from, set_dumpable
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.wire import JobPacket, Mode

INSIDE = __file__.removesuffix("/tarot_bench/sandbox/inside/test_process.py")
"""What this code is imported from."""
_CPU_BACKSTOP_S = 1.0
_COLD_START = """import sys; sys.path.insert(0, sys.argv[1])
from tarot_bench.sandbox.inside.test_process import cold_main
cold_main()"""


def apply_limits(job: JobPacket, *, own_uid: bool) -> None:
    """Set the limits that a job's tests share; whoever calls this can never raise them again.

    Args:
        job: says how much.
        own_uid: nobody else runs under this uid, so that counting its processes is right.
    """
    for kind, value in (
        (resource.RLIMIT_AS, job.memory),
        (resource.RLIMIT_FSIZE, job.output + 1),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    if own_uid:
        most = job.processes + 2  # the zygote and the job's process count as well
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


class TestProcess:
    """A forked process that is about to become one test."""

    __test__ = False

    def __init__(self, job: JobPacket, compiled: Program, descriptors: list[int]) -> None:
        self.job, self.compiled, self.descriptors = job, compiled, descriptors

    def seal(self, ruleset: int | None, *, signals_scoped: bool) -> None:
        """Take the test's descriptors, limits, Landlock domain and filter; drop everything else.

        Args:
            ruleset: the Landlock ruleset; None means no isolation at all.
            signals_scoped: the ruleset confines signals.
        """
        os.setpgid(0, 0)
        _take(self.descriptors)
        cpu = math.ceil(self.job.cpu_s + _CPU_BACKSTOP_S)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        set_dumpable(True)  # or its own /dev/stdin would be closed to it
        if ruleset is not None:
            landlock.restrict(ruleset)
        close_from(len(self.descriptors))
        confine = None if signals_scoped or self.job.may_fork else os.getpid()
        if ruleset is not None:
            seccomp.test_filter(self.job.may_fork, self.job.cold, confine).install()

    def run(self) -> NoReturn:
        """Run the test; the process ends here."""
        if self.job.cold:
            self._become_python()
        _dispatch(self.job.mode, self.compiled, self.job.entry_point, self.job.patience_s)

    def _become_python(self) -> NoReturn:
        arguments = [sys.executable, program.path]
        if self.job.mode is not Mode.STDIN:
            job = self.job
            words = program.path, str(int(job.mode)), job.entry_point, str(job.patience_s)
            arguments = [sys.executable, "-c", _COLD_START, INSIDE, *words]
        os.execve(sys.executable, arguments, dict(os.environ))


def cold_main() -> NoReturn:
    """Entry of a fresh interpreter for the modes that need a driver."""
    _, program.path, mode, entry_point, patience_s = sys.argv[1:]
    sys.argv = [program.path]
    sys.path[:2] = [os.path.dirname(program.path)]
    with open(program.path, "rb") as file:
        source = file.read()
    _dispatch(Mode(int(mode)), program.compile_source(source), entry_point, float(patience_s))


def _dispatch(mode: Mode, compiled: Program, entry_point: str, patience_s: float) -> NoReturn:
    if mode is Mode.STDIN:
        program.run_as_main(compiled)
    if mode is Mode.CALL:
        drivers.call_once(compiled.code, entry_point)
    if mode is Mode.SERVE:
        drivers.serve_calls(compiled.code, entry_point)
    drivers.run_tester(compiled.code, patience_s)


def _take(descriptors: list[int]) -> None:
    """Make the given descriptors 0, 1, 2, ... in order; all of them lie above their new places."""
    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
