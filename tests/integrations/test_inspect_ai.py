"""The task for inspect_ai, run by inspect_ai itself with its mock model."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("inspect_ai")

from inspect_ai.log import read_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.problem import Tier
from tests.integrations.lm_eval.recorded import (
    CRASH,
    NEVER_ENDING_THOUGHT,
    NO_CODE,
    ONLY_SMALL,
    RIGHT,
    STRANGE,
    answers_for,
    data_file,
    problems,
)

NAME = "tarot_bench/tarot"


@pytest.fixture
def five(tmp_path):
    made = problems(5)
    return made, data_file(tmp_path, made)


def mock(table, made, stop_reason="stop"):
    """inspect_ai's mock model, answering from a table; an answer per epoch."""
    asked = dict.fromkeys(table, 0)

    def answer(messages, tools, tool_choice, config):
        problem = next(p for p in made if p.statement in messages[-1].text)
        texts = table[problem.id]
        output = ModelOutput.from_content("mockllm/model", texts[asked[problem.id] % len(texts)], stop_reason)
        output.usage = ModelUsage()  # without it the mock model downloads a tokenizer to count
        asked[problem.id] += 1
        return output

    return get_model("mockllm/model", custom_outputs=answer, memoize=False)


def run(model, folder, data, epochs=1, **arguments):
    from inspect_ai import eval as inspect_eval

    (log,) = inspect_eval(
        NAME, model=model, task_args={"data": data, **arguments}, epochs=epochs, log_dir=str(folder), display="none"
    )
    assert log.status == "success", log.error
    return log


def numbers(log) -> dict[str, float]:
    return {score.name: score.metrics["accuracy"].value for score in log.results.scores}


def test_the_package_is_found_by_name_and_every_tier_has_its_accuracy(five, tmp_path):
    made, data = five
    log = run(mock(answers_for(made, [ONLY_SMALL]), made), tmp_path / "logs", data)
    expected = {"strict": 0.0, "basic": 1.0, "intermediate": 1.0, "complex": 0.0, "edge": 0.0}
    assert numbers(log) == expected
    assert list(expected) == [score.name for score in log.results.scores]
    assert (log.results.headline.score, log.results.headline.metric) == ("strict", "accuracy")
    assert log.eval.metadata["data_digest"]


def test_its_verdicts_are_those_of_evaluate(five, tmp_path):
    made, data = five
    table = answers_for(made, [RIGHT, ONLY_SMALL, NO_CODE, STRANGE, CRASH])
    rows = [{"problem_id": name, "text": texts[0]} for name, texts in table.items()]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    evaluate(resolve(f"replay:{tmp_path / 'answers.jsonl'}", "tarot", data=(data,)), tmp_path / "run")
    grades = [json.loads(line) for line in (tmp_path / "run/tarot/grades.jsonl").read_text().splitlines()]
    ours = {grade["problem_id"]: [(r["tier"], r["verdict"]) for r in grade["results"]] for grade in grades}
    log = run(mock(table, made), tmp_path / "logs", data)
    theirs = {
        sample.id: [(t["tier"], t["verdict"]) for t in sample.scores["tiers_passed"].metadata["tests"]]
        for sample in log.samples
    }
    assert theirs == ours


def test_epochs_are_samples_of_pass_at_k(five, tmp_path):
    from inspect_ai import Epochs

    made, data = five
    table = {problem.id: answers_for([problem], [RIGHT, CRASH, CRASH])[problem.id] for problem in made}
    log = run(mock(table, made), tmp_path / "logs", data, epochs=Epochs(3, ["mean", "pass_at_2"]), tiers="edge")
    found = {(s.name, s.reducer): s.metrics["accuracy"].value for s in log.results.scores}
    assert found["edge", "mean"] == pytest.approx(1 / 3)
    assert found["edge", "pass_at_2"] == pytest.approx(2 / 3)


def test_an_answer_cut_at_the_token_limit_is_truncated(five, tmp_path):
    made, data = five
    log = run(mock(answers_for(made, [NEVER_ENDING_THOUGHT]), made, "max_tokens"), tmp_path / "logs", data)
    score = log.samples[0].scores["tiers_passed"]
    assert {test["verdict"] for test in score.metadata["tests"]} == {"TRUNCATED"}
    assert score.reason == "invalid_response_format"


def test_an_infrastructure_error_is_unscored_rather_than_wrong(five, tmp_path, monkeypatch):
    from tarot_bench.errors import SandboxError
    from tarot_bench.integrations import inspect_ai

    class Failing:
        workers = 1

        def run(self, job):
            if b"3" in job.source.encode():
                raise SandboxError("no jail")
            return honest.run(job)

    made, data = five
    honest = inspect_ai.shared_sandbox("local")
    monkeypatch.setattr(inspect_ai, "shared_sandbox", lambda kind: Failing())
    log = run(mock(answers_for(made, [RIGHT]), made), tmp_path / "logs", data)
    assert numbers(log)["strict"] == 1.0
    by_id = {sample.id: sample.scores["tiers_passed"] for sample in log.samples}
    assert by_id["times/3"].reason == "scoring_failed"
    assert "no jail" in by_id["times/3"].explanation


def test_a_problem_without_a_tier_does_not_count_towards_it(tmp_path):
    made = [*problems(2), *problems(4, tiers=(Tier.BASIC,))[2:]]
    log = run(mock(answers_for(made, [ONLY_SMALL]), made), tmp_path / "logs", data_file(tmp_path, made))
    assert numbers(log) == {"strict": 0.5, "basic": 1.0, "intermediate": 1.0, "complex": 0.0, "edge": 0.0}


def test_a_log_can_be_scored_again(five, tmp_path):
    from inspect_ai import score

    from tarot_bench.integrations.inspect_ai import tiers_passed

    made, data = five
    log = run(mock(answers_for(made, [ONLY_SMALL]), made), tmp_path / "logs", data)
    again = score(log, tiers_passed(data=data), action="overwrite", display="none")
    assert {s.name: s.metrics["accuracy"].value for s in again.results.scores} == numbers(log)


def test_the_command_scores_a_log_again(five, tmp_path):
    made, data = five
    log = run(mock(answers_for(made, [ONLY_SMALL]), made), tmp_path / "logs", data)
    command = ["score", log.location, "--action", "overwrite", "--output-file", str(tmp_path / "again.eval")]
    said = subprocess.run(
        [sys.executable, "-m", "inspect_ai._cli.main", *command], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    again = read_eval_log(str(tmp_path / "again.eval"))
    assert numbers(again) == numbers(log)
    assert again.results.headline == log.results.headline


def test_a_benchmark_without_tiers_has_evaluates_names_for_its_scores(tmp_path):
    row = {
        "task_id": "HumanEval/0",
        "prompt": "def double(x):\n",
        "canonical_solution": "    return 2 * x\n",
        "test": "def check(candidate):\n    assert candidate(2) == 4\n",
        "entry_point": "double",
    }
    (tmp_path / "HumanEval.jsonl").write_text(json.dumps(row) + "\n")
    output = ModelOutput.from_content("mockllm/model", "    return x + x")
    output.usage = ModelUsage()  # without it the mock model downloads a tokenizer to count
    log = run(
        get_model("mockllm/model", custom_outputs=[output]),
        tmp_path / "logs",
        str(tmp_path / "HumanEval.jsonl"),
        benchmark="humaneval",
    )
    assert numbers(log) == {"original": 1.0}
    assert log.results.headline.score == "original"


def test_a_mistake_in_the_arguments_is_told(five, tmp_path):
    from tarot_bench.errors import DataError

    made, data = five
    with pytest.raises(DataError, match="hardest"):
        run(mock(answers_for(made, [RIGHT]), made), tmp_path / "logs", data, tiers="hardest")
