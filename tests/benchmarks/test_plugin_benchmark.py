"""A benchmark of another package, built as a wheel and installed: the example in ``examples/plugin_benchmark``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.benchmarks.registry import GROUP
from tarot_bench.errors import RecipeError
from tests.cli.command import tarot
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "plugin_benchmark"
COPIED = """
import json, sys
from tarot_bench.benchmarks import located, open_benchmark, questions_of
from tarot_bench.dataset import Entry
from tarot_bench.generation.decontaminate.stage import DecontaminateSettings, DecontaminateStage

benchmark = open_benchmark("calendar")
problem = benchmark.load(located(benchmark, None), None, None).problems[0]
stage = DecontaminateStage(DecontaminateSettings(benchmarks={"calendar": None}, behaviour=False), sandbox=None)
(found,) = stage.run([Entry(problem=problem.model_copy(update={"id": "mine"}))])
print(json.dumps([found.reason, found.detail]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> str:
    """A ``PYTHONPATH`` on which the example is installed from its wheel."""
    folder = tmp_path_factory.mktemp("plugin")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(EXAMPLE)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, folder / "site", wheel], check=True, capture_output=True)
    return os.pathsep.join([str(folder / "site"), str(ROOT)])


def strict(run: Path) -> float:
    (summary,) = json.loads((run / "summary.json").read_text())["summaries"]
    assert summary["benchmark"] == "calendar"
    assert set(summary["metrics"]["tiers"]) == {"basic", "intermediate", "complex", "edge"}
    return summary["metrics"]["strict"]["1"]["value"]


def test_an_installed_benchmark_is_evaluated_like_any_other(installed, tmp_path):
    for model in ("gold", "mutant:1"):
        said = tarot("evaluate", "-m", model, "-b", "calendar", "-o", model, cwd=tmp_path, PYTHONPATH=installed)
        assert said.returncode == 0, said.stderr
    assert strict(tmp_path / "gold") == 1
    assert strict(tmp_path / "mutant:1") < 1


def test_an_installed_benchmark_is_listed_where_a_name_is_wrong(installed, tmp_path):
    said = tarot("evaluate", "-m", "gold", "-b", "calender", cwd=tmp_path, PYTHONPATH=installed)
    assert said.returncode == 2
    assert "did you mean calendar?" in said.stderr


def test_data_of_an_installed_benchmark_can_be_named(installed, tmp_path):
    first = (EXAMPLE / "tarot_bench_calendar/problems.jsonl").read_text().splitlines()[0]
    (tmp_path / "calendar.jsonl").write_text(first + "\n" + '{"id": "x"}\n')
    said = tarot("evaluate", "-m", "gold", "-b", "calendar", "--data-dir", ".", cwd=tmp_path, PYTHONPATH=installed)
    assert said.returncode == 2
    assert "calendar.jsonl:2: expected the columns id, statement" in said.stderr


@pytest.mark.parametrize(
    "code", ["BENCHMARK = 42", "class BENCHMARK:\n    name = default_data = default_prompt = load = files = ''"]
)
def test_a_plug_in_that_is_not_a_benchmark_is_one_line(code, tmp_path, monkeypatch):
    (tmp_path / "odd_benchmark.py").write_text(code)
    (tmp_path / "odd-1.0.dist-info").mkdir()
    (tmp_path / "odd-1.0.dist-info/entry_points.txt").write_text(f"[{GROUP}]\nodd = odd_benchmark:BENCHMARK\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "odd_benchmark", raising=False)
    with pytest.raises(RecipeError, match=r"the plug-in 'odd' is not a benchmark: .* files and load"):
        open_benchmark("odd")


def test_training_data_are_compared_with_an_installed_benchmark(installed):
    command = [sys.executable, "-c", COPIED]
    said = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": installed})
    assert said.returncode == 0, said.stderr
    reason, detail = json.loads(said.stdout)
    assert reason == "benchmark-statement"
    assert "of calendar/leap-days," in detail
