"""Old names of modules: one line that names the new one, wherever a user can have them."""

import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tarot_bench.renamed import _MOVED
from tests.cli.command import tarot

ROOT = Path(__file__).parent.parent
LINE = "tarot_bench.harness is now tarot_bench.evaluation; tarot_bench.harness.benchmarks is now tarot_bench.benchmarks"


@pytest.mark.parametrize("old", sorted(_MOVED))
def test_an_old_name_is_absent_and_answered_with_one_that_exists(old):
    with pytest.raises(ModuleNotFoundError, match=rf"tarot_bench\.{old.split('.')[0]}.* is now ") as caught:
        importlib.import_module(f"tarot_bench.{old}")
    assert "\n" not in str(caught.value)
    assert f"tarot_bench.{old} is now tarot_bench.{_MOVED[old]}" in str(caught.value)
    assert find_spec(f"tarot_bench.{_MOVED[old]}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "import tarot_bench.harness.lmeval.task",
            "tarot_bench.harness.lmeval is now tarot_bench.integrations.lm_eval",
        ),
        ("from tarot_bench.grading import metrics", "tarot_bench.grading.metrics is now tarot_bench.metrics.tiers"),
        ("from tarot_bench import grade", "tarot_bench.grade is now tarot_bench.grade_text"),
        ("from tarot_bench import rl", "tarot_bench.rl is now tarot_bench.training"),
    ],
)
def test_every_form_of_import_says_so(line, said):
    with pytest.raises(ModuleNotFoundError, match=said):
        exec(line)


def test_a_name_that_never_was_is_an_ordinary_error():
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'tarot_bench\.nothing'"):
        importlib.import_module("tarot_bench.nothing")


@pytest.mark.parametrize(
    ("value", "code"),
    [("old_plugin:make", "from tarot_bench.harness import evaluate"), ("tarot_bench.harness.settings:make", "")],
)
def test_a_plug_in_that_needs_an_old_name_is_one_line_of_the_command(value, code, tmp_path):
    info = tmp_path / "old-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: old\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[tarot_bench.models]\nold = {value}\n")
    (tmp_path / "old_plugin.py").write_text(code)
    said = tarot("evaluate", "-m", "old/x", cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert said.returncode == 2, said.stderr
    assert said.stderr.count("\n") == 1
    assert LINE in said.stderr


@pytest.mark.slow
def test_a_task_file_of_lm_eval_with_an_old_class_is_told_the_new_one(tmp_path):
    pytest.importorskip("lm_eval")
    (tmp_path / "old.yaml").write_text("task: old\nclass: !function tarot_bench.harness.lmeval.task.GradedTask\n")
    code = "import sys\nfrom lm_eval.tasks import TaskManager, get_task_dict\n"
    code += "get_task_dict(['old'], TaskManager(include_path=sys.argv[1]))\n"
    said = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert said.returncode != 0
    assert "tarot_bench.harness.lmeval is now tarot_bench.integrations.lm_eval" in said.stderr
