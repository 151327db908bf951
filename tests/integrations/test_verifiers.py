"""The environment for verifiers in ``examples/``: with a stand-in, and with the installed package where it is there."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tarot_bench.dataset.native import write_jsonl
from tests.conftest import ROOT
from tests.integrations.test_trainers import COMPLETIONS, EARNED
from tests.training.problems import COUNT

EXAMPLE = ROOT / "examples" / "verifiers_environment"
STAND_IN = """
from typing import Generic, TypeVar
from pydantic import BaseModel, ConfigDict

A, B, C = TypeVar("A"), TypeVar("B"), TypeVar("C")

class TaskData(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str | None = None
    name: str | None = None
    prompt: str | None = None

class TaskConfig(BaseModel):
    pass

class TasksetConfig(BaseModel):
    id: str = ""
    task: TaskConfig = TaskConfig()

class State: ...
class Trace: ...
class Runtime: ...

class Task(Generic[A, B, C]):
    def __init__(self, data, config=None):
        self.data, self.config = data, config

class Taskset(Generic[A, B]):
    def __init__(self, config):
        self.config = config

    def __iter__(self):
        return iter(self.load())

def reward(weight):
    return lambda method: method
"""
ASK = """
import asyncio, json, sys
from types import SimpleNamespace
import tarot_tiers
data, completions = json.loads(sys.argv[1])
config = tarot_tiers.TierTasksetConfig(id="tarot-tiers", data=data)
(taskset,) = [getattr(tarot_tiers, name) for name in tarot_tiers.__all__]
(task,) = taskset(config)

async def ask():
    rewards = await asyncio.gather(*(task.tiers(SimpleNamespace(last_reply=text)) for text in completions))
    return {"rewards": rewards, "valid": await task.validate(None), "prompt": task.data.prompt, "id": task.data.id}

print(json.dumps(asyncio.run(ask())))
config.task.curriculum = "hard_first"
try:
    list(taskset(config))
except Exception as error:
    print(error)
"""
INSTALLED = """
import json, sys
import verifiers.v1 as vf
from verifiers.v1.utils.loaders import load_taskset, taskset_config_type
data, completions = json.loads(sys.argv[1])
(task,) = load_taskset(taskset_config_type("tarot-tiers")(id="tarot-tiers", data=data))
print(json.dumps([fn.__name__ for fn in task.hooks("reward")]), json.dumps(type(task).__name__), task.data.idx)
"""


def run(script, folder, *paths):
    write_jsonl([COUNT], folder / "problems.jsonl")
    command = [sys.executable, "-c", script, json.dumps([str(folder / "problems.jsonl"), COMPLETIONS])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (EXAMPLE, *paths, *sys.path)))}
    said = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout.splitlines()


def check(told, refused):
    found = json.loads(told)
    assert found["rewards"] == EARNED
    assert found["valid"] is True
    assert found["id"] == COUNT.id
    assert COUNT.statement.strip() in found["prompt"]
    assert "changes with the progress of training" in refused


def test_the_environment_gives_the_rewards_of_trl(tmp_path):
    (tmp_path / "verifiers").mkdir()
    (tmp_path / "verifiers" / "__init__.py").touch()
    (tmp_path / "verifiers" / "v1.py").write_text(STAND_IN)
    check(*run(ASK, tmp_path, tmp_path))


@pytest.mark.slow
def test_the_installed_verifiers_loads_the_environment_and_gives_the_rewards_of_trl(tmp_path):
    if find_spec("verifiers") is None:
        pytest.skip("verifiers is not installed: pip install verifiers")
    check(*run(ASK, tmp_path))
    assert run(INSTALLED, tmp_path) == ['["tiers"] "TierTask" 0']
