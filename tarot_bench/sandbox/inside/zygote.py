"""The first process of a jail: it forks a process for every job, which forks one for every test.

Every later program inherits its memory, and can search it. So it never reads a byte of a job: programs, names of entry
points, inputs and outputs pass through as descriptors, and expected outputs never enter. A job with a single test is
served by the zygote itself, which saves a fork; otherwise a process of the job's own compiles the program once.
"""

import gc
import itertools
import json
import os
import random
import sys
from _socket import AF_UNIX, SOCK_SEQPACKET, socket, socketpair
from typing import NoReturn, TypedDict

from tarot_bench.sandbox.inside import (
    hugetext,
    kernel,
    landlock,
    program,
    rehearsal,
    seccomp,
    supervisor,
    tree,
    watchdog,
    wire,
)
from tarot_bench.sandbox.inside.startup import limits
from tarot_bench.sandbox.inside.wire import JobPacket

_SCOPES_SIGNALS = 6  # Landlock ABI
_FIRST_FREE = wire.MAX_DESCRIPTORS
_SLACK = 1024  # tasks that others of the same uid may yet start
_CHANNEL, _RULESET, _REHEARSED = 128, 129, 130  # out of the way of what arrives
# Small modules that many programs import. Every page of a zygote costs every test, so the others wait until a program
# names them (`program.import_ahead`).
_PRELOAD = "collections copy functools heapq itertools json math operator random re string struct typing"


class Setup(TypedDict):
    """The settings of a zygote, passed by the host as JSON on the command line.

    Attributes:
        channel: the inherited descriptor of the socket to the host.
        isolate: put tests under Landlock and seccomp, and drop all privileges.
        uid: take this uid; None keeps the present one.
        own_uid: no process outside runs under the uid, so that its processes can be counted from nothing.
        landlock_abi: the Landlock ABI to use.
        read, write, look: paths that tests may read, beneath which they may write, and which they may list.
        tmpfs: mounted tmpfs to cap at `tmpfs_bytes` and `tmpfs_files`.
        program: where to write each program.
        preload: modules to import before the first program.
    """

    channel: int
    isolate: bool
    uid: int | None
    own_uid: bool
    landlock_abi: int
    read: list[str]
    write: list[str]
    look: list[str]
    tmpfs: list[str]
    tmpfs_bytes: int
    tmpfs_files: int
    program: str
    preload: list[str]


class SupervisedJail:
    """The fixed resources of this jail.

    Attributes:
        channel: the socket to the host.
        ruleset: the Landlock ruleset that every test is put under; None isolates nothing.
        signals_scoped: Landlock confines signals (ABI 6).
        foreign_tasks: how many tasks outside may run under this jail's uid.
        is_init: the zygote is process 1 of its pid namespace.
        watch: looks at what a test could leave something behind in: every lasting trace starts with an entry in a
            directory that it may write to, or changes the program's own file.
    """

    def __init__(self, setup: Setup, channel: socket) -> None:
        self.channel = channel
        self.signals_scoped = setup["landlock_abi"] >= _SCOPES_SIGNALS
        self.is_init = os.getpid() == 1
        self.foreign_tasks = 0 if setup["own_uid"] else tree.tasks_of(os.getuid()) + _SLACK
        self.ruleset = None
        if setup["isolate"]:
            write = [*setup["write"], "/dev/null", "/dev/zero", "/dev/full"]
            ruleset = landlock.make_ruleset(setup["landlock_abi"], setup["read"], write, setup["look"])
            self.ruleset = kernel.move_descriptor(ruleset, _RULESET)
            for may_fork, may_exec in itertools.product((False, True), repeat=2):
                seccomp.test_filter(may_fork, may_exec, None, self.is_init)  # made here once, for all the children
        self.watch = kernel.Watch([*setup["write"], os.path.dirname(program.path), program.path])


def main() -> NoReturn:
    """Set up the jail, then serve the host until it closes the channel."""
    setup: Setup = json.loads(sys.argv[2])
    channel = _own_descriptors(setup["channel"])
    _own_signals()
    hugetext.adopt()
    _own_interpreter(setup)
    _drop_privileges(setup)
    jail = SupervisedJail(setup, channel)
    kernel.become_subreaper()
    kernel.perform([kernel.dumpable(False)])
    if jail.ruleset is not None:
        seccomp.base_filter().install()
    _rehearse(jail)
    gc.collect()
    kernel.give_back_memory()
    gc.freeze()  # out of the collector's sight, so that children go on sharing these pages
    wire.send(channel, wire.HELLO)
    while True:
        data, descriptors = wire.receive(channel)
        if not data:
            os._exit(0)
        if data == wire.TESTS:  # sent ahead, before the host heard that the program does not compile
            os.closerange(descriptors[0], descriptors[-1] + 1)
            continue
        _serve(jail, JobPacket.unpack(data), descriptors[0], descriptors[1:])
        os.close(descriptors[0])


def _rehearse(jail: SupervisedJail) -> None:
    """Run harmless jobs whose results are discarded, before the host's first job."""
    host = jail.channel
    ours, discarded = socketpair(AF_UNIX, SOCK_SEQPACKET)
    jail.channel = socket(fileno=kernel.move_descriptor(ours.detach(), _REHEARSED))
    place = kernel.move_descriptor(discarded.detach(), _REHEARSED + 1)

    def serve(job: JobPacket, descriptors: list[int]) -> None:
        source, arrived = descriptors[0], descriptors[1:]
        _begin(jail, job, source)
        ready = supervisor.prepare(jail, job, source, arrived[2]) if job.tests > 1 else None
        supervisor.serve_tests(jail, job, source, ready, arrived)

    rehearsal.rehearse(serve)
    jail.channel.close()
    os.close(place)
    jail.channel = host


def _begin(jail: SupervisedJail, job: JobPacket, source: int) -> None:
    program.lay(source, job.source_bytes)
    jail.watch.start()


def _serve(jail: SupervisedJail, job: JobPacket, source: int, arrived: list[int]) -> None:
    _begin(jail, job, source)
    if job.tests == 1:
        supervisor.serve_tests(jail, job, source, None, arrived)
        return
    pid = kernel.fork()
    if pid == 0:
        _be_job_process(jail, job, source, arrived)
    os.closerange(arrived[0], arrived[-1] + 1)
    status, reason, cpu_s, peak_kib = watchdog.await_job(jail, job, pid, lambda: program.is_prepared(source))
    if job.may_fork:
        supervisor.kill_descendants(jail)
    if os.WIFSIGNALED(status) and not program.is_prepared(source):
        jail.channel.send(wire.pack_ended(status, reason, True, True, cpu_s, 0.0, peak_kib))
    elif status != 0:
        wire.send(jail.channel, wire.FAILED + b"the process of the job ended")
    if status != 0:
        wire.drain(jail.channel)
        os._exit(0)


def _be_job_process(jail: SupervisedJail, job: JobPacket, source: int, arrived: list[int]) -> NoReturn:
    """Serve a job that has several tests. An error here is an infrastructure error, not the program's."""
    try:
        kernel.become_subreaper()
        kernel.perform([kernel.dying_with_parent(), *limits(jail, job)])
        ready = supervisor.prepare(jail, job, source, arrived[2])
        program.mark_prepared(source)
        supervisor.serve_tests(jail, job, source, ready, arrived)
    except BaseException as error:
        wire.fail(jail.channel, error)
    os._exit(0)


def _own_descriptors(inherited: int) -> socket:
    """Move the channel up and occupy the numbers below, so that received descriptors can be moved down in order."""
    channel = socket(fileno=kernel.move_descriptor(inherited, _CHANNEL))
    for place in range(3, _FIRST_FREE):
        os.dup2(0, place, inheritable=False)
    return channel


def _own_signals() -> None:
    """Reset inherited signal handling, such as that of ``nohup`` or of a shell's background jobs."""
    signals = kernel.signals
    signals.pthread_sigmask(signals.SIG_SETMASK, ())
    for number in signals.valid_signals() - {signals.SIGPIPE, signals.SIGXFSZ}:  # Python itself ignores these two
        if signals.getsignal(number) == signals.SIG_IGN:
            signals.signal(number, signals.SIG_DFL)
    signals.signal(signals.SIGINT, signals.default_int_handler)


def _own_interpreter(setup: Setup) -> None:
    """Make the interpreter look as if it had been started with a script."""
    program.path = setup["program"]
    os.environ.pop("LD_BIND_NOW", None)
    sys.argv = [program.path]
    sys.path[:] = [os.path.dirname(program.path), *sys.path[2:]]
    for name in [*_PRELOAD.split(), *setup["preload"]]:
        __import__(name)
    random.seed(0)  # each test starts from here: verdicts can be repeated
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tarot_bench"]:
        sys.modules.pop(name)
    program.main_module = program.make_module("__main__")


def _drop_privileges(setup: Setup) -> None:
    if not setup["isolate"]:
        return
    for path in setup["tmpfs"]:
        kernel.limit_tmpfs(path, setup["tmpfs_bytes"], setup["tmpfs_files"])
    uid = setup["uid"]
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.drop_capabilities()
    kernel.no_new_privileges()
