"""What a person types into a notebook: strings and paths, inside a running event loop, twice in a row."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tarot_bench as tb
from tarot_bench.api.evaluate import new_output
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import DataError, RecipeError, RunError
from tarot_bench.evaluation import regrade, resolve
from tarot_bench.progress import Silent

ROOT = Path(__file__).parents[2]


def test_evaluate_takes_a_models_name_and_makes_a_new_run_each_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        run = tb.evaluate("gold", limit=1)
        assert run.summary.metrics.value("strict") == 1.0
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_strings_paths_and_lists_are_taken_alike(tmp_path):
    write_jsonl(tb.load_problems()[:3], tmp_path / "data.jsonl")
    ids = [problem.id for problem in tb.load_problems()[:2]]
    given = [
        {"data": tmp_path / "data.jsonl", "tiers": "basic,edge", "ids": ",".join(ids), "suite": Path("tarot")},
        {
            "data": {"tarot": str(tmp_path / "data.jsonl")},
            "tiers": ["edge", "basic"],
            "ids": ids,
            "benchmarks": "tarot",
        },
    ]
    found = [tb.evaluate("gold", str(tmp_path / f"run-{n}"), **one).summary for n, one in enumerate(given)]
    assert found[0].metrics == found[1].metrics
    assert found[0].metrics.counts.problems == 2
    assert list(found[0].metrics.tiers) == ["basic", "edge"]


def test_settings_that_were_resolved_are_taken_too(tmp_path):
    run = tb.evaluate(resolve("gold", limit=1), tmp_path / "run")
    again = tb.evaluate(resolve("gold", limit=1), str(tmp_path / "run"), resume=True)
    assert run.summary.metrics == again.summary.metrics
    with pytest.raises(RecipeError, match="did you mean limit"):
        tb.evaluate("gold", tmp_path / "other", limt=1)


def test_evaluate_and_regrade_run_inside_a_running_event_loop(tmp_path):
    async def cell():
        run = tb.evaluate("gold", tmp_path / "run", limit=2)
        (again,) = regrade(tmp_path / "run")
        return run.summary, again

    made, again = asyncio.run(cell())
    assert made.metrics == again.metrics
    assert made.metrics.value("strict") == 1.0


def test_several_evaluations_run_beside_an_event_loop_that_goes_on(tmp_path):
    ticks = []

    async def tick():
        while True:
            ticks.append(None)
            await asyncio.sleep(0.01)

    async def cell():
        ticking = asyncio.create_task(tick())
        runs = await asyncio.gather(*(tb.evaluate_async("gold", tmp_path / name, limit=2) for name in "ab"))
        ticking.cancel()
        return runs

    first, second = asyncio.run(cell())
    assert first.summary.metrics == second.summary.metrics
    assert first.path != second.path
    assert len(ticks) > 10


def test_cancelling_an_evaluation_keeps_what_was_done(tmp_path):
    class Stopping(Silent):
        def step(self, count=1):
            asyncio.run_coroutine_threadsafe(cancel(), loop).result()

    async def cancel():
        task.cancel()
        for _ in range(5):  # the task hears of it, and tells the run
            await asyncio.sleep(0)

    async def cell():
        nonlocal loop, task
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(tb.evaluate_async("gold", tmp_path / "run", limit=30, progress=Stopping()))
        with pytest.raises(asyncio.CancelledError):
            await task

    loop = task = None
    asyncio.run(cell())
    with pytest.raises(RunError, match="finish it with `tarot-bench evaluate --resume`"):
        tb.open_run(tmp_path / "run")
    assert tb.evaluate("gold", tmp_path / "run", limit=30, resume=True).summary.metrics.value("strict") == 1.0


def test_problems_are_had_by_position_id_and_slice():
    problems = tb.load_problems()
    assert problems[0] == problems.problems[0]
    assert problems[-1] == problems.problems[-1]
    assert problems[1:3] == problems.problems[1:3]
    assert problems[problems[5].id] == problems[5]
    with pytest.raises(IndexError):
        problems[len(problems)]
    with pytest.raises(DataError, match="did you mean embedded/badge-initials"):
        problems["embedded/badge-initial"]


def test_grade_takes_a_text_a_file_or_a_completion_and_opens_a_sandbox_by_itself(tmp_path):
    problem = tb.load_problems()[0]
    text = f"```python\n{problem.solution}\n```"
    (tmp_path / "answer.md").write_text(text)
    completion = tb.Completion(problem_id=problem.id, index=3, model="m", text=text)
    for answer in (text, tmp_path / "answer.md", completion):
        for asked in (problem, problem.id):
            assert tb.grade_text(asked, answer).solved
    assert tb.grade_text(problem, completion).index == 3
    assert not tb.grade_text(problem, "no idea").solved
    with tb.open_sandbox(workers=1) as sandbox:
        assert tb.grade_text(problem, completion, sandbox).solved


def test_a_new_run_directory_is_never_one_that_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = set()
    for _ in range(3):
        path = new_output(resolve("openai/org/some model"))
        path.mkdir(parents=True)
        made.add(path)
    assert len(made) == 3
    assert all(re.fullmatch(r"tarot-openai-org-some-model-\d{8}-\d{6}(-\d)?", path.name) for path in made)


def test_the_quickstarts_python_runs_twice_in_a_row(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/index.md").read_text(), re.DOTALL)
    assert blocks
    (tmp_path / "snippet.py").write_text("\n".join(blocks))
    for _ in range(2):
        said = subprocess.run([sys.executable, "snippet.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        assert said.stdout.splitlines() == ["1.0", "True"]
