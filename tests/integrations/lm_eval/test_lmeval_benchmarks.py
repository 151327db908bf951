"""The other benchmarks as tasks of lm-eval: every shipped one has its task, and golds score 100 % through it."""

import json

import pytest

from tarot_bench.benchmarks import names, open_benchmark
from tarot_bench.integrations.lm_eval import tasks_dir
from tests.benchmarks.test_livecodebench import FREQUENT, MEAN, class_row, row
from tests.integrations.lm_eval.recorded import recorded, run

ONE_HALF = "n = int(input())\nprint(sum(map(int, input().split())) // n)"


def test_every_shipped_benchmark_has_a_task():
    files = {file.stem for file in tasks_dir().glob("*.yaml")}
    assert {f"tarot_{name}" for name in names() if name != "tarot"} <= files


def test_livecodebench_runs_both_of_its_kinds_and_reports_both_of_its_groups(tmp_path):
    data = tmp_path / "test.jsonl"
    data.write_text("".join(json.dumps(one) + "\n" for one in (row(), class_row())))
    problems = list(open_benchmark("livecodebench").load(str(data), None, None))
    table = {
        problem.id: [
            f"```python\n{FREQUENT if problem.style == 'function' else code}\n```" for code in (MEAN, ONE_HALF)
        ]
        for problem in problems
    }
    model = recorded(table, problems, "livecodebench")
    metadata = {"data": {"livecodebench": str(data)}, "repeats": 2}
    results = run(model, ["tarot_livecodebench"], metadata)
    found = results["results"]["tarot_livecodebench"]
    assert (found["pass@1,graded"], found["pass@2,graded"]) == (0.75, 1.0)
    assert {"public,graded", "private,graded"} <= set(found)
    assert run(model, ["tarot_livecodebench"], metadata | {"data_split": {"livecodebench": "2025-01..2025-01"}})[
        "n-samples"
    ]["tarot_livecodebench"] == {"original": 1, "effective": 1}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("humaneval", 20),
        ("humaneval_plus", 4),
        ("mbpp", 20),
        ("mbpp_plus", 4),
        ("cruxeval_input", 60),
        ("cruxeval_output", 60),
        ("cruxeval_output_cot", 60),
    ],
)
def test_golds_of_the_real_data_score_one_hundred_percent(name, limit, shared_data, monkeypatch):
    monkeypatch.setenv("TAROT_DATA_DIR", str(shared_data))
    benchmark = open_benchmark(name.removesuffix("_cot"))
    problems = list(benchmark.load(str(shared_data / benchmark.files[0]), None, None))
    table = {problem.id: [f"```python\n{problem.solution}\n```"] for problem in problems}
    prompt = name if name.endswith("_cot") else benchmark.default_prompt
    found = run(recorded(table, problems, prompt), [f"tarot_{name}"], limit=limit)["results"][f"tarot_{name}"]
    assert found["pass@1,graded"] == 1.0
    assert found["sample_len"] == limit


def test_the_papers_tag_holds_the_benchmarks_of_the_papers_suite():
    """The same benchmarks, read alike: splits and prompts of the suite are metadata of the tasks."""
    from lm_eval.tasks._yaml_loader import load_yaml

    from tarot_bench.config import load_yaml as load_settings
    from tarot_bench.evaluation.settings import BenchmarkSuite
    from tarot_bench.recipes import find

    tagged = [load_yaml(file) for file in tasks_dir().glob("*.yaml")]
    tasks = {
        (task["benchmark"], task["metadata"].get("data_split"), task["metadata"].get("prompt"))
        for task in tagged
        if task.get("tag") == "tarot_paper"
    }
    suite = load_settings(BenchmarkSuite, find("paper", "eval/suites"))
    usual = {"test"}  # what MBPP and CodeForces take anyway
    assert tasks == {
        (entry.name, None if entry.split in usual else entry.split, entry.prompt) for entry in suite.benchmarks
    }
