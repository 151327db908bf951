"""`tarot-bench lm-eval`: lm-eval's own command line, with our tasks in its list."""

import json
import re
from pathlib import Path

import pytest

from tarot_bench.cli.lm_eval import with_our_tasks
from tarot_bench.errors import UserError
from tests.cli.command import tarot

CONSENT = "--confirm_run_unsafe_code"


def test_the_path_of_the_tasks_is_printed(tmp_path):
    folder = Path(tarot("lm-eval-path", cwd=tmp_path).stdout.strip())
    assert (folder / "tarot.yaml").is_file()


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (["--tasks", "tarot"], "run"),
        (["run", "--tasks", "tarot"], "run"),
        (["ls", "tasks"], "ls"),
        (["validate", "--tasks", "tarot"], "validate"),
    ],
)
def test_the_include_path_is_added_to_every_sub_command(given, command):
    arguments = with_our_tasks(given)
    assert arguments[0] == command
    assert (Path(arguments[arguments.index("--include_path") + 1]) / "tarot.yaml").is_file()


def test_help_is_lm_evals_own():
    assert with_our_tasks([]) == []
    assert with_our_tasks(["--help"]) == ["--help"]


@pytest.mark.parametrize(
    ("tasks", "consents"),
    [
        (["--tasks", "tarot"], True),
        (["--tasks", "tarot_basic,tarot_humaneval"], True),
        (["--model", "hf", "-t", "tarot", "tarot_*", "--limit", "3"], True),
        (["--tasks", "tarot,humaneval"], False),
        (["--tasks", "tarot_mine.yaml"], False),
        (["--config", "run.yaml"], False),
    ],
)
def test_consent_to_run_programs_is_given_only_where_all_run_in_our_sandbox(tasks, consents):
    assert (CONSENT in with_our_tasks(["run", *tasks])) is consents


@pytest.mark.parametrize("given", [["--include_path", "mine"], ["--include_path=mine"]])
def test_a_second_include_path_is_refused_because_lm_eval_would_ignore_ours(given):
    with pytest.raises(UserError, match="takes one --include_path"):
        with_our_tasks(["run", "--tasks", "tarot", *given])


@pytest.mark.slow
def test_a_tiny_model_is_asked_forty_times_for_four_tiers_on_the_command_line(tmp_path):
    pytest.importorskip("lm_eval")
    pytest.importorskip("transformers")
    from tests.integrations.lm_eval.recorded import data_file, problems
    from tests.models.tiny_llama import build

    build(tmp_path / "model")
    data = data_file(tmp_path, problems(21))
    arguments = [
        *(
            "run",
            "--model",
            "hf",
            "--model_args",
            f"pretrained={tmp_path / 'model'}",
            "--device",
            "cpu",
            "--batch_size",
            "8",
        ),
        *("--tasks", "tarot", "--limit", "20", "--metadata", f"data={data}", "repeats=2"),
        *("--gen_kwargs", "temperature=0.8", "max_gen_toks=16", "--apply_chat_template"),
        *("--log_samples", "--output_path", "out", "--use_cache", "cache"),
    ]
    said = tarot("lm-eval", *arguments, cwd=tmp_path)
    assert said.returncode == 0, said.stderr[-3000:]
    sent = re.findall(r"Running generate_until requests: +100%.*?(\d+)/(\d+)", said.stderr)
    assert set(sent) == {("40", "40")}
    files = {path.name.split("_2")[0]: path for path in (tmp_path / "out").rglob("samples_*.jsonl")}
    assert set(files) == {f"samples_tarot_{tier}" for tier in ("basic", "intermediate", "complex", "edge")}
    samples = [json.loads(line) for line in files["samples_tarot_edge"].read_text().splitlines()]
    assert len(samples) == 20
    assert all(len(sample["resps"][0]) == 2 for sample in samples)
    assert all(sample["resps"][0][0] != sample["resps"][0][1] for sample in samples), "sampled, not repeated"
    assert samples[0]["arguments"]["gen_args_0"]["arg_0"].startswith("<|user|>Write a Python 3 program")


@pytest.mark.slow
def test_a_mistake_inside_lm_eval_is_one_line(tmp_path):
    pytest.importorskip("lm_eval")
    arguments = ("run", "--model", "dummy", "--tasks", "tarot_all", "--metadata", "data=no-such-file.jsonl")
    said = tarot("lm-eval", *arguments, cwd=tmp_path)
    assert said.returncode == 2
    assert "tarot-bench: no such file or folder: no-such-file.jsonl" in said.stderr
    assert "Traceback" not in said.stderr
