"""Programs that take all they can get: each ends within its limits, and the machine does not notice."""

import os
import time

import pytest

from tarot_bench.sandbox import Job
from tarot_bench.sandbox.inside import tree
from tests.sandbox.conftest import LIMITS, Runner


def test_a_fork_bomb_has_no_children(sealed):
    source = """
import os
made = 0
for _ in range(1000):
    try:
        if os.fork() == 0:
            import time; time.sleep(100)
        made += 1
    except OSError:
        break
print(made)
"""
    before = _processes()
    result = sealed.stdin(source, processes=8)
    assert int(result.stdout) <= 8
    assert _processes() - before < 20


def test_a_program_that_never_names_fork_cannot_fork(sealed):
    for function in ("'for' 'k'", "'vfor' 'k'", "'daemon'"):
        source = f"import ctypes; print(ctypes.CDLL(None)[{function}](0, 0))"
        assert sealed.stdin(source).stdout == b"-1\n"


def test_a_thread_bomb_stops_at_the_limit(sealed):
    source = """
import threading, time
threading.stack_size(32768)
made = 0
try:
    for _ in range(5000):
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
        made += 1
except RuntimeError:
    pass
print(made, flush=True)
import os; os._exit(0)
"""
    assert int(sealed.stdin(source, processes=32).stdout) <= 32


@pytest.mark.parametrize(
    "source",
    [
        "x = [0] * 10**9",
        "x = bytearray(1 << 40)",
        "x = []\nwhile True: x.append(bytearray(1 << 20))",
        "import mmap; x = [mmap.mmap(-1, 1 << 28) for _ in range(64)]\nfor m in x: m.write(b'x' * (1 << 28))",
    ],
)
def test_a_memory_bomb_is_a_memory_limit_or_an_error(sealed, source):
    result = sealed.stdin(source)
    assert not result.ok
    assert result.outcome in ("memory", "exited", "time")
    assert result.peak_mib < LIMITS.memory_mib + 64


def test_running_out_of_memory_is_told_from_other_errors(sealed):
    assert sealed.stdin("x = [0] * 10**9").outcome == "memory"
    assert sealed.stdin("raise ValueError('MemoryError')").outcome == "exited"


def test_a_large_thread_stack_is_address_space_and_not_memory(run):
    source = """
import sys, threading
sys.setrecursionlimit(10**6)
threading.stack_size(512 << 20)
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
def main():
    print(depth(100_000))
thread = threading.Thread(target=main)
thread.start(); thread.join()
"""
    result = run.stdin(source, memory_mib=256)
    assert (result.stdout, result.outcome) == (b"100000\n", "exited"), result.stderr[-500:]


def test_with_large_thread_stacks_memory_is_what_is_resident(sealed):
    source = "import threading; threading.stack_size(512 << 20)\n"
    result = sealed.stdin(source + "x = []\nwhile True: x.append(b'x' * (8 << 20))", memory_mib=256)
    assert result.outcome == "memory"
    assert sealed.stdin(source + "x = b'x' * (300 << 20)", memory_mib=256).outcome == "memory"
    assert sealed.stdin(source + "x = b'x' * (100 << 20)", memory_mib=256).ok


def test_memory_of_many_processes_counts_together(sealed):
    source = """
import os, time
for _ in range(12):
    if os.fork() == 0:
        hog = bytearray(os.urandom(1) * (100 << 20))
        time.sleep(3)
        os._exit(0)
time.sleep(5)
"""
    start = time.monotonic()
    result = sealed.stdin(source, memory_mib=256)
    assert result.outcome == "memory"
    assert time.monotonic() - start < 4


def test_memory_of_a_process_whose_first_thread_has_ended_counts(local):
    source = """
import ctypes, os, threading, time  # fork
out, into = os.pipe()
def hold():
    memory = bytearray(b"x") * (60 << 20)
    os.write(into, b"x")
    time.sleep(30)
for _ in range(8):
    if os.fork() == 0:
        threading.Thread(target=hold).start()
        ctypes.CDLL(None).syscall(60, 0)  # exit: of this thread only
    os.read(out, 1)
    time.sleep(0.2)
print("ESCAPED")
"""
    result = Runner(local).stdin(source, memory_mib=200)
    assert (result.outcome, result.stdout) == ("memory", b"")


def test_memory_that_many_processes_share_counts_once(local):
    source = """
import os, time  # fork
table = bytearray(b"x") * (60 << 20)
for _ in range(12):
    if os.fork() == 0:
        time.sleep(1)
        os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
print(table[-1:])
"""
    result = Runner(local).stdin(source, memory_mib=256)
    assert (result.outcome, result.stdout) == ("exited", b"bytearray(b'x')\n")


def test_many_short_threads_are_no_time_that_there_has_not_been(local):
    source = """
import threading  # fork
for _ in range(3000):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
print("done")
"""
    result = Runner(local).stdin(source, cpu_s=60, wall_s=60)
    assert result.stdout == b"done\n"
    assert result.cpu_s <= result.wall_s * os.cpu_count() + 0.1


@pytest.mark.slow
def test_looking_after_many_processes_is_not_held_against_those_who_look(local):
    source = """
import os, time  # fork
for _ in range(58):
    if os.fork() == 0:
        time.sleep(9)
        os._exit(0)
time.sleep(5)
print(os.getppid())
"""
    job = Job(source, "stdin", (b"",) * 8, LIMITS.model_copy(update={"cpu_s": 1, "memory_mib": 4096, "wall_s": 30}))
    assert len({execution.stdout for execution in local.run(job)}) == 1, "one process has served all tests"


def test_memory_files_and_pipes_are_no_way_around_the_limit(sealed):
    source = """
import ctypes, os
fd = ctypes.CDLL(None).memfd_create(b"x", 0)
print("ESCAPED" if fd >= 0 else "held")
"""
    assert sealed.stdin(source).stdout == b"held\n"


def test_filling_the_disk_stops_at_the_size_of_tmp(sealed):
    source = """
import os
written = 0
try:
    for n in range(10_000):
        with open(f"/tmp/{n}", "wb") as file:
            written += file.write(bytes(1 << 19))
except OSError:
    pass
print(written >> 20)
"""
    assert int(sealed.stdin(source).stdout) <= 64
    assert sealed.stdin("import os; print(os.listdir('/tmp'))").stdout == b"[]\n"


def test_filling_the_inodes_stops_early(sealed):
    source = """
import os
made = 0
try:
    for n in range(1_000_000):
        os.close(os.open(f"/tmp/{n}", os.O_CREAT)); made += 1
except OSError:
    pass
print(made)
"""
    assert int(sealed.stdin(source, cpu_s=5).stdout) <= 5000


@pytest.mark.parametrize("number", [1, 2])
def test_a_flood_of_output_is_cut_at_the_cap(sealed, number):
    source = f"""
import os
try:
    for _ in range(1024):
        os.write({number}, bytes(1 << 20))
except OSError:
    pass
"""
    result = sealed.stdin(source)
    assert result.outcome == "output"
    assert len(result.stdout) <= LIMITS.output_kib * 1024
    assert len(result.stderr) <= 64 * 1024


def test_output_up_to_the_cap_is_kept(sealed):
    result = sealed.stdin("import sys; sys.stdout.write('x' * (1 << 20))")
    assert result.ok
    assert len(result.stdout) == 1 << 20


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import signal\nfor n in (15, 2, 24, 1): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        "10 ** 10 ** 8",
        "import re; re.match('(a+)+b', 'a' * 40)",
        "import threading\n[threading.Thread(target=lambda: sum(range(10**10))).start() for _ in range(2)]",
    ],
)
def test_spinning_ends_at_the_cpu_limit(sealed, source):
    result = sealed.stdin(source, cpu_s=0.5)
    assert result.outcome == "time"
    assert 0.5 <= result.cpu_s < 1.5


def test_cpu_time_of_children_counts(sealed):
    source = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    result = sealed.stdin(source, cpu_s=0.5)
    assert result.outcome == "time"
    assert result.cpu_s < 3


@pytest.mark.parametrize(
    "source",
    [
        "import time; time.sleep(1000)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(1000)",
        "import threading; threading.Event().wait()",
        "import os; r, w = os.pipe(); os.read(r, 1)",
    ],
)
def test_waiting_ends_at_the_wall_limit(sealed, source):
    result = sealed.stdin(source, wall_s=1)
    assert result.outcome == "time"
    assert 1 <= result.wall_s < 4
    assert result.cpu_s < 0.5


@pytest.mark.parametrize(
    "ignore",
    [
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        # struct sigaction of the kernel: handler, flags with SA_NOCLDWAIT, restorer, mask
        "ctypes.CDLL(None).syscall(13, 17, struct.pack('QQQQ', 0, 2, 0, 0), 0, 8)",
    ],
)
@pytest.mark.parametrize("each_s", [0.3, 0.003])
def test_cpu_time_of_children_that_nobody_waits_for_counts(warm, ignore, each_s):
    source = f"""
import ctypes, os, signal, struct, time
{ignore}
while True:
    if os.fork() == 0:
        end = time.process_time() + {each_s}
        while time.process_time() < end: pass
        os._exit(0)
    time.sleep({each_s})
"""
    result = warm.stdin(source, cpu_s=0.5, wall_s=30)
    assert result.outcome == "time"
    assert 0.5 <= result.cpu_s < 1.5
    assert result.wall_s < 6


def test_a_few_children_that_are_waited_for_cost_what_they_use(warm):
    source = "import subprocess, sys\nfor _ in range(5): subprocess.run(['/bin/sh', '-c', ':'])"
    result = warm.stdin(source)
    assert result.ok, result.stderr
    assert result.cpu_s < 0.3


def test_signals_queue_up_to_a_limit_of_the_jail_s_own(sealed):
    source = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
for _ in range(1000):
    os.kill(os.getpid(), signal.SIGRTMIN)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("SigQ")][0])
"""
    queued, limit = map(int, sealed.stdin(source).stdout.split(b"/"))
    assert queued <= limit <= 32


def test_descriptors_cannot_be_left_under_way(sealed):
    source = """
import socket
one, other = socket.socketpair()
try: socket.send_fds(one, [b"x"], [0]); print("ESCAPED")
except OSError: print("held")
"""
    assert sealed.stdin(source).stdout == b"held\n"


def test_a_daemonised_orphan_does_not_outlive_its_test(sealed):
    source = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(256):
            try: os.close(fd)
            except OSError: pass
        while True:
            time.sleep(0.01)
    os._exit(0)
os.wait()
print("parent leaves")
"""
    before = _processes()
    results = sealed.many(source, [b""] * 3)
    assert [result.stdout for result in results] == [b"parent leaves\n"] * 3
    time.sleep(0.2)
    assert _processes() <= before + 2


def test_closing_every_descriptor_hurts_nobody_else(sealed):
    result = sealed.stdin("import os\nprint('out', flush=True)\nos.closerange(0, 1024)\nos._exit(3)")
    assert (result.stdout, result.exit_code) == (b"out\n", 3)


@pytest.mark.parametrize("name", ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC"])
def test_limits_cannot_be_raised(sealed, name):
    source = f"""
import resource
limit = resource.{name}
soft, hard = resource.getrlimit(limit)
for value in (hard + 1, resource.RLIM_INFINITY):
    try:
        resource.setrlimit(limit, (value, value))
        print("ESCAPED")
    except (ValueError, OSError):
        print("held")
print(hard != resource.RLIM_INFINITY)
"""
    assert sealed.stdin(source).stdout == b"held\nheld\nTrue\n"


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("import ctypes; ctypes.string_at(0)", 11),
        (
            "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())",
            11,
        ),
        ("import os; os.abort()", 6),
        ("import os; os.kill(os.getpid(), 9)", 9),
    ],
)
def test_a_crash_is_a_crash(sealed, source, number):
    result = sealed.stdin(source)
    assert (result.outcome, result.signal, result.exit_code) == ("killed", number, None)


def _processes():
    """How many processes descend from this one; others on the machine come and go."""
    return len(tree.descendants())
