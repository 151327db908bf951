"""Levels of isolation: what each needs, what it says of itself, and what holds even at the weaker one."""

import logging
import time

import pytest

from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.sandbox import Job, open_sandbox
from tarot_bench.sandbox.backends.local import isolation, pool
from tests.sandbox.conftest import LACKING, LIMITS, Runner


@pytest.fixture
def landlocked(without_namespaces):
    with open_sandbox(workers=1) as sandbox:
        yield Runner(sandbox)


def test_the_weaker_level_runs_all_modes(landlocked):
    assert landlocked.sandbox.info.level == "landlock"
    assert [result.stdout for result in landlocked.many("print(input())", [b"a", b"b"])] == [b"a\n", b"b\n"]
    assert landlocked.stdin("print(open('/dev/stdin').read())", "x").stdout == b"x\n"
    assert landlocked.call("def f(x): return [x]", 1).result == b"[1]"
    assert b"passed" in landlocked.suite("def f(x): return x + 1", "assert candidate(1) == 2").result
    assert landlocked.stdin("import decimal, json, re, heapq; print(decimal.Decimal(1))").stdout == b"1\n"


def test_the_weaker_level_shows_chosen_packages_to_those_who_name_them(without_namespaces):
    pytest.importorskip("sortedcontainers")
    with open_sandbox(workers=1, packages=["sortedcontainers"]) as opened:
        run = Runner(opened).stdin
        assert run("import sortedcontainers as s; print(s.SortedSet([2, 1]))").stdout == b"SortedSet([1, 2])\n"
        assert run("__import__('sorted' + 'containers')").exit_code == 1


def test_a_fresh_interpreter_starts_at_the_weaker_level_too(without_namespaces):
    """Also where installed packages, which programs must not read, lie beneath the standard library."""
    with open_sandbox("cold", workers=1) as sandbox:
        cold = Runner(sandbox)
        assert cold.stdin("import json, decimal\nprint(input())", "x").stdout == b"x\n"
        assert cold.call("def f(x): return [x]", 1).result == b"[1]"


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/1/environ", "/proc/self/environ", "/root", "/tmp", __file__])
def test_the_weaker_level_reads_nothing_of_the_host(landlocked, path):
    source = f"import os\ntry: os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read()\n"
    assert landlocked.stdin(source + "except OSError: print('held')").stdout == b"held\n"


@pytest.mark.parametrize(
    "action",
    [
        "open('x', 'w')",
        "open('/tmp/x', 'w')",
        "open('/dev/shm/x', 'w')",
        "open(__file__, 'a')",
        "os.chmod(__file__, 0)",
        "os.utime(__file__)",
        "os.truncate(__file__, 0)",
        "os.remove(__file__)",
        "os.fork()",
        "os.kill(os.getppid(), 0)",
        "os.kill(1, 0)",
        "__import__('socket').socket()",
        "__import__('subprocess').run(['true'])",
        "__import__('pydantic')",
        "os.execv(sys.executable, ['python', '-c', '1'])",
    ],
)
def test_the_weaker_level_changes_nothing_of_the_host(landlocked, action):
    source = f"import os, sys\ntry: {action}\nexcept (OSError, ImportError): print('held')"
    assert landlocked.stdin(source).stdout == b"held\n"


def test_the_weaker_level_is_said_aloud_once(without_namespaces, caplog):
    with caplog.at_level(logging.WARNING), open_sandbox(workers=2):
        pass
    assert [record.getMessage() for record in caplog.records if LACKING in record.getMessage()] != []
    assert len(caplog.records) == 1


def test_full_or_nothing_stops_with_the_reason(without_namespaces):
    with pytest.raises(SandboxUnavailableError, match="install bubblewrap"):
        open_sandbox(workers=1, least="full")


def test_nothing_but_an_old_kernel_is_refused_with_a_remedy(monkeypatch):
    monkeypatch.setattr(isolation, "landlock_abi", lambda: 0)
    with pytest.raises(SandboxUnavailableError, match=r"Landlock; use Linux 5\.13"):
        open_sandbox(workers=1)


def test_without_isolation_is_only_for_those_who_say_so(unsafe):
    assert (unsafe.info.kind, unsafe.info.level) == ("unsafe-subprocess", "none")


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(SandboxUnavailableError, match="local, cold"):
        open_sandbox("docker")


@pytest.mark.parametrize("forks", ["", "# fork\n"])
def test_an_older_landlock_confines_signals_all_the_same(forks):
    if isolation.landlock_abi() < 1:
        pytest.skip("no Landlock here")
    source = forks + (
        "import os\n"
        "for pid in (1, os.getppid()):\n"
        "    try: os.kill(pid, 15)\n"
        "    except OSError: pass\n"
        "os.kill(os.getpid(), 0)\n"
        "print('alive')\n"
    )
    with pool.LocalSandbox(1, landlock_abi=5) as sandbox:
        results = Runner(sandbox).many(source, [b""] * 2)
        if not forks:  # a program that may start processes may hurt itself
            assert [result.stdout for result in results] == [b"alive\n"] * 2
        assert Runner(sandbox).stdin("print(1)").stdout == b"1\n"


def test_a_program_that_kills_what_serves_its_tests_is_noticed_at_once():
    """Where Landlock does not confine signals, a program that may start processes can reach the process of its job."""
    if isolation.landlock_abi() < 1 or isolation.lacking_for_full():
        pytest.skip("needs level `full`")
    source = "import os  # fork\nos.kill(os.getppid(), 9)"
    limits = LIMITS.model_copy(update={"wall_s": 200.0})
    with pool.LocalSandbox(1, landlock_abi=5) as sandbox:
        start = time.monotonic()
        results = sandbox.run(Job(source, "stdin", (b"",) * 2, limits))
        assert time.monotonic() - start < 60, "nobody waited for the jail's own deadline"
        assert not any(result.stdout for result in results)
        assert Runner(sandbox).stdin("print(1)").stdout == b"1\n"


def test_every_check_of_the_probe_that_fails_has_a_remedy(monkeypatch):
    monkeypatch.setattr(isolation.shutil, "which", lambda name: None)
    isolation.bubblewrap_version.cache_clear()
    isolation._namespaces.cache_clear()
    try:
        checks = {check.name: check for check in isolation.probe()}
        assert not checks["bubblewrap"].ok
        assert all(check.ok or check.remedy for check in checks.values())
        assert all("\n" not in check.detail + check.remedy for check in checks.values())
    finally:
        monkeypatch.undo()
        isolation.bubblewrap_version.cache_clear()
        isolation._namespaces.cache_clear()
