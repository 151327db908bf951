"""Run `tarot-bench` as a user does, without importing it anew each time.

`tarot` runs a command in a process of its own: with its own folder, environment, streams and exit status. The process
is a fork of one that has imported the package, because imports take more time than most commands do. Tests of the
documentation start the installed command itself.
"""

import atexit
import gc
import json
import os
import re
import runpy
import subprocess
import sys
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from tarot_bench.dataset import load_problems
from tests.conftest import ROOT

# Nothing that reads the environment when it is imported (huggingface_hub), and nothing that starts threads.
_IMPORTED = (
    "altair", "anthropic", "openai", "tarot_bench.api.compare", "tarot_bench.api.evaluate",
    "tarot_bench.api.leaderboard", "tarot_bench.api.report", "tarot_bench.api.run", "tarot_bench.api.verifying",
    "tarot_bench.cli.main", "tarot_bench.cli.output", "tarot_bench.generation.audit.auditing",
    "tarot_bench.generation.factory", "tarot_bench.models.baselines", "tarot_bench.sandbox.backends.local",
)  # fmt: skip
_BEFORE_IMPORTS = ("PYTHON", "LANG", "LC_")  # variables that are read when an interpreter starts
_lock = Lock()


def tarot(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; no key of this user's is in its environment."""
    keep = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    env = keep | {"HF_HUB_OFFLINE": "1"} | environment
    if any(name.startswith(_BEFORE_IMPORTS) for name in environment):
        command = [sys.executable, "-m", "tarot_bench", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, check=False)
    with TemporaryDirectory() as folder:
        asked = {"arguments": arguments, "cwd": str(cwd), "env": env, "streams": folder}
        with _lock:
            server = _server()
            print(json.dumps(asked), file=server.stdin, flush=True)
            status = int(server.stdout.readline())
        out, err = ((Path(folder) / name).read_text() for name in ("out", "err"))
    return subprocess.CompletedProcess(list(arguments), status, out, err)


def expect_one_line(said: subprocess.CompletedProcess[str], pattern: str) -> None:
    """Expect that a command ended with one line about a user's mistake."""
    assert said.returncode == 2, said.stderr + said.stdout
    ours = [line for line in said.stderr.splitlines() if line.startswith("tarot-bench: ")]
    assert len(ours) == 1, said.stderr
    assert said.stderr.endswith(ours[0] + "\n"), said.stderr
    assert re.search(pattern, said.stderr), said.stderr
    assert "Traceback" not in said.stderr


@cache
def _server() -> subprocess.Popen[str]:
    """The process that forks; it ends when its standard input does."""
    command = [sys.executable, "-m", "tests.cli.command"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _serve() -> None:
    for name in _IMPORTED:
        import_module(name)
    load_problems()  # kept by the package once they are read
    gc.freeze()
    for line in sys.stdin:
        # Of multiprocessing, whose processes end without taking down the modules that were imported: that takes longer.
        process = get_context("fork").Process(target=_run, kwargs=json.loads(line))
        process.start()
        process.join()
        print(process.exitcode, flush=True)


def _run(arguments: list[str], cwd: str, env: dict[str, str], streams: str) -> None:
    """Take the folder, the environment and the streams of a command, and run it."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.path[0] = cwd
    sys.argv[1:] = arguments
    for number, name in ((1, "out"), (2, "err")):
        opened = os.open(f"{streams}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    try:
        runpy.run_module("tarot_bench", run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()


if __name__ == "__main__":
    _serve()
