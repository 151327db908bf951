"""What is loaded: problems of every source, and the programs that are known."""

import json
from collections import Counter

import pytest

from tarot_bench.dataset import near_misses, write_jsonl
from tarot_bench.dataset.entry import WrongProgram
from tarot_bench.errors import DataError
from tarot_bench.generation.audit.subjects import load_subjects, pool_of
from tarot_bench.generation.source.stage import SourceSettings, SourceStage
from tests.generation.making import GOLD, entry_of
from tests.generation.source.test_stage import APPS

WRONG = "print(0)\n"


def dataset(tmp_path, *problems):
    path = tmp_path / "problems.jsonl"
    write_jsonl(problems or [entry_of("a").problem, entry_of("b").problem], path)
    return str(path)


def programs(tmp_path, *rows):
    path = tmp_path / "programs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_embedded_problems_come_with_all_their_near_misses_and_what_they_fail():
    loaded = load_subjects("embedded")
    found = [program for item in loaded.items for program in item.programs]
    assert len(found) == len(near_misses()) == 135
    assert all(program.kind == "near-miss" and not program.correct and program.fails for program in found)


def test_near_misses_are_known_in_copies_of_the_embedded_problems_too_but_not_what_they_fail_there(tmp_path):
    problem = load_subjects("embedded", limit=1).items[0].problem
    (item,) = load_subjects(dataset(tmp_path, problem)).items
    assert item.programs
    assert all(program.fails is None for program in item.programs)


def test_alternative_solutions_are_correct_and_the_programs_of_a_file_are_added(tmp_path):
    origin = {"source": "s", "extra": {"solutions": ["print(sum([int(input()), 1]))"]}}
    data = dataset(tmp_path, entry_of("a", origin=origin).problem, entry_of("b").problem)
    given = programs(
        tmp_path,
        {"problem_id": "b", "program": WRONG, "correct": False, "name": "zero", "author": "somebody"},
        {"problem_id": "b", "program": WRONG, "correct": False},
        {"problem_id": "b", "program": GOLD, "correct": True},
    )
    first, second = load_subjects(data, programs=given).items
    assert [(known.kind, known.correct) for known in first.programs] == [("alternative", True)]
    assert [(known.kind, known.correct) for known in second.programs] == [("given", False), ("given", True)]


def test_incorrect_solutions_of_a_contest_collection_are_wrong_programs(tmp_path):
    row = {
        "name": "sum",
        "description": "Print the sum.",
        "public_tests": {"input": ["1\n5\n"], "output": ["5\n"]},
        "private_tests": {"input": [f"1\n{n}\n" for n in range(9)], "output": [f"{n}\n" for n in range(9)]},
        "solutions": {"language": [3, 3], "solution": [GOLD, GOLD + "# again\n"]},
        "incorrect_solutions": {"language": [3, 2], "solution": [WRONG, "int main() {}"]},
    }
    unusable = row | {"name": "other", "solutions": {"language": [], "solution": []}}
    path = tmp_path / "contests.jsonl"
    path.write_text(json.dumps(row) + "\n" + json.dumps(unusable) + "\n")
    loaded = load_subjects(str(path))
    (item,) = loaded.items
    assert [(known.kind, known.text) for known in item.programs] == [
        ("alternative", GOLD + "# again\n"),
        ("source", WRONG),
    ]
    assert len(item.problem.original_tests) == 10  # all of them, unlike a source of generate
    assert loaded.skipped == {"no-gold": 1}


def test_rows_that_hold_no_usable_problem_are_left_out_and_counted_as_generate_does(tmp_path, caplog):
    first, second = (entry_of(name).problem.model_dump(mode="json") for name in ("a", "b"))
    path = tmp_path / "rows.jsonl"
    rows = [first, {"a": 1}, {**APPS, "solutions": 5}, first, {**second, "id": "d", "statement": 5}, second]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    loaded = load_subjects(str(path))
    assert [item.problem.id for item in loaded.items] == ["a", "b"]
    outcomes = SourceStage(SourceSettings(data=str(path))).run(())
    dropped = Counter(outcome.reason for outcome in outcomes if outcome.reason)
    assert loaded.skipped == dropped == {"same-id": 1, "unreadable": 3}
    assert f"rows left out, unreadable: 3; the first is {path}:2: the row has no `id`" in caplog.text


def test_a_run_of_generate_is_read_by_its_directory(tmp_path):
    stored = (WrongProgram(source=WRONG, origin="source"), WrongProgram(source=GOLD, origin="slow"))
    entry = entry_of("a").model_copy(update={"wrong": stored})
    (tmp_path / "entries.jsonl").write_text(entry.model_dump_json() + "\n")
    (item,) = load_subjects(str(tmp_path)).items
    assert item.problem.id == "a"
    assert [program.text for program in item.programs] == [WRONG]  # a slow program may be correct


def test_benchmark_files_are_read_with_all_their_tests(shared_data):
    plus = load_subjects(str(shared_data / "HumanEvalPlus-v0.1.10.jsonl.gz"), limit=2)
    assert {test.group for test in plus.items[0].problem.original_tests} == {"base", "plus"}
    plain = load_subjects(str(shared_data / "HumanEval.jsonl.gz"), limit=2)
    assert all(item.problem.solution for item in plain.items)
    mbpp = load_subjects(str(shared_data / "MbppPlus-v0.2.0.jsonl.gz"), limit=2)
    assert all(item.problem.original_tests for item in mbpp.items)


MISTAKES = {
    "an unknown id": ({"problem_id": "c", "program": WRONG, "correct": False}, r"programs\.jsonl:2: .* no problem 'c'"),
    "a word for a truth value": ({"problem_id": "a", "program": WRONG, "correct": "no"}, r"programs\.jsonl:2: correct"),
    "no program": ({"problem_id": "a", "correct": False}, r"programs\.jsonl:2: program: Field required"),
    "an empty program": ({"problem_id": "a", "program": "", "correct": False}, r"programs\.jsonl:2: program"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_bad_row_of_a_programs_file_is_named_by_its_line(tmp_path, name):
    row, said = MISTAKES[name]
    good = {"problem_id": "a", "program": WRONG, "correct": False}
    with pytest.raises(DataError, match=said) as raised:
        load_subjects(dataset(tmp_path), programs=programs(tmp_path, good, row))
    assert "\n" not in str(raised.value)


def test_data_without_golds_need_known_programs(tmp_path):
    data = dataset(tmp_path, entry_of("a", solution=None).problem)
    with pytest.raises(DataError, match="neither gold solutions nor known programs; give some with --programs"):
        load_subjects(data)
    given = programs(tmp_path, {"problem_id": "a", "program": GOLD, "correct": True})
    assert load_subjects(data, programs=given).items[0].programs


def test_empty_data_and_data_without_a_usable_row_are_refused(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(DataError, match="has no rows"):
        load_subjects(str(tmp_path / "empty.jsonl"))
    (tmp_path / "odd.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(DataError, match=r"odd\.jsonl has no usable problem; .*odd\.jsonl:1: the row has no"):
        load_subjects(str(tmp_path / "odd.jsonl"))


def test_a_pool_holds_the_tests_of_another_dataset_by_id(tmp_path):
    pool = pool_of(dataset(tmp_path))
    problem = entry_of("a").problem
    assert [test.input for test in pool("a").tests] == [
        "2\n7 8\n", *(test.input for test in problem.tests),
    ]  # fmt: skip
    assert pool("absent").tests == pool_of(None)("a").tests == ()
