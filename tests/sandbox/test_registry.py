"""Sandboxes of other packages: found by name, wherever a kind may be named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.cli.output import sandbox_kind
from tarot_bench.errors import RecipeError, SandboxUnavailableError
from tarot_bench.evaluation import resolve
from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job, open_sandbox
from tarot_bench.sandbox.registry import kinds

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "plugin_sandbox"
ENTRY_POINTS = "[tarot_bench.sandboxes]\nlogged = tarot_bench_logged:LoggedSandbox\nbroken = absent_module:Sandbox\n"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The example as a package that this process sees, beside one that cannot be imported."""
    info = tmp_path / "plugin" / "example-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: example\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(EXAMPLE)
    monkeypatch.syspath_prepend(tmp_path / "plugin")
    monkeypatch.setenv("TAROT_BENCH_LOG", str(tmp_path / "jobs.jsonl"))
    return tmp_path


def test_a_sandbox_of_another_package_opens_by_its_name_and_gets_the_options(installed):
    assert kinds() == ("local", "cold", "ray", "e2b", "unsafe-subprocess", "broken", "logged")
    with open_sandbox("logged", workers=1, packages=[]) as opened:
        (said,) = opened.run(Job("print(input()[::-1])", "stdin", (b"abc",), Limits()))
    assert said.stdout == b"cba\n"
    assert (opened.info.kind, opened.workers) == ("logged", 1)
    logged = json.loads((installed / "jobs.jsonl").read_text())
    assert (logged["mode"], logged["outcomes"]) == ("stdin", ["exited"])


def test_every_setting_that_names_a_sandbox_takes_one_of_another_package(installed):
    from tarot_bench.config import build
    from tarot_bench.generation.recipe import GenerationRecipe
    from tarot_bench.training.recipe import RewardSettings

    recipe = {"name": "a", "source": {"data": "embedded"}, "sandbox": "logged"}
    assert build(GenerationRecipe, recipe, "recipe").sandbox == "logged"
    assert RewardSettings(sandbox="logged").sandbox == "logged"
    assert resolve("gold", overrides=("sandbox=logged",)).sandbox.kind == "logged"
    assert resolve("gold", sandbox="logged").sandbox.kind == "logged"
    assert sandbox_kind("logged") == "logged"


def test_an_unknown_sandbox_is_one_line_that_lists_them_and_names_the_closest(installed):
    with pytest.raises(SandboxUnavailableError, match="unsafe-subprocess, broken, logged; did you mean logged"):
        open_sandbox("loged")
    for name in (lambda: sandbox_kind("lcal"), lambda: resolve("gold", sandbox="lcal")):
        with pytest.raises(RecipeError, match=r"'local', 'cold'.*did you mean local\?"):
            name()


def test_a_sandbox_that_cannot_be_imported_is_one_line_that_names_its_package(installed):
    with pytest.raises(SandboxUnavailableError, match=r"'broken' \(absent_module:Sandbox\) of package example"):
        open_sandbox("broken")


@pytest.mark.slow
def test_the_example_installed_from_a_wheel_grades_through_the_command_line(tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, EXAMPLE]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", place, wheel], check=True)
    environment = os.environ | {"PYTHONPATH": f"{place}:{ROOT}", "TAROT_BENCH_LOG": str(tmp_path / "jobs.jsonl")}
    command = [sys.executable, "-m", "tarot_bench", "evaluate", "-m", "gold", "--limit", "1", "--sandbox", "logged"]
    said = subprocess.run(
        [*command, "-o", "run"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert "100.0" in said.stdout
    assert json.loads((tmp_path / "run/run.json").read_text())["environment"]["sandbox"]["kind"] == "logged"
    jobs = [json.loads(line) for line in (tmp_path / "jobs.jsonl").read_text().splitlines()]
    assert jobs
    assert {outcome for job in jobs for outcome in job["outcomes"]} == {"exited"}
