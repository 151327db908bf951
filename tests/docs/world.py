"""What documented commands find on a reader's machine: an empty home, files and runs they name, a model service."""

import contextlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.native import write_jsonl
from tests.conftest import ROOT
from tests.docs.blocks import Block, files_before
from tests.servers.llm import LlmServer

_FOLDERS = ("data_cards", "eval", "generation", "training_baselines")
RUNS = {
    "runs/mine": "tarot-bench evaluate --model mutant:0.3 --limit 5 -o runs/mine",
    "runs/baseline": "tarot-bench evaluate --model gold --limit 12 -o runs/baseline",
    "runs/candidate": "tarot-bench evaluate --model mutant:0.5 --limit 12 -o runs/candidate",
    "runs/factory": "tarot-bench generate --recipe smoke -o runs/factory"
    " && tarot-bench publish runs/factory --repo you/name --dry-run",
    "runs/probe": "tarot-bench probe --model gold --limit 6 -n 4 -o runs/probe",
}


def environment(home: Path) -> dict[str, str]:
    """Of every documented command: no key, no network, nothing of this user's."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "XDG_CACHE_HOME") if name in os.environ}
    return kept | {
        "COLUMNS": "80",
        "HF_HUB_OFFLINE": "1",
        "HOME": str(home),
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }


def bash(script: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script; standard error goes where standard output goes."""
    return subprocess.run(
        ["bash", "-uo", "pipefail", "-c", script],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=280,
        check=False,
    )


class World:
    """Prepares directories for blocks; a run that several blocks need is made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def prepared(self, block: Block, cwd: Path) -> Iterator[dict[str, str]]:
        """The environment for a block in `cwd`, with everything there that it needs."""
        home = cwd.parent / f"{cwd.name}-home"
        home.mkdir()
        env = environment(home)
        for name, text in files_before(block).items():
            (cwd / name).write_text(text)
        if (cwd / "pyproject.toml").is_file():
            env["PYTHONPATH"] += f":{_installed(cwd)}"
        with contextlib.ExitStack() as stack:
            for need in block.needs:
                if need in RUNS:
                    shutil.copytree(self._run(need), cwd / need)
                else:
                    env |= stack.enter_context(NEEDS[need](cwd))
            yield env

    def _run(self, name: str) -> Path:
        made = self._folder / name
        if not made.is_dir():
            home = self._folder / "home"
            home.mkdir(exist_ok=True)
            said = bash(RUNS[name], self._folder, environment(home))
            assert said.returncode == 0, said.stdout
        return made


def _installed(project: Path) -> Path:
    """A project as an editable install leaves it: its folder on the path, with its entry points beside it."""
    told = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    info = project / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
    lines = []
    for group, entries in told.get("entry-points", {}).items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return project


@contextlib.contextmanager
def _llm_server(cwd: Path) -> Iterator[dict[str, str]]:
    """A service that knows the embedded problems, for OpenAI's and Anthropic's client, and as a local server."""
    golds = {problem.statement.strip(): problem.solution for problem in load_problems()}

    def answer(prompt: str) -> str:
        gold = next((gold for statement, gold in golds.items() if statement in prompt), "print('?')")
        return f"Here it is.\n\n```python\n{gold}\n```\n"

    with LlmServer(answer) as server:
        yield {
            "OPENAI_API_KEY": "a-key",
            "OPENAI_BASE_URL": server.url,
            "ANTHROPIC_API_KEY": "a-key",
            "ANTHROPIC_BASE_URL": server.url.removesuffix("/v1"),
            "SERVER": server.url,
        }


@contextlib.contextmanager
def _repository(cwd: Path) -> Iterator[dict[str, str]]:
    """The root folders of a checkout."""
    for folder in _FOLDERS:
        (cwd / folder).symlink_to(ROOT / folder)
    yield {}


@contextlib.contextmanager
def _problems(cwd: Path) -> Iterator[dict[str, str]]:
    """A file of problems with tiers."""
    write_jsonl(load_problems("synthetic:6"), cwd / "problems.jsonl")
    yield {}


NEEDS: dict[str, Callable[[Path], contextlib.AbstractContextManager[dict[str, str]]]] = {
    "llm-server": _llm_server,
    "problems.jsonl": _problems,
    "repository": _repository,
}
