"""Programs that reach for what is not theirs: other processes, the kernel, the network, files, the harness."""

import os
import socket
import subprocess
import sys
import threading

import pytest

PROLOGUE = """
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    return "held" if libc.syscall(number, *arguments) < 0 else "ESCAPED"
def attempt(action):
    try:
        action()
    except (OSError, ValueError, ModuleNotFoundError, AttributeError):
        print("held")
    else:
        print("ESCAPED")
"""
X86 = os.uname().machine == "x86_64"


def held(result, times=1):
    assert result.stdout == b"held\n" * times, (result.stdout, result.stderr)


@pytest.mark.parametrize("signal", [9, 15, 19, 23, 64])
@pytest.mark.parametrize("forks", ["", "# fork\n"])
def test_no_other_process_can_be_signalled(sealed, signal, forks):
    source = (
        forks
        + PROLOGUE
        + f"attempt(lambda: os.kill(1, {signal}))\n"
        + f"if os.getppid() > 1: attempt(lambda: os.kill(os.getppid(), {signal}))\n"
        + "else: print('held')"
    )
    results = sealed.many(source, [b""] * 2)
    for result in results:
        held(result, 2)


def test_killing_everything_kills_at_most_oneself(sealed):
    results = sealed.many("import os\nprint('here', flush=True)\nos.kill(-1, 9)", [b""] * 3)
    assert [result.stdout for result in results] == [b"here\n"] * 3
    results = sealed.many("import os\nprint('here', flush=True)\nos.killpg(0, 9)", [b""] * 3)
    assert [result.stdout for result in results] == [b"here\n"] * 3


@pytest.mark.skipif(not X86, reason="the numbers are x86_64's")
@pytest.mark.parametrize(
    ("name", "call"),
    {
        "ptrace attach": "101, 16, 1, 0, 0",
        "ptrace seize": "101, 0x4206, os.getppid(), 0, 0",
        "process_vm_readv": "310, 1, 0, 0, 0, 0, 0",
        "process_vm_writev": "311, os.getppid(), 0, 0, 0, 0, 0",
        "pidfd_open": "434, 1, 0",
        "pidfd_getfd": "438, 3, 0, 0",
        "kcmp": "312, 1, 2, 0, 0, 0",
        "prlimit of the zygote": "302, 1, 7, 0, 0",
        "prlimit of the parent": "302, os.getppid(), 7, 0, 0",
        "setpriority of the zygote": "141, 0, 1, 19",
        "setpriority of a process group": "141, 1, 0, 19",
        "setpriority of a user": "141, 2, 0, 19",
        "a timer of the kernel": "222, 1, 0, bytearray(8) and ctypes.create_string_buffer(8)",
        "outliving the parent": "157, 1, 0, 0, 0, 0",
        "adopting orphans": "157, 36, 1, 0, 0, 0",
        "naming a tracer": "157, 0x59616d61, 1, 0, 0, 0",
        "a larger pipe": "72, os.pipe()[1], 1031, 1 << 20",
        "sched_setaffinity of the zygote": "203, 1, 8, b'\\1\\0\\0\\0\\0\\0\\0\\0'",
        "unshare user": "272, 0x10000000",
        "unshare mount": "272, 0x20000",
        "clone into a user namespace": "56, 0x10000011, 0, 0, 0, 0",
        "clone3": "435, 0, 0",
        "setns": "308, 0, 0",
        "mount": "165, b'x', b'/tmp', b'tmpfs', 0, 0",
        "umount": "166, b'/proc', 0",
        "pivot_root": "155, b'/', b'/tmp'",
        "chroot": "161, b'/tmp'",
        "open_tree": "428, -100, b'/', 1",
        "fsopen": "430, b'tmpfs', 0",
        "move_mount": "429, -100, b'/tmp', -100, b'/box', 0",
        "io_uring_setup": "425, 4, 0",
        "bpf": "321, 0, 0, 0",
        "perf_event_open": "298, 0, 0, -1, -1, 0",
        "keyctl": "250, 0, 0, 0, 0, 0",
        "add_key": "248, b'user', b'a', b'b', 1, -3",
        "request_key": "249, b'user', b'a', 0, -3",
        "userfaultfd": "323, 0",
        "init_module": "175, 0, 0, b''",
        "kexec_load": "246, 0, 0, 0, 0",
        "reboot": "169, 0xfee1dead, 672274793, 0, 0",
        "swapon": "167, b'/tmp/x', 0",
        "acct": "163, b'/tmp/x'",
        "quotactl": "179, 0, 0, 0, 0",
        "syslog": "103, 3, 0, 0",
        "settimeofday": "164, 0, 0",
        "clock_settime": "227, 0, 0",
        "adjtimex": "159, 0",
        "sethostname": "170, b'x', 1",
        "personality": "135, 0x0040000",
        "name_to_handle_at": "303, -100, b'/', 0, 0, 0",
        "open_by_handle_at": "304, 0, 0, 0",
        "fanotify_init": "300, 0, 0",
        "inotify_init": "294, 0",
        "memfd_create": "319, b'x', 0",
        "memfd_secret": "447, 0",
        "shmget": "29, 0, 4096, 0o1600",
        "semget": "64, 0, 1, 0o1600",
        "msgget": "68, 0, 0o1600",
        "mq_open": "240, b'x', 0o102, 0o600, 0",
        "seccomp": "317, 1, 0, 0",
        "setuid": "105, 0",
        "setgroups": "116, 0, 0",
        "capset": "126, 0, 0",
        "iopl": "172, 3",
        "ioperm": "173, 0, 1, 1",
        "modify_ldt": "154, 0, 0, 0",
        "vhangup": "153",
        "sync": "162",
        "an x32 number": "0x40000000 + 39",
    }.items(),
)
def test_the_system_call_does_not_exist_for_a_program(warm, name, call):
    held(warm.stdin(PROLOGUE + f"print(call({call}))"))


@pytest.mark.parametrize("forks", ["", "# fork\n"])
def test_a_socket_or_pipe_cannot_name_a_process_to_be_signalled(sealed, forks):
    """FIOSETOWN, SIOCSPGRP, FIOASYNC and TIOCSPGRP by ioctl; F_SETOWN, F_SETOWN_EX and F_SETSIG by fcntl."""
    source = (
        forks
        + """
import fcntl, os, socket, struct
pair = socket.socketpair()
for descriptor in (pair[0].fileno(), os.pipe()[0]):
    for command in (0x8901, 0x8902, 0x5452, 0x5410):
        try: fcntl.ioctl(descriptor, command, struct.pack("i", os.getpid())); print("ESCAPED")
        except OSError: print("held")
    for command, argument in ((8, os.getpid()), (10, 9), (15, struct.pack("ii", 1, os.getpid()))):
        try: fcntl.fcntl(descriptor, command, argument); print("ESCAPED")
        except OSError: print("held")
"""
    )
    held(sealed.stdin(source), 14)


def test_what_ioctl_and_prctl_do_to_oneself_stays(sealed):
    source = """
import ctypes, fcntl, os, socket, struct
one, other = socket.socketpair()
other.send(b"12345")
print(struct.unpack("i", fcntl.ioctl(one, 0x541B, bytes(4)))[0])
os.set_inheritable(one.fileno(), True); os.set_blocking(one.fileno(), False)
print(ctypes.CDLL(None).prctl(15, b"name", 0, 0, 0), os.isatty(0))
"""
    assert sealed.stdin(source).stdout == b"5\n0 False\n"


def test_neither_do_they_for_a_cold_one_that_may_fork(cold):
    from tests.sandbox.conftest import Runner

    calls = ("101, 16, 1, 0, 0", "272, 0x10000000", "425, 4, 0", "302, 1, 7, 0, 0", "250, 0, 0, 0, 0, 0", "319, b'', 0")
    source = "# fork\n" + PROLOGUE + "\n".join(f"print(call({call}))" for call in calls)
    held(Runner(cold).stdin(source), len(calls))


@pytest.mark.parametrize("pid", ["1", "{os.getppid()}"])
@pytest.mark.parametrize(
    "file", ["mem", "maps", "environ", "fd", "fdinfo", "cwd", "root", "exe", "task", "stack", "io"]
)
def test_the_workers_memory_and_files_are_closed(sealed, pid, file):
    source = f"""
import os
path = f"/proc/{pid}/{file}"
def look(path):
    try:
        return os.listdir(path)
    except NotADirectoryError:
        return open(path, "rb").read(1)
try:
    found = look(path) if "{file}" != "task" else look(path + "/1/fd")
    print("held" if not found else "ESCAPED")
except OSError:
    print("held")
try:
    open(path, "r+b").write(b"x")
    print("ESCAPED")
except OSError:
    print("held")
"""
    held(sealed.many(source, [b""] * 2)[0], 2)


def test_descriptors_are_the_three_standard_ones(sealed):
    source = "import os\nprint([fd for fd in range(1024) if os.path.exists(f'/proc/self/fd/{fd}')])"
    assert sealed.stdin(source).stdout == b"[0, 1, 2]\n"


def test_the_environment_is_not_the_harness_s(sealed, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    result = sealed.stdin("import os; print(sorted(os.environ)); print(open('/proc/self/environ').read())")
    assert b"secret" not in result.stdout
    assert b"API_KEY" not in result.stdout
    assert str(os.getcwd()).encode() not in result.stdout


def test_the_home_and_this_package_are_out_of_sight(sealed):
    import tarot_bench

    targets = [
        os.path.expanduser("~/.ssh"),
        os.path.dirname(tarot_bench.__file__),
        os.getcwd(),
        "/etc/passwd",
        __file__,
    ]
    source = f"import os\nprint([path for path in {targets!r} if os.path.exists(path)])"
    assert sealed.stdin(source).stdout == b"[]\n"
    source = """
import os
for top in ("/", "/root", "/home"):
    for where, folders, files in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(where, name) not in ("/proc", "/dev", "/jail")]
        for name in files + folders:
            if "tarot" in name or name in ("problems", ".ssh", ".bashrc", "grading", "harness"):
                print(os.path.join(where, name))
"""
    assert sealed.stdin(source, cpu_s=20, wall_s=60).stdout == b""


@pytest.mark.parametrize("name", ["pydantic", "pytest", "tarot_bench", "tarot_bench.problem", "datasets"])
def test_installed_packages_cannot_be_imported(sealed, name):
    held(sealed.stdin(PROLOGUE + f"attempt(lambda: __import__({name!r}))"))


def test_a_suite_s_candidate_cannot_see_its_tester(sealed):
    source = """
import os
def f():
    mine = {os.getpid(), os.getppid(), 1}
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in mine]
"""
    assert b"passed" in sealed.suite(source, "assert candidate() == [], candidate()").result


def test_numpy_is_there_for_those_who_name_it_and_nobody_else(sealed):
    pytest.importorskip("numpy")
    assert sealed.stdin("import numpy; print(numpy.arange(4).sum())").stdout == b"6\n"
    held(sealed.stdin(PROLOGUE + "attempt(lambda: __import__('num' 'py'))"))


def test_the_network_is_unreachable(sealed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reached = []
        threading.Thread(target=lambda: reached.append(_accept(server)), daemon=True).start()
        source = PROLOGUE + (
            "import socket\n"
            f"attempt(lambda: socket.create_connection(('127.0.0.1', {port}), timeout=1))\n"
            f"attempt(lambda: socket.create_connection(('::1', {port}), timeout=1))\n"
            "attempt(lambda: socket.create_connection(('1.1.1.1', 53), timeout=1))\n"
            "attempt(lambda: socket.getaddrinfo('example.com', 80))\n"
            "attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53)))\n"
            "attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))\n"
            "attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))\n"
            "attempt(lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM, 0))\n"
            "attempt(lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0))\n"
            "attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))\n"
        )
        held(sealed.stdin(source), 10)
        assert reached == []


def _accept(server):
    try:
        return server.accept()[1]
    except OSError:
        return None


def test_unix_sockets_of_the_host_are_unreachable(sealed, tmp_path):
    name = f"tarot-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as path:
        abstract.bind(f"\0{name}")
        path.bind(str(tmp_path / "s"))
        abstract.listen()
        path.listen()
        for forks in ("", "# fork\n"):
            source = (
                forks
                + PROLOGUE
                + (
                    "import socket\n"
                    f"attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0{name}'))\n"
                    f"attempt(lambda: socket.socket(socket.AF_UNIX).connect({str(tmp_path / 's')!r}))\n"
                )
            )
            held(sealed.stdin(source), 2)


@pytest.mark.parametrize(
    "path",
    ["/x", "/usr/lib/x", "/etc/x", "/box/x", "/box/main.py", "/jail/x", "/dev/x", "/proc/sys/kernel/core_pattern",
     "/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/1/oom_score_adj", "/sys/x", os.__file__],
)  # fmt: skip
def test_nothing_outside_tmp_can_be_written(sealed, path):
    source = PROLOGUE + (
        f"attempt(lambda: open({path!r}, 'w'))\n"
        f"attempt(lambda: open({path!r}, 'r+'))\n"
        f"attempt(lambda: os.truncate({path!r}, 0))\n"
        f"attempt(lambda: os.remove({path!r}))\n"
        f"attempt(lambda: os.rename({path!r}, '/tmp/x'))\n"
        f"attempt(lambda: os.mkdir({path!r} + '.d'))\n"
        f"attempt(lambda: os.link({path!r}, '/tmp/y'))\n"
        f"attempt(lambda: os.symlink('/tmp', {path!r} + '.l'))\n"
    )
    held(sealed.stdin(source), 8)


def test_links_lead_nowhere(sealed):
    source = PROLOGUE + (
        "os.symlink('/box', '/tmp/box'); attempt(lambda: open('/tmp/box/x', 'w'))\n"
        "os.symlink('/proc/1/environ', '/tmp/env'); attempt(lambda: open('/tmp/env').read(1))\n"
        "os.symlink('/proc/1/root', '/tmp/root'); attempt(lambda: os.listdir('/tmp/root'))\n"
        "os.symlink('/proc/1/cwd', '/tmp/cwd'); attempt(lambda: os.listdir('/tmp/cwd'))\n"
        "attempt(lambda: open('/proc/self/root/box/main.py', 'a'))\n"
        "attempt(lambda: os.mknod('/tmp/null', 0o20666, os.makedev(1, 3)))\n"
    )
    held(sealed.stdin(source), 6)


def test_setuid_programs_give_nothing(sealed):
    source = """
import os
os.chmod("/tmp", 0o777) if os.stat("/tmp").st_uid == os.getuid() else None
print(sum(os.stat(os.path.join(where, name)).st_mode & 0o6000 != 0
      for where, _, files in os.walk("/usr") for name in files if not os.path.islink(os.path.join(where, name))) >= 0)
print(open("/proc/self/status").read().split("NoNewPrivs:\\t")[1][0])
print(open("/proc/self/status").read().split("CapEff:\\t")[1][:16])
print(os.getuid() != 0 and os.geteuid() != 0)
"""
    assert sealed.stdin(source, cpu_s=10).stdout == b"True\n1\n0000000000000000\nTrue\n"


def test_another_uid_cannot_be_taken(sealed):
    held(sealed.stdin(PROLOGUE + "attempt(lambda: os.setuid(0))\nattempt(lambda: os.setresuid(0, 0, 0))\n"), 2)


def test_a_file_cannot_be_made_to_signal_others(sealed):
    source = PROLOGUE + "import fcntl\nattempt(lambda: fcntl.fcntl(0, fcntl.F_SETOWN, 1))\n"
    held(sealed.stdin(source))


def test_what_is_executed_stays_under_the_filter(sealed):
    source = """
import os, subprocess, sys
code = "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))"
code += "; print(open('/proc/self/status').read().count('Seccomp:\\t2'))"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
"""
    assert sealed.stdin(source).stdout == b"-1\n1\n\n"


def test_the_jail_ends_with_its_host():
    source = """
import os, sys, threading, time
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job, open_sandbox
sandbox = open_sandbox("local", workers=1)
job = Job("import time\\ntime.sleep(600)", "stdin", (b"",), Limits(wall_s=600))
threading.Thread(target=sandbox.run, args=(job,), daemon=True).start()
time.sleep(1.5)
print(os.getpid(), flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as harness:
        pid = int(harness.stdout.readline())
        family = _family(pid)
        harness.kill()
    assert len(family) >= 3
    for _ in range(100):
        alive = [child for child in family if os.path.exists(f"/proc/{child}")]
        if not alive:
            break
        threading.Event().wait(0.1)
    assert not alive


def _family(pid):
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in file.read().split():
                found += _family(int(child))
    return found
