"""`import` as a user types it, and the script for the paper's harness."""

import json
import subprocess

from tarot_bench.dataset.native import write_jsonl
from tests.cli.command import tarot
from tests.integrations.lm_eval.recorded import problems


def test_import_grades_a_file_and_shows_where_it_disagrees(tmp_path):
    write_jsonl(problems(2), tmp_path / "data.jsonl")
    rows = [
        {"question_id": f"times/{n}", "code_list": [f"print(int(input()) * {n})"], "graded_list": [n == 2]}
        for n in (2, 3)
    ]
    (tmp_path / "eval_all.json").write_text(json.dumps(rows))
    said = tarot("import", "eval_all.json", "-b", "tarot", "-d", "data.jsonl", "-o", "run", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "livecodebench: 2 completions of 2 problems of tarot" in said.stdout
    assert "Agreement with the file: 1 of 2 (50.00%)" in said.stdout
    assert "times/3, sample 0, all: failed there, here PASSED" in said.stdout
    again = tarot("regrade", "run", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


def test_import_of_something_else_is_one_line(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    said = tarot("import", "x.json", "-o", "run", cwd=tmp_path)
    assert said.returncode == 2
    assert said.stderr.startswith("tarot-bench: x.json is not a result file of")
    assert not (tmp_path / "run").exists()


def test_import_into_a_run_that_is_there_is_refused_and_names_no_option_that_import_lacks(tmp_path):
    write_jsonl(problems(1), tmp_path / "data.jsonl")
    rows = [{"question_id": "times/2", "code_list": ["print(int(input()) * 2)"]}]
    (tmp_path / "eval_all.json").write_text(json.dumps(rows))
    order = ("import", "eval_all.json", "-b", "tarot", "-d", "data.jsonl", "-o", "run")
    first = tarot(*order, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    again = tarot(*order, cwd=tmp_path)
    assert again.returncode == 2
    assert again.stderr == "tarot-bench: run already holds a run; choose another --output\n"


def test_the_papers_command_spells_its_arguments_right(tmp_path):
    copied = tarot("recipes", "copy", "eval/harness/evalchemy.sh", cwd=tmp_path)
    assert copied.returncode == 0, copied.stderr
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = ["bash", "evalchemy.sh", "org/a model", "4"]
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    words = said.stdout.splitlines()
    assert words[:2] == ["-m", "eval.eval"]
    assert words[words.index("--model_args") + 1] == "pretrained=org/a model,tensor_parallel_size=4"
    assert words[words.index("--batch_size") + 1 :] == ["16", "--output_path", "logs"]
    tasks = words[words.index("--tasks") + 1].split(",")
    assert tasks[:4] == ["HumanEval", "HumanEvalPlus", "MBPP", "MBPPPlus"]
    assert tasks[4:] == ["LiveCodeBenchv5_official", "CodeForces", "CruxEval"]
    assert "not comparable" in (tmp_path / "evalchemy.sh").read_text()
    nameless = subprocess.run(command[:2], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert nameless.returncode != 0
    assert "usage: evalchemy.sh MODEL" in nameless.stderr
