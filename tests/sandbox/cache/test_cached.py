import logging
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Job, SandboxInfo
from tarot_bench.sandbox.cache import cached as module
from tarot_bench.sandbox.cache.cached import CachedSandbox, default_path, lasting
from tarot_bench.verdict import Execution
from tests.sandbox.doubles import ScriptedSandbox

LIMITS = Limits(cpu_s=5, wall_s=20)
JOB = Job("print(input())", "stdin", (b"1\n", b"2\n"), LIMITS)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "cache" / "verdicts.sqlite"


def test_a_repeated_job_is_answered_from_disk_with_the_same_executions(path, local):
    inner = ScriptedSandbox(lambda job, content: local.run(replace(job, inputs=(content,)))[0])
    job = Job("import sys\nprint(input(), file=sys.stderr)\nprint(1/0)", "stdin", (b"a\n", b""), LIMITS)
    with CachedSandbox(inner, path) as cached:
        first = cached.run(job)
    with CachedSandbox(inner, path) as cached:
        assert cached.run(job) == first
        assert (cached.hits, cached.misses) == (2, 0)
    assert len(inner.asked) == 2


def test_results_of_calls_survive_the_disk(path, local):
    job = Job("def f(x): return [x, None]", "call", (b'["\\u0000"]', b"[1]"), LIMITS, "f")
    with CachedSandbox(ScriptedSandbox(lambda j, c: local.run(replace(j, inputs=(c,)))[0]), path) as cached:
        first = cached.run(job)
        assert first[0].result is not None
        assert cached.run(job) == first


def test_a_new_test_of_a_known_program_runs_alone(path):
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        cached.run(JOB)
        outputs = cached.run(replace(JOB, inputs=(b"2\n", b"3\n", b"1\n")))
    assert inner.asked == [b"1\n", b"2\n", b"3\n"]
    assert [execution.stdout[-2:] for execution in outputs] == [b"2\n", b"3\n", b"1\n"]


def test_an_input_that_a_job_holds_twice_runs_once(path):
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        first, second, third = cached.run(replace(JOB, inputs=(b"x", b"y", b"x")))
    assert inner.asked == [b"x", b"y"]
    assert first == third != second


@pytest.mark.parametrize(
    "other",
    [
        replace(JOB, source="print(input())\n"),
        replace(JOB, mode="call"),
        replace(JOB, entry_point="f"),
        replace(JOB, limits=Limits(cpu_s=6, wall_s=20)),
        replace(JOB, limits=Limits(cpu_s=5, wall_s=20, memory_mib=512)),
        replace(JOB, inputs=(b"1\n ", b"2\n ")),
    ],
)
def test_whatever_can_change_an_execution_is_part_of_its_key(path, other):
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        cached.run(JOB)
        cached.run(other)
    assert len(inner.asked) == 4


@pytest.mark.parametrize(
    "info",
    [
        SandboxInfo("cold", "full", "3.11.7", {"hash_seed": "0", "warm": True}),
        SandboxInfo("local", "landlock", "3.11.7", {"hash_seed": "0", "warm": True}),
        SandboxInfo("local", "full", "3.12.1", {"hash_seed": "0", "warm": True}),
        SandboxInfo("local", "full", "3.11.7", {"hash_seed": "1", "warm": True}),
        SandboxInfo("local", "full", "3.11.7", {"hash_seed": "0", "warm": False}),
    ],
)
def test_executions_of_another_kind_of_sandbox_are_not_taken(path, info):
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        cached.run(JOB)
    inner = ScriptedSandbox(info=info)
    with CachedSandbox(inner, path) as cached:
        cached.run(JOB)
    assert len(inner.asked) == 2


@pytest.mark.parametrize("name", ["__version__", "_code_digest"])
def test_executions_of_another_version_of_the_package_or_of_its_sandbox_are_not_taken(path, monkeypatch, name):
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        cached.run(JOB)
    other = "0.0.0" if name == "__version__" else lambda: "another digest"
    monkeypatch.setattr(f"tarot_bench.sandbox.cache.cached.{name}", other)
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        cached.run(JOB)
    assert len(inner.asked) == 2


@pytest.mark.parametrize("changed", ["values*", "inside/program.py", "backends/local/worker.py", "registry.py"])
def test_every_module_of_the_sandbox_is_part_of_its_digest(changed, tmp_path):
    folder = shutil.copytree(Path(module.__file__).parents[1], tmp_path / "sandbox")
    before = module._digest_of(folder)
    file = next(path for path in folder.glob(changed) if path.suffix == ".py" or path.is_dir())
    file = next(file.glob("*.py")) if file.is_dir() else file
    file.write_text(file.read_text() + "# changed\n")
    assert module._digest_of(folder) != before


def test_the_cache_is_readable_by_its_owner_alone(path):
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        cached.run(JOB)
        assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == dict.fromkeys(
            ["verdicts.sqlite", "verdicts.sqlite-wal", "verdicts.sqlite-shm"], 0o600
        )
    assert path.parent.stat().st_mode & 0o777 == 0o700


def poisoned(path: Path) -> None:
    """A cache as another user would leave it: every answer is a lie."""
    with CachedSandbox(ScriptedSandbox(lambda job, content: Execution("exited", 0, stdout=b"poison")), path) as cached:
        cached.run(JOB)


def _open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _open_file(path: Path) -> None:
    path.chmod(0o620)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere.sqlite"))
    path.symlink_to("elsewhere.sqlite")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _another_owner(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(path.parent, 12345, 12345)


@pytest.mark.parametrize("spoil", [_open_folder, _open_file, _link, _pipe, _another_owner])
def test_a_cache_that_others_could_have_written_is_refused_with_a_warning_that_says_what_to_do(path, caplog, spoil):
    poisoned(path)
    spoil(path)
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        assert cached.run(JOB)[0].stdout != b"poison"
    (warning,) = warnings_of(caplog)
    assert str(path) in warning
    assert "remove" in warning or "set XDG_CACHE_HOME" in warning


@given(st.text(), st.binary(), st.text(), st.binary())
@example("ab", b"c", "a", b"bc")
def test_no_two_jobs_share_a_key(tmp_path_factory, source, content, other_source, other_content):
    with CachedSandbox(ScriptedSandbox(), tmp_path_factory.getbasetemp() / "keys" / "verdicts.sqlite") as cached:
        one = cached._keys(Job(source, "stdin", (content,), LIMITS))
        two = cached._keys(Job(other_source, "stdin", (other_content,), LIMITS))
    assert (one == two) == ((source, content) == (other_source, other_content))


def test_a_source_with_lone_surrogates_has_a_key(path):
    with CachedSandbox(ScriptedSandbox(lambda job, content: Execution("compile")), path) as cached:
        assert cached.run(replace(JOB, source="'\ud800'"))[0].outcome == "compile"


def test_errors_are_not_kept_and_the_job_runs_again(path):
    def fail(job: Job, content: bytes) -> Execution:
        raise SandboxError("no jail")

    inner = ScriptedSandbox(fail)
    with CachedSandbox(inner, path) as cached:
        with pytest.raises(SandboxError, match="no jail"):
            cached.run(JOB)
        inner.behave = lambda job, content: Execution("exited", exit_code=0)
        assert cached.run(JOB)[0].ok


EXITED = Execution("exited", exit_code=0, cpu_s=0.1, wall_s=0.1)


@pytest.mark.parametrize(
    ("execution", "kept"),
    [
        (EXITED, True),
        (replace(EXITED, exit_code=1), True),
        (Execution("compile", exit_code=1), True),
        (Execution("killed", signal=signal.SIGSEGV), True),
        (Execution("memory", exit_code=1), True),
        (Execution("output", signal=signal.SIGXFSZ), True),
        (Execution("killed", signal=signal.SIGKILL), False),
        (Execution("memory", signal=signal.SIGKILL), False),
        (replace(EXITED, cpu_s=4.5), False),
        (replace(EXITED, wall_s=17.0), False),
        (Execution("time", signal=signal.SIGKILL, cpu_s=5.01), False),
        (Execution("time", signal=signal.SIGKILL, cpu_s=6.0), True),
        (Execution("time", signal=signal.SIGKILL, cpu_s=0.2, wall_s=20), False),
        (replace(EXITED, doubtful=True), False),
        (Execution("time", signal=signal.SIGKILL, cpu_s=6.0, doubtful=True), False),
        (replace(EXITED, stderr=b"BlockingIOError: [Errno 11] Resource temporarily unavailable"), False),
        (replace(EXITED, exit_code=1, stderr=b"RuntimeError: can't start new thread\n"), False),
        (replace(EXITED, exit_code=1, stderr=b"OSError: [Errno 28] No space left on device"), False),
        (replace(EXITED, exit_code=1, stderr=b"OSError: [Errno 23] Too many open files in system"), False),
        (replace(EXITED, exit_code=1, stderr=b"OSError: [Errno 12] Cannot allocate memory"), False),
        (replace(EXITED, exit_code=1, stderr=b"FileNotFoundError: [Errno 2] No such file: 'Errno 110'"), True),
    ],
)
def test_only_what_is_the_programs_own_doing_lasts(execution, kept):
    assert lasting(execution, LIMITS) is kept


def test_a_stop_at_the_cpu_limit_is_kept_when_seen_twice(path):
    inner = ScriptedSandbox(lambda job, content: Execution("time", signal=signal.SIGKILL, cpu_s=5.001))
    asked = []
    with CachedSandbox(inner, path) as cached:
        for _ in range(4):
            cached.run(replace(JOB, inputs=(b"",)))
            asked.append(len(inner.asked))
    assert asked == [1, 2, 2, 2]


def test_a_doubtful_stop_at_the_cpu_limit_is_never_kept(path):
    stopped = Execution("time", signal=signal.SIGKILL, cpu_s=5.001, doubtful=True)
    inner = ScriptedSandbox(lambda job, content: stopped)
    with CachedSandbox(inner, path) as cached:
        for _ in range(3):
            cached.run(replace(JOB, inputs=(b"",)))
    assert len(inner.asked) == 3


def test_a_stop_at_the_wall_limit_is_never_kept(path):
    inner = ScriptedSandbox(lambda job, content: Execution("time", signal=signal.SIGKILL, cpu_s=0.01, wall_s=20))
    with CachedSandbox(inner, path) as cached:
        for _ in range(3):
            cached.run(replace(JOB, inputs=(b"",)))
    assert len(inner.asked) == 3


def test_threads_that_ask_for_the_same_work_share_it(path):
    started = threading.Barrier(8)

    def slow(job: Job, content: bytes) -> Execution:
        time.sleep(0.05)
        return Execution("time", cpu_s=5.0)  # not kept, so that only sharing can help

    inner = ScriptedSandbox(slow)

    def ask(_: int) -> tuple[Execution, ...]:
        started.wait()
        return cached.run(JOB)

    with CachedSandbox(inner, path) as cached, ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert sorted(inner.asked) == [b"1\n", b"2\n"]


def test_jobs_that_overlap_in_opposite_orders_do_not_wait_for_each_other(path):
    inputs = tuple(str(number).encode() for number in range(20))
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached, ThreadPoolExecutor(8) as pool:
        jobs = [replace(JOB, source=str(k // 8), inputs=inputs[:: 1 if k % 2 else -1]) for k in range(80)]
        for job, made in zip(jobs, pool.map(cached.run, jobs, timeout=60), strict=True):
            assert [execution.stdout for execution in made] == [job.source.encode() + data for data in job.inputs]
    assert len(inner.asked) == 200


def test_a_thread_that_waited_for_failed_work_does_it_itself(path):
    failing, waiting = threading.Event(), threading.Event()

    def fail_once(job: Job, content: bytes) -> Execution:
        if not failing.is_set():
            failing.set()
            waiting.wait(10)
            raise SandboxError("lost")
        return EXITED

    with CachedSandbox(ScriptedSandbox(fail_once), path) as cached, ThreadPoolExecutor(2) as pool:
        first = pool.submit(cached.run, JOB)
        failing.wait(10)
        second = pool.submit(cached.run, JOB)
        time.sleep(0.05)
        waiting.set()
        with pytest.raises(SandboxError):
            first.result(10)
        assert second.result(10) == (EXITED, EXITED)


def _fill(path: str, worker: int) -> None:
    with CachedSandbox(ScriptedSandbox(), Path(path)) as cached:
        for number in range(300):
            cached.run(replace(JOB, source=str((number * (worker + 1)) % 300)))


def test_processes_share_one_file(path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_fill, args=(str(path), worker)) for worker in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        for number in range(300):
            cached.run(replace(JOB, source=str(number)))
    assert inner.asked == []


def test_a_kill_in_mid_run_loses_nothing_that_was_kept(path):
    script = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from dataclasses import replace
from pathlib import Path
from tests.sandbox.cache.test_cached import *
cached = CachedSandbox(ScriptedSandbox(), Path({str(path)!r}))
for number in range(10**9):
    cached.run(replace(JOB, source=str(number)))
    print(number, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        for _ in range(200):
            process.stdout.readline()
        process.kill()
        process.stdout.read()
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        for number in range(200):
            cached.run(replace(JOB, source=str(number)))
    assert inner.asked == []


def warnings_of(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_a_file_that_is_no_cache_is_left_alone_with_one_warning(path, caplog):
    path.parent.mkdir()
    path.write_bytes(b"my thesis " * 1000)
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        for _ in range(3):
            assert cached.run(JOB)[0].ok
    assert path.read_bytes() == b"my thesis " * 1000
    assert len(warnings_of(caplog)) == 1
    assert str(path) in warnings_of(caplog)[0]


def test_a_file_that_is_damaged_in_mid_run_costs_one_warning_and_no_verdict(path, caplog):
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        for number in range(500):
            cached.run(replace(JOB, source=str(number)))
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + os.urandom(size - 4096))
    inner = ScriptedSandbox()
    with CachedSandbox(inner, path) as cached:
        for number in range(500):
            first, second = cached.run(replace(JOB, source=str(number)))
            assert (first.stdout, second.stdout) == (f"{number}1\n".encode(), f"{number}2\n".encode())
    assert len(warnings_of(caplog)) == 1


def test_an_entry_that_makes_no_sense_is_not_believed(path, caplog):
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        cached.run(JOB)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE executions SET outcome = 'PASSED'")
    database.close()
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        assert cached.run(JOB)[0].outcome == "exited"
    assert len(warnings_of(caplog)) == 1


def test_a_locked_file_stops_nothing(path, caplog, monkeypatch):
    monkeypatch.setattr("tarot_bench.sandbox.cache.store._BUSY_S", 0.1)
    with CachedSandbox(ScriptedSandbox(), path) as cached:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(4) as pool:
            jobs = [replace(JOB, source=str(number)) for number in range(12)]
            assert all(first.ok and second.ok for first, second in pool.map(cached.run, jobs))
        holder.close()
    assert len(warnings_of(caplog)) == 1


def test_a_directory_that_cannot_be_made_stops_nothing(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    with CachedSandbox(ScriptedSandbox(), tmp_path / "file" / "verdicts.sqlite") as cached:
        assert cached.run(JOB)[0].ok
    assert len(warnings_of(caplog)) == 1


def test_large_outputs_come_back_whole_and_take_little_room(path):
    text = b"all work and no play\n" * 200_000
    inner = ScriptedSandbox(lambda job, content: Execution("exited", exit_code=0, stdout=text, result=b"r"))
    with CachedSandbox(inner, path) as cached:
        assert cached.run(JOB) == cached.run(JOB)
    assert len(inner.asked) == 2
    assert path.stat().st_size < 200_000


def test_outputs_that_do_not_shrink_below_4_mib_are_not_kept(path):
    noise = os.urandom(5 * 1024 * 1024)
    inner = ScriptedSandbox(lambda job, content: Execution("exited", exit_code=0, stdout=noise))
    with CachedSandbox(inner, path) as cached:
        assert cached.run(JOB) == cached.run(JOB)
    assert len(inner.asked) == 4
    assert path.stat().st_size < 200_000


def test_a_full_store_drops_its_oldest_entries(path):
    inner = ScriptedSandbox(lambda job, content: Execution("exited", exit_code=0, stdout=os.urandom(8192)))
    job = replace(JOB, inputs=(b"",))
    with CachedSandbox(inner, path, max_bytes=4 * 1024 * 1024) as cached:
        for number in range(2000):  # 16 MiB
            cached.run(replace(job, source=str(number)))
        cached.run(replace(job, source="1999"))
        assert cached.hits == 1
        cached.run(replace(job, source="0"))
        assert cached.hits == 1
    assert path.stat().st_size < 5 * 1024 * 1024


def test_the_default_place_follows_xdg(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert default_path() == Path("/elsewhere/tarot-bench/verdicts.sqlite")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_path() == Path.home() / ".cache/tarot-bench/verdicts.sqlite"


def test_the_cache_says_that_it_is_there_and_closes_what_it_wraps(path):
    inner = ScriptedSandbox()
    cached = CachedSandbox(inner, path)
    assert cached.info.details == inner.info.details | {"verdict_cache": True}
    assert cached.workers == inner.workers
    cached.close()
    cached.close()
    assert inner.closed
