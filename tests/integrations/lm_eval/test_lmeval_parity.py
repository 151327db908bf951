"""The same completions through `evaluate` and through lm-eval: the same verdict for each test of each sample."""

import json

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.problem import Tier
from tests.integrations.lm_eval.recorded import NEVER_ENDING_THOUGHT, NO_CODE, STRANGE, data_file, recorded, run

REPEATS = 3
CHEAP = (
    "embedded/word-count-board", "embedded/split-bill", "embedded/rent-calendar", "embedded/page-ranges",
    "embedded/ferry-fares", "embedded/ini-layers",
)  # fmt: skip


def table_of(problems) -> dict[str, list[str]]:
    """For each problem its gold, a near miss, and something odd."""
    from tarot_bench.dataset.embedded import near_misses

    odd = [NO_CODE, STRANGE, NEVER_ENDING_THOUGHT, "", "```python\nimport sys; sys.exit(1)\n```", "```python\nif:\n```"]
    misses = {miss.problem_id: miss.program for miss in near_misses()}
    return {
        problem.id: [f"```python\n{problem.solution}\n```", f"```python\n{misses[problem.id]}\n```", odd[n % len(odd)]]
        for n, problem in enumerate(problems)
    }


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The data, the answers, and what `evaluate` makes of them: {(problem, sample): [(tier, verdict)…]}."""
    folder = tmp_path_factory.mktemp("parity")
    problems = [problem for problem in load_problems("embedded") if problem.id in CHEAP]
    data, table = data_file(folder, problems), table_of(problems)
    rows = [
        {"problem_id": name, "index": index, "text": text}
        for name, texts in table.items()
        for index, text in enumerate(texts)
    ]
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = resolve(f"replay:{folder / 'answers.jsonl'}", "tarot", data=(data,), samples=REPEATS, k=(1, REPEATS))
    (summary,) = evaluate(settings, folder / "run", cache=False)
    grades = [json.loads(line) for line in (folder / "run/tarot/grades.jsonl").read_text().splitlines()]
    verdicts = {(g["problem_id"], g["index"]): [(r["tier"], r["verdict"]) for r in g["results"]] for g in grades}
    return problems, data, table, verdicts, summary


def verdicts_of(samples) -> dict:
    return {
        (sample["doc"]["problem_id"], index): [(t["tier"], t["verdict"]) for t in json.loads(line)["tests"]]
        for sample in samples
        for index, line in enumerate(sample["filtered_resps"][0])
    }


def test_all_tiers_in_one_task_get_the_verdicts_of_evaluate(ours):
    problems, data, table, verdicts, summary = ours
    results = run(recorded(table, problems), ["tarot_all"], {"data": data, "repeats": REPEATS})
    assert verdicts_of(results["samples"]["tarot_all"]) == verdicts
    assert len({verdict for rows in verdicts.values() for _, verdict in rows}) >= 5, "the answers should differ"
    found = results["results"]["tarot_all"]
    names = [name for name in summary.metrics.named() if not name.startswith(("rate.", "given."))]
    assert {"strict", f"strict@{REPEATS}", "edge", f"edge@{REPEATS}", "through.complex"} <= set(names)
    for name in names:
        assert found[f"{name},graded"] == pytest.approx(summary.metrics.value(name)), name
    assert found["robustness_gap,graded"] == pytest.approx(summary.metrics.robustness_gap.value)


def test_the_group_of_four_gets_the_verdicts_of_evaluate(ours):
    problems, data, table, verdicts, _ = ours
    model = recorded(table, problems)
    samples = run(model, ["tarot"], {"data": data, "repeats": REPEATS})["samples"]
    assert len(model.requests) == REPEATS * len(problems)
    for tier in Tier:
        expected = {key: [row for row in rows if row[0] == tier] for key, rows in verdicts.items()}
        assert verdicts_of(samples[f"tarot_{tier}"]) == expected


def test_the_prompts_are_those_of_evaluate(ours):
    from tarot_bench.evaluation.prompts import Prompt

    problems, data, table, _, _ = ours
    model = recorded(table, problems)
    run(model, ["tarot_basic"], {"data": data}, predict_only=True)
    template = Prompt("tarot")
    assert [request.args[0] for request in model.requests] == [template.render(problem) for problem in problems]


HUMANEVAL = [
    {
        "task_id": "Mine/0",
        "prompt": 'def double(n):\n    """Twice n."""\n',
        "canonical_solution": "    return 2 * n\n",
        "test": "def check(candidate):\n    assert candidate(3) == 6\n    assert candidate(-1) == -2\n",
        "entry_point": "double",
    },
    {
        "task_id": "Mine/1",
        "prompt": 'import math\n\n\ndef root(n):\n    """The whole part of the square root of n."""\n',
        "canonical_solution": "    return math.isqrt(n)\n",
        "test": "def check(candidate):\n    assert candidate(10**30 - 1) == 10**15 - 1\n",
        "entry_point": "root",
    },
]
ANSWERS = {
    "Mine/0": ["    return 2 * n\n", "```python\ndef double(n):\n    return n * n\n```", "def double(n): return n + n"],
    "Mine/1": ["```python\ndef root(n):\n    return math.isqrt(n)\n```", "    return int(n ** 0.5)\n", NO_CODE],
}


def test_a_benchmark_without_tiers_gets_the_verdicts_of_evaluate(tmp_path):
    from tarot_bench.benchmarks import open_benchmark

    data = tmp_path / "HumanEval.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in HUMANEVAL))
    rows = [{"task_id": name, "completion": text} for name, texts in ANSWERS.items() for text in texts]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    model = f"replay:{tmp_path / 'answers.jsonl'}"
    (summary,) = evaluate(
        resolve(model, "quick", overrides=(f"benchmarks=[{{name: humaneval, data: {data}}}]",), samples=3),
        tmp_path / "run",
        cache=False,
    )
    grades = [json.loads(line) for line in (tmp_path / "run/humaneval/grades.jsonl").read_text().splitlines()]
    ours = {(g["problem_id"], g["index"]): [(r["tier"], r["verdict"]) for r in g["results"]] for g in grades}
    problems = list(open_benchmark("humaneval").load(str(data), None, None))
    theirs = run(
        recorded(ANSWERS, problems, "humaneval"), ["tarot_humaneval"], {"data": {"humaneval": str(data)}, "repeats": 3}
    )
    assert verdicts_of(theirs["samples"]["tarot_humaneval"]) == ours
    found = theirs["results"]["tarot_humaneval"]["pass@1,graded"]
    assert found == pytest.approx(summary.metrics.value("original")) == pytest.approx(0.5)
