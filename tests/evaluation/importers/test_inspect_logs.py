"""Logs that inspect_ai writes, of our own task and of another's, imported and graded again."""

import builtins
import json

import pytest

pytest.importorskip("inspect_ai")

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import includes

from tarot_bench.errors import DataError
from tarot_bench.evaluation import regrade
from tarot_bench.evaluation.importers import agreement, import_results
from tarot_bench.evaluation.importers.formats import read_results
from tests.integrations.lm_eval.recorded import NO_CODE, ONLY_SMALL, RIGHT, answers_for, data_file, problems
from tests.integrations.test_inspect_ai import mock, run


@pytest.fixture(params=["eval", "json"])
def ours(request, tmp_path):
    """A log of our task: five problems, two epochs, one right and one that only knows small numbers."""
    made = problems(5)
    data = data_file(tmp_path, made)
    log = run(mock(answers_for(made, [RIGHT, ONLY_SMALL]), made), tmp_path / "logs", data, epochs=2)
    path = tmp_path / f"log.{request.param}"
    write_eval_log(log, str(path), format=request.param)
    return path


def test_a_log_of_our_task_is_graded_alike(ours, tmp_path):
    found = import_results(ours, tmp_path / "run")
    assert (found.format, found.benchmark, found.problems, found.samples) == ("inspect", "tarot", 5, 10)
    assert found.model == "imported/mockllm/model"
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.value("strict") == 0.5
    assert summary.metrics.value("basic") == 1.0
    agreed = agreement(tmp_path / "run", "tarot")
    assert (agreed.compared, agreed.disagreements) == (5 * 2 * 4, ())


def test_an_answer_that_was_cut_is_truncated_here_too(tmp_path):
    made = problems(1)
    data = data_file(tmp_path, made)
    table = {problem.id: ["<think>let me see"] for problem in made}
    log = run(mock(table, made, "max_tokens"), tmp_path / "logs", data)
    import_results(tmp_path / "logs" / log.location.rpartition("/")[2], tmp_path / "run")
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.counts.truncated == 1


def foreign(folder, outputs, name="humaneval"):
    """A log of a task that is not ours, with one sample per output; None stands for one that failed."""
    samples = [Sample(id=f"times/{n + 2}", input=str(n), target="int(input())") for n in range(len(outputs))]
    (log,) = inspect_eval(
        Task(dataset=samples, scorer=includes(), name=name),
        model=get_model("mockllm/model", custom_outputs=outputs),
        log_dir=str(folder),
        display="none",
        fail_on_error=False,
        max_connections=1,
        max_samples=1,
    )
    return folder / log.location.rpartition("/")[2]


def output(content, stop_reason="stop"):
    made = ModelOutput.from_message(ChatMessageAssistant(content=content), stop_reason)
    made.usage = ModelUsage()  # without it the mock model downloads a tokenizer to count
    return made


def test_parts_of_an_answer_are_read_and_the_files_verdict_is_held_against_ours(tmp_path):
    data = data_file(tmp_path, problems(3))
    parts = [ContentReasoning(reasoning="print(0)"), ContentText(text="```python\nprint(int(input()) * 3)\n```")]
    outputs = [output(NO_CODE), output(parts), output("```python\nprint(int(input()) * 4)\n```")]
    found = import_results(foreign(tmp_path / "logs", outputs), tmp_path / "run", benchmark="tarot", data=data)
    assert found.samples == 3
    (summary,) = regrade(tmp_path / "run")
    assert summary.metrics.value("strict") == pytest.approx(2 / 3)
    assert agreement(tmp_path / "run", "tarot").compared == 3


def test_a_sample_that_ended_in_an_error_is_counted_and_left_out(tmp_path):
    data = data_file(tmp_path, problems(2))
    path = foreign(tmp_path / "logs", [output("```python\nprint(int(input()) * 2)\n```")] * 2)
    log = read_eval_log(str(path))
    log.samples[1].output.choices.clear()
    write_eval_log(log, str(tmp_path / "cut.json"), format="json")
    found = import_results(tmp_path / "cut.json", tmp_path / "run", benchmark="tarot", data=data)
    assert (found.samples, found.problems, found.left_out) == (1, 1, 1)


@pytest.mark.parametrize(
    ("task", "benchmark"),
    [("inspect_evals/humaneval", "humaneval"), ("mbpp", "mbpp"), ("mbpp_plus", "mbpp_plus"), ("gsm8k", None)],
)
def test_the_benchmark_is_told_by_the_tasks_name(task, benchmark, tmp_path):
    _, reading = read_results(foreign(tmp_path / "logs", [output("x")], task))
    assert reading.benchmark == benchmark


def test_without_inspect_ai_one_line_says_what_to_install(ours, monkeypatch):
    honest = builtins.__import__

    def absent(name, *arguments):
        if name.startswith("inspect_ai"):
            raise ImportError(name)
        return honest(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(DataError, match=r'pip install "tarot-bench\[inspect\]"'):
        read_results(ours)


def test_a_broken_log_is_one_line(tmp_path):
    for name, content in (("x.eval", b"PK\x03\x04nothing"), ("x.json", json.dumps({"eval": {"task": "x"}}).encode())):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=name) as caught:
            read_results(tmp_path / name)
        assert "\n" not in str(caught.value)
