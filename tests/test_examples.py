"""The scripts in examples/ run as a reader would run them."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.generation.factory import generate
from tarot_bench.problem import TIERS
from tests.generation.author.select.rows import MEANS, RISING
from tests.models import tiny_llama

LONGER = {
    **RISING,
    "task_id": "Own/2",
    "canonical_solution": (
        "    found, last, lowest = 0, 0, 10 ** 9\n    for place in range(1, len(values)):\n"
        "        if values[place - 1] < values[place]:\n            found += 1\n"
        "        elif values[place - 1] == values[place] and last > 100 * 100:\n            found -= 1\n"
        "        if values[place] < lowest - 1:\n            lowest = values[place] + 0\n"
        "        last = last + 1 if place % 2 == 0 else last - 1\n"
        "        if place > 5 * 5 and last != 3 or lowest == 7 - 1:\n            last = last * 1 - 0\n"
        "        first = place // 2 + 4 if last <= 8 else place % 9\n        last += first * 0\n"
        "    return found if found > 0 or last < 10 ** 6 else 0\n"
    ),
}
"""With more mutants than the selection sees."""
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
        file.writelines(json.dumps(row) + "\n" for row in (RISING, MEANS, LONGER))
    monkeypatch.setenv("TAROT_DATA_DIR", str(tmp_path))
    generate("select-humaneval-plus", tmp_path / "run", settings=["measure.most_mutants=0"])
    first, second, *shares = run("select_quality.py", tmp_path, str(tmp_path / "run"), "5").splitlines()
    assert first == "3 problems with four tiers, 3 with strictly rising steps"
    killable = re.fullmatch(r"(\d+) killable mutants; 15 inputs per problem in the whole benchmark", second)
    assert 0 < int(killable[1]) <= 15
    names = {share.rsplit(maxsplit=1)[0].strip() for share in shares}
    assert names == {*TIERS, "four tiers", "benchmark's own", "plus, whole"}


@pytest.mark.slow
def test_selection_is_compared_with_random_tests_at_the_same_budget(tmp_path):
    first, _, *rows = run("selection_ablation.py", tmp_path, "2", "1", "2").splitlines()
    assert first.startswith("2 problems, ")
    names = [row[:18].strip() for row in rows]
    assert names == ["random", "selected, author", "selected, measured", "all candidates"]
    shares = [[float(share) for share in re.findall(r"([0-9.]+)%", row)] for row in rows]
    assert all(max(found) <= shares[-1][0] for found in shares), "no choice rejects more than all candidates do"


@pytest.mark.slow
def test_the_reward_trains_in_trl(tmp_path):
    pytest.importorskip("trl", reason="TRL is not installed: the extra `train`")
    said = run("trl_reward.py", tmp_path, str(tiny_llama.build(tmp_path / "model")), "1")
    assert "'tiers/edge/pass_rate': " in said


@pytest.mark.slow
def test_a_model_hands_its_programs_in_with_a_tool_in_trl(tmp_path):
    trl = pytest.importorskip("trl", reason="TRL is not installed: the extra `train`")
    template = (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text()
    call = {"name": "submit", "arguments": {"program": "print(3)"}}
    text = f"<tool_call>\n{json.dumps(call)}\n</tool_call>"
    model = tiny_llama.build_parrot(tmp_path / "model", text, template)
    said = run("trl_environment.py", tmp_path, str(model), "1")
    assert "'tiers/edge/pass_rate': " in said
    assert "'tools/call_frequency': " in said
    assert "'verdicts/WRONG_ANSWER': " in said


def test_rows_for_verl_are_written(tmp_path):
    lines = run("verl_rows.py", tmp_path, "synthetic:4", "train.parquet").splitlines()
    assert lines[:2] == ["4 rows in train.parquet", "data.train_files=train.parquet"]
    assert (tmp_path / "train.parquet").is_file()
    assert Path(lines[2].partition("=")[2]).name == "verl.py"


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
