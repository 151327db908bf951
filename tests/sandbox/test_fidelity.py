"""A warm child behaves as a cold ``python3 main.py``: same bytes out, same status, whatever the program looks at."""

import re
import signal
import subprocess
import sys

import pytest

from tarot_bench.sandbox.backends.local import interpreter
from tests.sandbox.conftest import Runner
from tests.sandbox.programs import APART, PROGRAMS, TEXT


@pytest.mark.parametrize("what", PROGRAMS)
def test_warm_is_cold(local, cold, what):
    source = PROGRAMS[what]
    [warm_one, warm_two] = Runner(local).many(source, [TEXT, TEXT])
    expected = Runner(cold).stdin(source, TEXT)
    alone = Runner(local).stdin(source, TEXT)
    for result in (warm_one, warm_two, alone):
        assert (result.outcome, result.exit_code, result.signal) == (
            expected.outcome,
            expected.exit_code,
            expected.signal,
        ), result.stderr
        assert _placeless(result.stdout) == _placeless(expected.stdout)
        assert _placeless(result.stderr) == _placeless(expected.stderr)


def _placeless(text, directory="/box"):
    """Without addresses of objects, durations and the directory of the program, which are never the same."""
    return re.sub(rb"(?m)0x[0-9a-f]+|[0-9.]+s$", b"", text.replace(str(directory).encode(), b"/box"))


@pytest.mark.parametrize("what", sorted(PROGRAMS.keys() - APART))
def test_cold_is_a_shell_s_python(cold, what, tmp_path):
    source = PROGRAMS[what]
    (tmp_path / "main.py").write_bytes(source.encode())
    (tmp_path / "in").write_bytes(TEXT)
    with open(tmp_path / "in", "rb") as stdin, open(tmp_path / "out", "wb") as stdout:
        shell = subprocess.run(
            [interpreter.current().executable, str(tmp_path / "main.py")],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            cwd=tmp_path,
            preexec_fn=_as_in_a_shell,
        )
    result = Runner(cold).stdin(source, TEXT)
    status = -result.signal if result.signal else result.exit_code
    assert status == shell.returncode, result.stderr
    assert _placeless(result.stdout) == _placeless((tmp_path / "out").read_bytes(), tmp_path)
    assert result.stderr.splitlines()[-1:] == shell.stderr.splitlines()[-1:]


def _as_in_a_shell():
    """Undo what these tests may have been started with, as by ``nohup`` or in the background."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def test_large_input_and_output_arrive_whole(local):
    text = b"0123456789abcdef" * (4 << 20)
    result = Runner(local).stdin("import sys; print(len(sys.stdin.buffer.read()))", text, memory_mib=512)
    assert result.stdout == b"67108864\n"
    result = Runner(local).stdin("print(sum(len(line) for line in open(0)))", b"x" * 99 + b"\n" * 1_000_000)
    assert result.stdout == b"1000099\n"
    result = Runner(local).stdin("import sys; sys.stdout.write('y' * (8 << 20))", output_kib=16 << 10)
    assert result.stdout == b"y" * (8 << 20)


def test_the_interpreter_is_this_one(run):
    result = run.stdin("import sys; print(*sys.version_info[:3], sep='.')")
    assert result.stdout.decode().strip() == ".".join(map(str, sys.version_info[:3]))
