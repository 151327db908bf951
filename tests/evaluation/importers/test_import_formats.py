"""Each reader on files in the exact form that the other harness writes."""

import gzip
import json

import pytest

from tarot_bench.errors import DataError
from tarot_bench.evaluation.importers.evalplus import _claims
from tarot_bench.evaluation.importers.formats import FORMATS, read_results

EVALPLUS = {
    "date": "2026-01-02 03:04",
    "hash": "fe585eb4df8c88d844eeb463ea4d0302",
    "eval": {
        "HumanEval/0": [
            {
                "task_id": "HumanEval/0",
                "solution": "def f(): return 1",
                "base_status": "pass",
                "plus_status": "fail",
                "base_fail_tests": [],
                "plus_fail_tests": [[1]],
            },
            {
                "task_id": "HumanEval/0",
                "solution": "def f(): return 2",
                "base_status": "pass",
                "plus_status": "pass",
                "base_fail_tests": [],
                "plus_fail_tests": [],
            },
        ],
        "HumanEval/1": [
            {
                "task_id": "HumanEval/1",
                "solution": "def g(",
                "base_status": "timeout",
                "plus_status": "fail",
                "base_fail_tests": [],
                "plus_fail_tests": [],
            }
        ],
    },
}
LIVECODEBENCH = [
    {
        "question_title": "A. Sum",
        "question_content": "Add.",
        "platform": "atcoder",
        "question_id": "abc301_a",
        "contest_id": "abc301",
        "contest_date": "2024-09-13T00:00:00",
        "starter_code": "",
        "difficulty": "easy",
        "output_list": ["Sure:\n```python\nprint(1)\n```", "```python\nprint(2)\n```"],
        "code_list": ["print(1)", "print(2)"],
        "graded_list": [True, False],
        "pass@1": 0.5,
        "metadata": ["{}", '{"error_code": -2}'],
    }
]
EVALCHEMY = {
    "results": {
        "HumanEval": {"python_pass@1": 0.5, "sh_pass@1": 0.1},
        "CodeForces": {
            "accuracy_avg": 0.5,
            "accuracy_std_err": 0.1,
            "raw_metrics": [],
            "examples": [
                {"content": ["print(0)", "print(1)"], "difficulty": "easy", "correctness": True, "reason": ""},
                {
                    "content": [],
                    "difficulty": "hard",
                    "correctness": False,
                    "reason": "Does not contain code component.",
                },
            ],
            "num_total": 2,
            "solved_avg": 1.0,
            "run_stats": [],
            "num_repeat": 3,
        },
    },
    "config": {"model": "vllm", "model_args": "pretrained=some/model", "tasks": "HumanEval,CodeForces"},
    "git_hash": "abc",
    "model_name": "some/model",
}
LM_EVAL = {
    "doc_id": 0,
    "doc": {"task_id": "HumanEval/0", "prompt": "def f():\n", "entry_point": "f"},
    "target": "check(f)",
    "arguments": {"gen_args_0": {"arg_0": "def f():\n", "arg_1": {"until": ["\nclass"], "do_sample": False}}},
    "resps": [["    return 1\n"]],
    "filtered_resps": [["def f():\n    return 1\n"]],
    "filter": "create_test",
    "metrics": ["pass@1"],
    "doc_hash": "a",
    "prompt_hash": "b",
    "target_hash": "c",
    "pass@1": 1.0,
}


def write(folder, name, content):
    path = folder / name
    lines = isinstance(content, list) and ".jsonl" in name
    text = "".join(json.dumps(row) + "\n" for row in content) if lines else json.dumps(content)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def triples(reading):
    return [(sample.problem, sample.text, dict(sample.claims)) for sample in reading.samples]


def test_evalplus_results_hold_solutions_and_the_status_of_both_groups(tmp_path):
    name, reading = read_results(write(tmp_path, "model_eval_results.json", EVALPLUS))
    assert (name, reading.benchmark) == ("evalplus", "humaneval_plus")
    assert triples(reading) == [
        ("HumanEval/0", "def f(): return 1", {"base": True, "plus": False, "all": False}),
        ("HumanEval/0", "def f(): return 2", {"base": True, "plus": True, "all": True}),
        ("HumanEval/1", "def g(", {"base": False, "plus": False, "all": False}),
    ]


def test_results_on_the_base_tests_alone_are_those_of_humaneval(tmp_path):
    rows = [{**EVALPLUS["eval"]["HumanEval/0"][0], "plus_status": None}]
    _, reading = read_results(write(tmp_path, "r.json", EVALPLUS | {"eval": {"HumanEval/0": rows}}))
    assert reading.benchmark == "humaneval"
    assert reading.samples[0].claims == {"base": True, "all": True}
    rows = [{**rows[0], "task_id": "Mbpp/2"}]  # graded here with the plus tests, of which this file says nothing
    assert _claims(rows[0]) == {"base": True}


def test_results_of_an_old_evalplus_are_named_as_such(tmp_path):
    old = EVALPLUS | {"eval": {"HumanEval/0": [["pass", [1]], ["fail", [0]]]}}
    with pytest.raises(DataError, match="old evalplus"):
        read_results(write(tmp_path, "r.json", old))


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_samples_of_evalplus_and_human_eval_are_read_too(name, tmp_path):
    rows = [
        {"task_id": "Mbpp/2", "solution": "x = 1"},
        {"task_id": "Mbpp/2", "completion": "y", "result": "passed", "passed": True},
    ]
    _, reading = read_results(write(tmp_path, name, rows))
    assert reading.benchmark == "mbpp_plus"
    assert triples(reading) == [("Mbpp/2", "x = 1", {}), ("Mbpp/2", "y", {"all": True})]


def test_livecodebench_keeps_the_raw_text_and_what_was_graded(tmp_path):
    name, reading = read_results(write(tmp_path, "Scenario.codegeneration_2_0.2_eval_all.json", LIVECODEBENCH))
    assert (name, reading.benchmark) == ("livecodebench", "livecodebench")
    assert triples(reading) == [
        ("abc301_a", "Sure:\n```python\nprint(1)\n```", {"all": True}),
        ("abc301_a", "```python\nprint(2)\n```", {"all": False}),
    ]


def test_input_of_livecodebenchs_custom_evaluator_has_programs_only(tmp_path):
    _, reading = read_results(write(tmp_path, "mine.json", [{"question_id": 3001, "code_list": ["print(1)", ""]}]))
    assert triples(reading) == [("3001", "print(1)", {}), ("3001", "", {})]


def test_evalchemy_results_hold_the_last_block_of_problems_without_names(tmp_path):
    name, reading = read_results(write(tmp_path, "results_2026-01-02.json", EVALCHEMY))
    assert (name, reading.benchmark, reading.model) == ("evalchemy", "codeforces", "some/model")
    assert triples(reading) == [("0", "```python\nprint(1)\n```", {"all": True}), ("1", "", {"all": False})]
    assert reading.difficulties == ("easy", "hard")


def test_evalchemy_results_without_programs_say_which_tasks_are_numbers_only(tmp_path):
    numbers = EVALCHEMY | {"results": {"HumanEval": {"python_pass@1": 0.5}, "MBPP": {"pass@1": 0.5}}}
    with pytest.raises(DataError, match="HumanEval, MBPP are numbers only"):
        read_results(write(tmp_path, "results_1.json", numbers))
    both = EVALCHEMY["results"] | {"LiveCodeBenchv5_official": EVALCHEMY["results"]["CodeForces"]}
    with pytest.raises(DataError, match="several"):
        read_results(write(tmp_path, "results_2.json", EVALCHEMY | {"results": both}))


def test_samples_of_lm_evals_own_humaneval_carry_the_one_samples_verdict(tmp_path):
    path = write(tmp_path, "samples_humaneval_instruct_2026-01-02T03-04-05.678901.jsonl", [LM_EVAL])
    name, reading = read_results(path)
    assert (name, reading.benchmark) == ("lm-eval", "humaneval")
    assert triples(reading) == [("HumanEval/0", "    return 1\n", {"all": True})]


def test_of_several_filters_one_is_read_and_of_several_samples_no_verdict_is_guessed(tmp_path):
    rows = [{**LM_EVAL, "resps": [["a", "b"]], "pass@1": 0.5}, {**LM_EVAL, "resps": [["a", "b"]], "filter": "n4"}]
    _, reading = read_results(write(tmp_path, "samples_x.jsonl", rows))
    assert triples(reading) == [("HumanEval/0", "a", {}), ("HumanEval/0", "b", {})]
    assert reading.benchmark is None


def test_a_document_that_names_no_problem_is_refused(tmp_path):
    with pytest.raises(DataError, match="which problem"):
        read_results(write(tmp_path, "samples_x.jsonl", [{**LM_EVAL, "doc": {"question": "?"}}]))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", {"something": 1}, "not a result file"),
        ("a.json", [], "not a result file"),
        ("a.json", {"eval": {}}, "no completions"),
        ("a.jsonl", [{"task_id": "x"}], "not a result file"),
        ("a.json", 3, "not a result file"),
    ],
)
def test_other_files_are_refused(name, content, said, tmp_path):
    with pytest.raises(DataError, match=said):
        read_results(write(tmp_path, name, content))


def test_a_file_that_is_no_json_or_not_there_is_one_line(tmp_path):
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(DataError, match=r"a\.json"):
        read_results(tmp_path / "a.json")
    with pytest.raises(DataError, match=r"b\.json"):
        read_results(tmp_path / "b.json")


def test_a_named_format_is_held_to(tmp_path):
    path = write(tmp_path, "r.json", EVALPLUS)
    assert read_results(path, "evalplus")[0] == "evalplus"
    with pytest.raises(DataError, match="not a result file of livecodebench"):
        read_results(path, "livecodebench")
    with pytest.raises(DataError, match="lm-eval, inspect, evalplus"):
        read_results(path, "lighteval")


@pytest.mark.parametrize("content", [EVALPLUS, LIVECODEBENCH, EVALCHEMY, [LM_EVAL]], ids=str)
def test_every_format_is_recognised_by_its_own_reader_alone(content):
    assert sum(reader.recognises(content) for reader in FORMATS.values()) == 1


@pytest.mark.parametrize("broken", [{"eval": {"a": [{"solution": "x"}]}}, [{"question_id": 1, "code_list": None}]])
def test_a_damaged_record_is_one_line_that_names_the_file(broken, tmp_path):
    with pytest.raises(DataError, match=r"damaged\.json"):
        read_results(write(tmp_path, "damaged.json", broken))
