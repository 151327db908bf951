"""What benchmarks ask, for decontamination: all their problems, without what only grading needs."""

import json

import pytest

from tarot_bench.benchmarks import open_benchmark, questions_of
from tarot_bench.errors import DataError
from tests.benchmarks import test_humaneval, test_livecodebench, test_mbpp

ASKED = "Write a function to add up two numbers."


def asked(name, data):
    return list(questions_of(open_benchmark(name), str(data)))


def test_a_problem_is_asked_by_its_statement_and_first_suite(jsonl):
    row = test_humaneval.ROW
    (question,) = asked("humaneval", jsonl("HumanEval.jsonl.gz", [row]))
    assert (question.id, question.text) == ("HumanEval/0", row["prompt"])
    assert (question.function, question.suite) == ("twice_all", row["test"])


def test_all_of_mbpp_is_asked_whatever_the_split_and_without_the_assertions(jsonl):
    questions = asked("mbpp", jsonl("mbpp.jsonl", [test_mbpp.row(1), test_mbpp.row(700), test_mbpp.row(2001)]))
    assert [question.id for question in questions] == ["1", "700", "2001"]
    assert {question.text for question in questions} == {ASKED}
    assert all("assert candidate(-1, 1) == 0" in question.suite for question in questions)


@pytest.mark.parametrize(
    ("changes", "function"),
    [
        ({"test_setup_code": "root = 1", "test_list": ["assert add_up(root, 1) == 2"]}, "add_up"),
        ({"test_list": ["assert other(1) == 2"]}, None),
        ({"test_list": ["assert add_up(1"]}, None),
        ({"code": "def add_up(a b): print a"}, None),
    ],
)
def test_a_task_whose_tests_are_of_no_use_is_still_asked(changes, function, jsonl):
    (question,) = asked("mbpp", jsonl("mbpp.jsonl", [test_mbpp.row(**changes)]))
    assert (question.text, question.function, question.suite) == (ASKED, function, "")


def test_livecodebench_is_asked_from_every_file_of_a_folder_and_its_tests_are_never_read(tmp_path):
    rows = {
        "test.jsonl": test_livecodebench.row(private_test_cases="not packed at all"),
        "test7.jsonl": {"question_id": "abc901_b", "question_content": "Say why."},
    }
    for name, row in rows.items():
        (tmp_path / name).write_text(json.dumps(row) + "\n")
    questions = asked("livecodebench", tmp_path)
    assert [(question.id, question.text) for question in questions] == [
        ("abc900_a", "Print the mean of N numbers."),
        ("abc901_b", "Say why."),
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"holds no \.jsonl or \.parquet file of LiveCodeBench"):
        asked("livecodebench", tmp_path / "empty")


def test_every_task_of_real_benchmarks_is_asked(shared_data):
    sizes = {"humaneval": ("HumanEval.jsonl.gz", 164, 164), "mbpp": ("mbpp.jsonl", 974, 972)}
    for name, (file, count, with_suite) in sizes.items():
        questions = asked(name, shared_data / file)
        assert len({question.id for question in questions}) == count
        assert sum(bool(question.suite) for question in questions) == with_suite
        assert not [question.id for question in questions if "\nassert " in question.text]
