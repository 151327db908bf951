"""Nothing that a model, a data set or a file says commands the terminal or is read as markup."""

import json
import re
import unicodedata

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.native import write_jsonl
from tests.cli.command import tarot

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2066"
NAME = f"bad[/red]{ESCAPES}\nid"


def commands_in(text: str) -> list[str]:
    return [c for c in text if (unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t")]


def test_explain_and_every_table_show_hostile_texts_as_text(tmp_path):
    problem = load_problems("embedded").problems[0]
    spoilt = {"reason": f"[bold]{ESCAPES}\n[/]"}
    tests = tuple(test.model_copy(update=spoilt | {"input": test.input + ESCAPES}) for test in problem.tests)
    hostile = problem.model_copy(update={"id": NAME, "tests": tests, "solution": None})
    write_jsonl([hostile], tmp_path / "data.jsonl")
    program = f"import sys\n# {ESCAPES}\nsys.stdout.write({ESCAPES!r} + '[/red]')\nsys.exit({ESCAPES!r})"
    row = {"problem_id": NAME, "text": f"```python\n{program}\n```"}
    model = tmp_path / "recorded[red]\x1b[31m.jsonl"
    model.write_text(json.dumps(row) + "\n")
    said = [tarot("evaluate", "-m", f"replay:{model.name}", "-d", "data.jsonl", "-o", "run", cwd=tmp_path)]
    said.append(tarot("explain", "run", NAME, "--all", cwd=tmp_path))
    said.append(tarot("regrade", "run", cwd=tmp_path))
    said.append(tarot("validate", "data.jsonl", cwd=tmp_path))
    said.append(tarot("probe", "--run", "run", cwd=tmp_path))
    said.append(tarot("reward-replay", "run", cwd=tmp_path))
    said.append(tarot("explain", "run", f"absent{ESCAPES}", cwd=tmp_path))
    for one in said:
        assert not commands_in(one.stdout + one.stderr), one.args
        assert "Traceback" not in one.stderr, one.stderr
    assert [one.returncode for one in said] == [0, 0, 0, 1, 0, 0, 2]
    explained = said[1].stdout
    assert "bad[/red]\\x1b]0;owned\\x07" in explained
    assert "[bold]" in explained
    assert re.search(r"replay:recorded\[red\]\\x1b\[31m", said[0].stdout)


def test_an_answer_without_code_is_shown_as_text(tmp_path):
    problem = load_problems("embedded").problems[0]
    row = {"problem_id": problem.id, "text": f"I [red]will[/red] not {ESCAPES}"}
    (tmp_path / "r.jsonl").write_text(json.dumps(row) + "\n")
    assert tarot("evaluate", "-m", "replay:r.jsonl", "--limit", "1", "-o", "run", cwd=tmp_path).returncode == 0
    said = tarot("explain", "run", problem.id, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "I [red]will[/red] not \\x1b]0;owned\\x07" in said.stdout
    assert not commands_in(said.stdout)
