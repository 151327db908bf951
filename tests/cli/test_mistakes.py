"""Every mistake a user can make is one line on standard error and exit status 2, and nothing is lost."""

import json

import pytest

from tarot_bench.dataset import load_problems
from tests.cli.command import expect_one_line, tarot


def row(**changes) -> str:
    problem = load_problems("embedded").problems[0]
    return json.dumps(problem.model_dump(mode="json") | changes) + "\n"


def published(**changes) -> str:
    test = {"input": "1\n", "output": "1\n", "type": "stdin_stdout", "label": "basic", "reason": "r"} | changes
    info = {
        "language": changes.pop("language", "python"),
        "test_cases": [{k: test[k] for k in test if k != "language"}],
    }
    return (
        json.dumps({"problem_id": "a", "problem": "p", "gold_standard_solution": "x", "verification_info": info}) + "\n"
    )


DATA = {
    "empty": ("", "no problems|no rows|empty"),
    "no tests": (row(tests=[], original_tests=[]), "no tests"),
    "two problems with one id": (row() * 2, "two problems have the id"),
    "an unknown tier label": (published(label="hardest"), "hardest"),
    "an unknown language": (published(language="cobol"), "cobol"),
    "broken JSON": ('{"id": \n', r"data\.jsonl:1"),
    "an unknown shape": (
        '{"question": 1}\n',
        "no `id` and no `statement`.*rename the column `question` to `statement`",
    ),
    "a row without a statement": ('{"id": "a", "prompt": "p", "tests": []}\n', "no `statement`.*id, prompt, tests"),
    "a half-read spelling of a field": (row(orginal_tests=[]), r"did you mean original_tests\?"),
}


@pytest.mark.parametrize("name", DATA)
def test_unusable_data_is_one_line(name, tmp_path):
    content, said = DATA[name]
    (tmp_path / "data.jsonl").write_text(content)
    expect_one_line(tarot("evaluate", "-m", "gold", "--data", "data.jsonl", cwd=tmp_path), said)
    assert not (tmp_path / "runs").exists()


MISTAKES = {
    "an unknown model prefix": (["evaluate", "-m", "gpt-9"], r"did you mean openai/gpt-9\?"),
    "an Anthropic model without its prefix": (["evaluate", "-m", "claude-9"], r"did you mean anthropic/claude-9\?"),
    "a model of the Hub without a prefix": (["evaluate", "-m", "org/name"], "did you mean hf/org/name"),
    "a misspelled prefix": (["evaluate", "-m", "opnai/x"], r"did you mean openai\?"),
    "a misspelled source": (["evaluate", "-m", "gold", "-d", "embeded"], r"did you mean embedded\?"),
    "a benchmark as data": (["evaluate", "-m", "gold", "-d", "humaneval"], "use --benchmark humaneval"),
    "an unknown benchmark": (["evaluate", "-m", "gold", "-b", "tarot,mbp"], "did you mean mbpp"),
    "an unknown curriculum": (["reward-replay", "x", "--curriculum", "hard_frist"], "did you mean hard_first"),
    "an unknown generation recipe": (["generate", "-r", "smok"], r"did you mean smoke\?"),
    "an unknown training recipe": (["train", "--recipe", "smok"], r"did you mean smoke\?"),
    "a malformed model name": (["evaluate", "-m", "openai/"], "openai/NAME"),
    "a missing OpenAI key": (["evaluate", "-m", "openai/x"], "OPENAI_API_KEY"),
    "a missing Anthropic key": (["evaluate", "-m", "anthropic/x"], "ANTHROPIC_API_KEY"),
    "a server that is down": (
        ["evaluate", "-m", "openai/x", "--base-url", "http://127.0.0.1:9/v1", "options.max_retries=0"],
        "is the server running",
    ),
    "a missing file": (["evaluate", "-m", "gold", "--data", "absent.jsonl"], "absent.jsonl"),
    "a name that no file can have": (["evaluate", "-m", "gold", "--data", "x" * 5000], "File name too long"),
    "a missing recording": (["evaluate", "-m", "replay:absent.jsonl"], "absent.jsonl"),
    "k > n": (["evaluate", "-m", "gold", "-n", "2", "--k", "3"], "pass@3 needs 3 samples per problem, not 2; set -n 3"),
    "an unknown tier": (["evaluate", "-m", "gold", "--tiers", "basic,hardest"], "hardest"),
    "a misspelled tier": (["evaluate", "-m", "gold", "--tiers", "edg"], r"did you mean edge\?"),
    "an unknown id": (["evaluate", "-m", "gold", "--ids", "embedded/absent"], "embedded/absent"),
    "an unknown suite": (["evaluate", "-m", "gold", "--suite", "absent"], "smoke"),
    "an unknown setting": (["evaluate", "-m", "gold", "sampling.heat=1"], "sampling.heat"),
    "a setting without a value": (["evaluate", "-m", "gold", "samples"], "key=value"),
    "an unknown compat": (["evaluate", "-m", "gold", "--compat", "other"], "evalchemy"),
    "an unknown sandbox": (["evaluate", "-m", "gold", "--sandbox", "other"], "unsafe-subprocess"),
    "an unknown sandbox of a self-test": (["selftest", "--sandbox", "other"], "unsafe-subprocess"),
    "a threshold on nothing": (["evaluate", "-m", "gold", "--fail-under", "beauty=1"], "beauty"),
    "resume without a run": (["evaluate", "-m", "gold", "--resume"], "--output"),
    "regrading no run": (["regrade", "absent"], "run.json"),
    "explaining no run": (["explain", "absent", "x"], "run.json"),
    "showing no recipe": (["recipes", "show", "eval/suites/smok.yaml"], r"eval/suites/smoke\.yaml"),
    "showing a recipe by its bare name": (["recipes", "show", "smoke"], r"eval/suites/smoke\.yaml"),
    "selftest without a source": (["selftest", "--data", "humaneval"], "BENCHMARK=SOURCE"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line(name, tmp_path):
    arguments, said = MISTAKES[name]
    expect_one_line(tarot(*arguments, cwd=tmp_path), said)


def test_a_directory_of_other_files_is_refused_and_kept(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("precious")
    expect_one_line(tarot("evaluate", "-m", "gold", "-o", "thesis", cwd=tmp_path), "holds files but no run")
    assert (tmp_path / "thesis" / "thesis.tex").read_text() == "precious"


def test_a_changed_setting_on_resume_is_named_and_a_broken_record_is_located(tmp_path):
    base = ("evaluate", "-m", "gold", "--limit", "2", "-o", "run")
    assert tarot(*base, cwd=tmp_path).returncode == 0
    expect_one_line(tarot(*base, cwd=tmp_path), "--resume")
    changed = ("evaluate", "-m", "gold", "--limit", "1", "-o", "run", "--resume")
    expect_one_line(tarot(*changed, cwd=tmp_path), "limit: 2 -> 1")
    journal = tmp_path / "run/tarot/completions.jsonl"
    journal.write_text("{}\n" + journal.read_text())
    expect_one_line(tarot(*base, "--resume", cwd=tmp_path), r"completions\.jsonl:1")
