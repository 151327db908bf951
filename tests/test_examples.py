"""The scripts in examples/ run as a reader would run them."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.generation.factory import generate
from tests.generation.author.select.rows import MEANS, RISING
from tests.models import tiny_llama

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name, folder, *arguments):
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_two_models_are_evaluated_and_compared(tmp_path):
    said = run("evaluate_two_models.py", tmp_path)
    lines = said.splitlines()
    assert lines[0].startswith("mutant:0.3: ")
    assert lines[1].startswith("gold: 100% pass all tiers")
    assert [line.split()[0] for line in lines[2:7]] == ["strict", "basic", "intermediate", "complex", "edge"]
    assert all(" pp [" in line for line in lines[2:7])
    assert "PASSED" in lines[7]


def test_strings_are_graded(tmp_path):
    lines = run("grade_strings.py", tmp_path).splitlines()
    assert lines[0].startswith("solved in ")
    assert sorted(lines[1:]) == [
        "answer 0: basic PASSED, intermediate PASSED, complex PASSED, edge PASSED",
        "answer 1: basic PASSED, intermediate WRONG_ANSWER, complex PASSED, edge PASSED",
        "answer 2: basic NO_CODE, intermediate NO_CODE, complex NO_CODE, edge NO_CODE",
    ]


@pytest.mark.slow
def test_a_dataset_is_made_and_published_to_a_folder(tmp_path):
    lines = run("make_dataset.py", tmp_path).splitlines()
    assert lines[0] == "source: 10 of 10 kept"
    assert "runs/small/published: {'default': " in lines[-2]
    assert " edge tests, such as " in lines[-1]


@pytest.mark.slow
def test_selected_tiers_are_compared_with_the_tests_of_their_benchmark(tmp_path, monkeypatch):
    with gzip.open(tmp_path / "HumanEvalPlus-v0.1.10.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in (RISING, MEANS))
    monkeypatch.setenv("TAROT_DATA_DIR", str(tmp_path))
    generate("select-humaneval-plus", tmp_path / "run", settings=["measure.most_mutants=0"])
    first, *shares = run("select_quality.py", tmp_path, str(tmp_path / "run"), "5").splitlines()
    assert first.startswith("2 problems with four tiers, 2 with strictly rising steps; ")
    assert {share.rsplit(maxsplit=1)[0].strip() for share in shares} >= {"basic", "complex", "four tiers", "HumanEval+"}


@pytest.mark.slow
def test_the_reward_trains_in_trl(tmp_path):
    pytest.importorskip("trl", reason="TRL is not installed: the extra `train`")
    said = run("trl_reward.py", tmp_path, str(tiny_llama.build(tmp_path / "model")), "1")
    assert "'tiers/edge/pass_rate': " in said


def test_every_example_is_listed_and_run():
    listed = (EXAMPLES / "README.md").read_text()
    tests = Path(__file__).read_text()
    scripts = [path.name for path in EXAMPLES.glob("*.py")]
    assert scripts
    for name in scripts:
        assert f"]({name})" in listed
        assert f'run("{name}", ' in tests
    for folder in EXAMPLES.iterdir():
        assert folder.is_file() or f"]({folder.name})" in listed
