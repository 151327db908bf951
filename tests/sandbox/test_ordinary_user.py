"""The sandbox must be as good for an ordinary user as for root, where most tests run as one of the two only."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import tarot_bench

NOBODY = 65534
SCRIPT = """
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job, open_sandbox

with open_sandbox(workers=1) as sandbox:
    info = sandbox.info
    stdin = sandbox.run(Job("import os\\nprint(int(input()) * 2, os.getuid())", "stdin", (b"4", b"5"), Limits()))
    call = sandbox.run(Job("def f(a):\\n    return a, a", "call", (b"[1]",), Limits(), "f"))
    suite = sandbox.run(Job("def f(a):\\n    return a", "suite", (b"assert candidate(3) == 3",), Limits(), "f"))
    blocked = sandbox.run(Job("import socket\\nsocket.create_connection(('127.0.0.1', 9))", "stdin", (b"",), Limits()))
    print(info.level, [e.stdout.split()[0] for e in stdin], call[0].result, b"passed" in suite[0].result, blocked[0].ok)
"""


@pytest.fixture
def readable():
    """An interpreter and import paths that nobody may read: this very interpreter often lies in root's home."""
    if os.geteuid() != 0:
        pytest.skip("runs as an ordinary user anyway")
    third_party = next(path for path in sys.path if path.endswith("site-packages"))
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        try:
            tried = as_nobody(python, "import sys, pydantic; print(sys.version_info[:2])", third_party)
        except OSError:
            continue
        if tried.returncode == 0 and tried.stdout.strip() == str(tuple(sys.version_info[:2])):
            folder = Path(tempfile.mkdtemp())
            folder.chmod(0o755)
            shutil.copytree(Path(tarot_bench.__file__).parent, folder / "tarot_bench")
            yield python, f"{folder}:{third_party}"
            shutil.rmtree(folder)
            return
    pytest.skip("no Python of this version that an ordinary user can read")


def as_nobody(python: str, script: str, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-c", script],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_ordinary_user_gets_full_isolation_in_every_mode(readable):
    said = as_nobody(readable[0], SCRIPT, readable[1])
    assert said.returncode == 0, said.stderr
    assert said.stdout.split("\n")[0] == "full [b'8', b'10'] b'{\"!\":[\"tuple\",[1,1]]}' True False"
