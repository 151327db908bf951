"""A run with hostile answers, and copies of it in which samples have no score or are missing."""

import json
import shutil

import pytest

from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.grading import ungraded
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion, SampleOutcome
from tests.integrations.lm_eval.recorded import (
    NEVER_ENDING_THOUGHT,
    ONLY_SMALL,
    RIGHT,
    answers_for,
    data_file,
    problems,
)

LONG = "I multiply." + "x" * (10 * 1024 * 1024)
HOSTILE = "\x00\x1b[31m\u2028\u202e\x85=1+1\n" + RIGHT + "\ud83d\udc00"
"""NUL, ANSI, separators, direction marks, lone surrogates around a right program."""
ONLY_LARGE = ONLY_SMALL.replace("n < 100", "n >= 10")
ONLY_ONES = ONLY_SMALL.replace("n < 100", "n < 10")
FORMS = [RIGHT, ONLY_SMALL, HOSTILE, ONLY_LARGE, ONLY_ONES, NEVER_ENDING_THOUGHT, LONG]
MADE = problems(5)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Five problems with three answers each."""
    folder = tmp_path_factory.mktemp("exported")
    data = data_file(folder, MADE)
    rows = [
        {"problem_id": name, "text": text, "finish_reason": "stop"}
        for name, texts in answers_for(MADE, FORMS).items()
        for text in texts[:3]
    ]
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = resolve(f"replay:{folder / 'answers.jsonl'}", "tarot", data=(data,), samples=3, k=(1, 3), overrides=())
    evaluate(settings, folder / "run")
    return folder / "run"


@pytest.fixture
def spoiled(finished, tmp_path):
    """The run with a sample that could not be graded, and one that the service refused."""
    path = tmp_path / "spoiled"
    shutil.copytree(finished, path)
    files = EvaluationRun.open(path).benchmark("tarot")
    refused = Completion(
        problem_id="times/4",
        index=0,
        model="m",
        text="half",
        outcome=SampleOutcome.FILTERED_BY_SERVICE,
        finish_reason="content_filter",
        note="not allowed",
    )
    with files.write_completions() as completions, files.write_grades() as grades:
        completions.append(refused)
        grades.append(ungraded(MADE[0], 0, "no jail"))
        grades.append(ungraded(MADE[2], 0, "not allowed"))
    return path


@pytest.fixture
def unfinished(finished, tmp_path):
    """The run as it was when 13 of the 15 samples were answered and 12 graded."""
    path = tmp_path / "unfinished"
    shutil.copytree(finished, path)
    (path / "summary.json").unlink()
    for name, count in (("completions", 13), ("grades", 12)):
        journal = path / "tarot" / f"{name}.jsonl"
        lines = journal.read_bytes().splitlines(keepends=True)
        keys = [(json.loads(line)["problem_id"], json.loads(line)["index"]) for line in lines]
        kept = sorted(keys)[:count]
        journal.write_bytes(b"".join(line for line, key in zip(lines, keys, strict=True) if key in kept))
    return path


def texts_of(run, names=("tarot",)):
    """The answers of a run, by problem and index."""
    files = EvaluationRun.open(run).benchmark(names[0])
    return {(made.problem_id, made.index): made.text for made in files.completions}
