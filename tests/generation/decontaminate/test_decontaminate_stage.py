"""What a benchmark asks is found, in words and in what programs do; ordinary contest prose is left alone."""

import gzip
import json
import random

import pytest

from tarot_bench.dataset import Entry, load_problems, load_rows
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.generation.decontaminate.behaviour import Behaviour
from tarot_bench.generation.decontaminate.overlap import Overlap, gram_length
from tarot_bench.generation.decontaminate.references import Reference, docstring_prose, load_references
from tarot_bench.generation.decontaminate.stage import DecontaminateSettings, DecontaminateStage
from tarot_bench.generation.recipe import load_recipe
from tarot_bench.problem import Problem, TestCase, Tier

HUMANEVAL = {
    "task_id": "HumanEval/900",
    "prompt": (
        "from typing import List\n\n\ndef ferry_seats(groups: List[int], size: int) -> int:\n"
        '    """ Groups of travellers queue at a pier and may never be split between two ferries.\n'
        "    Count the ferries that leave when each one takes whole groups in order of arrival.\n"
        "    >>> ferry_seats([2, 2, 3], 4)\n    2\n"
        '    """\n'
    ),
    "canonical_solution": "    return 0\n",
    "test": (
        "def check(candidate):\n    assert candidate([2, 2, 3], 4) == 2\n    assert candidate([], 4) == 0\n"
        "    assert candidate([1, 1, 1, 4], 4) == 2\n    assert candidate([4, 1, 4], 4) == 3\n"
    ),
    "entry_point": "ferry_seats",
}
MBPP = {
    "task_id": 2001,
    "text": "Write a function to mirror every word of a sentence around its middle vowel.",
    "code": "def mirrored(text):\r\n    return text\r\n",
    "test_list": ["assert mirrored('ab') == 'ab'", "assert mirrored('xay') == 'yax'"],
    "test_setup_code": "",
}
LIVECODEBENCH = {
    "question_id": "abc900_z",
    "question_content": (
        "A gardener plants tulips in a ring of pots so that neighbouring pots never hold the same colour. "
        "Some pots are cracked and must stay empty while their neighbours behave as if they touched. "
        "Print how many different rings the gardener can plant with the colours at hand.\n\n"
        "Sample Input 1\n\n3 2\n\nSample Output 1\n\n0\n"
    ),
}
CONTEST = """A courier rides between villages along a single road. Every village has a number of parcels.

Input

The first line of the input contains a single integer n (1 ≤ n ≤ 200000) — the number of villages.
The second line contains n integers a_1, a_2, ..., a_n separated by spaces.

Output

Print a single integer — the answer to the problem modulo 1000000007.
"""


@pytest.fixture
def benchmarks(tmp_path):
    """Files of three benchmarks under their known names, with problems of our own."""
    with gzip.open(tmp_path / "HumanEval.jsonl.gz", "wt") as file:
        file.write(json.dumps(HUMANEVAL) + "\n")
    (tmp_path / "mbpp.jsonl").write_text(json.dumps(MBPP) + "\n")
    (tmp_path / "livecodebench").mkdir()
    (tmp_path / "livecodebench" / "test6.jsonl").write_text(json.dumps(LIVECODEBENCH) + "\n")
    return tmp_path


@pytest.fixture
def references(benchmarks, monkeypatch):
    monkeypatch.setenv("TAROT_DATA_DIR", str(benchmarks))
    return load_references(DecontaminateSettings().benchmarks)


def stdin_entry(statement):
    test = TestCase(tier=Tier.BASIC, input="1\n", output="1\n")
    return Entry(problem=Problem(id="p", statement=statement, solution="print(1)", tests=(test,)))


def function_entry(solution, arguments, entry_point="ours"):
    test = TestCase(tier=Tier.BASIC, kind="call", input=json.dumps(arguments), output="0")
    problem = Problem(
        id="p", statement="Do.", solution=solution, style="function", entry_point=entry_point, tests=(test,)
    )
    return Entry(problem=problem)


def outcome(entry, sandbox, **settings):
    (found,) = DecontaminateStage(DecontaminateSettings(**settings), sandbox).run([entry])
    return found


def test_a_benchmark_is_known_by_its_prose_without_code_and_examples(references):
    prose = {reference.id: reference.prose for reference in references}
    assert prose["humaneval/HumanEval/900"].split()[:3] == ["Groups", "of", "travellers"]
    assert "ferry_seats" not in prose["humaneval/HumanEval/900"]
    assert prose["livecodebench/abc900_z"].strip().endswith("at hand.")


def test_prose_after_an_example_and_with_the_name_in_it_stays():
    prompt = 'def f(n):\n    """Say f(n) twice.\n    >>> f(2)\n    4\n\n    f(3) == 6\n    Never thrice."""\n'
    assert docstring_prose(prompt, "f").split() == ["Say", "f(n)", "twice.", "Never", "thrice."]


@pytest.mark.parametrize("number", range(3))
def test_a_full_copy_is_dropped_and_the_benchmark_problem_named(references, sandbox, number):
    reference = references[number]
    found = outcome(stdin_entry(f"{CONTEST}\n{reference.prose}"), sandbox)
    assert found.reason == "benchmark-statement"
    assert found.detail.startswith(f"1.00 of the n-grams of {reference.id}, ")


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("second", [False, True])
def test_half_a_copy_is_flagged_or_dropped(references, sandbox, number, second):
    reference = references[number]
    said = reference.prose.split()
    half = said[len(said) // 2 :] if second else said[: (len(said) + 1) // 2]
    found = outcome(stdin_entry(f"{CONTEST}\n{' '.join(half)}"), sandbox)
    if found.reason is None:
        assert [flag.reason for flag in found.entry.flags] == ["benchmark-near"]
        assert found.entry.contamination.match == reference.id
        assert 0.2 <= found.entry.contamination.score < 0.5


def test_contest_prose_is_kept_and_how_near_it_comes_is_noted(references, sandbox):
    found = outcome(stdin_entry(CONTEST), sandbox)
    assert found.entry.flags == ()
    assert found.entry.contamination.score == 0


def test_a_copy_with_every_sixth_word_changed_is_still_noticed(references, sandbox):
    words = references[2].prose.split()
    words[::6] = ["otherwise"] * len(words[::6])
    found = outcome(stdin_entry(" ".join(words)), sandbox)
    assert found.reason or found.entry.flags


def test_how_a_benchmark_talks_is_not_what_it_asks():
    texts = ["sorts", "adds", "doubles", "reverses", "counts", "hides"]
    references = [
        Reference(str(number), f"Write a python function that takes numbers and {verb} them")
        for number, verb in enumerate(texts)
    ]
    found = Overlap(references).nearest("Write a python function that takes numbers and forgets where they are")
    assert found.score == 0


def test_runs_of_numbers_are_not_prose():
    reference = Reference("r", "Given 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1 add them all up quickly then say so aloud")
    assert Overlap([reference]).nearest("0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1").score == 0


def test_a_short_prompt_counts_as_a_whole_not_by_an_ordinary_phrase_of_it():
    overlap = Overlap([Reference("r", "Find the length of the longest word.")])
    assert overlap.nearest("Say the length of the longest word of all.").score == 0
    assert overlap.nearest(f"{CONTEST} Find the length of the longest word.").score == 1


def test_half_of_a_short_prompt_still_holds_a_fifth_of_its_runs():
    assert [gram_length(count) for count in (4, 10, 16, 19, 200)] == [4, 4, 7, 8, 8]
    for count in range(11, 60):
        length = gram_length(count)
        assert (count / 2 - length + 1) / (count - length + 1) >= 0.2


def test_without_benchmarks_nothing_is_near(sandbox):
    found = outcome(stdin_entry(CONTEST), sandbox, benchmarks={})
    assert found.entry.contamination.match is None


FERRIES = """def {name}(parties, seats):
    boats, left = 0, 0
    for party in parties:
        if party > left:
            boats, left = boats + 1, seats
        left -= party
    return boats
"""


def test_a_gold_that_passes_a_benchmarks_tests_is_dropped_whatever_it_is_called(references, sandbox):
    found = outcome(function_entry(FERRIES.format(name="ours"), [[1, 2], 3]), sandbox)
    assert found.reason == "benchmark-behaviour"
    assert found.detail == "the gold passes the tests of humaneval/HumanEval/900"


def test_the_gold_of_a_copied_statement_is_not_run(references):
    entry = function_entry(FERRIES.format(name="ours"), [[1, 2], 3])
    copied = entry.model_copy(update={"problem": entry.problem.model_copy(update={"statement": references[0].prose})})
    assert outcome(copied, sandbox=None).reason == "benchmark-statement"


def test_a_method_is_held_against_the_benchmarks_tests_too(references, sandbox):
    body = FERRIES.format(name="ours").replace("(parties", "(self, parties").replace("\n", "\n    ")
    found = outcome(function_entry(f"class Solution:\n    {body}", [[1, 2], 3], "Solution.ours"), sandbox)
    assert found.reason == "benchmark-behaviour"


def test_a_gold_that_does_something_else_or_takes_other_types_is_kept(references, sandbox):
    other = FERRIES.format(name="ours").replace("boats + 1", "boats + 2")
    for entry in (function_entry(other, [[1, 2], 3]), function_entry(FERRIES.format(name="ours"), ["ab", 3])):
        assert outcome(entry, sandbox).entry.flags == ()


def test_tests_that_are_easily_passed_by_chance_only_flag(references, sandbox):
    found = outcome(function_entry("def ours(text):\n    return min(text, text[::-1])[::-1]\n", ["abc"]), sandbox)
    assert found.reason is None
    found = outcome(
        function_entry("def ours(text):\n    return text if text == 'ab' else text[::-1]\n", ["abc"]), sandbox
    )
    assert [(flag.reason, flag.detail) for flag in found.entry.flags] == [
        ("benchmark-behaviour", "passes the tests of mbpp/2001")
    ]


def test_a_gold_that_never_ends_on_foreign_arguments_is_kept(references, sandbox):
    found = outcome(function_entry("def ours(a, b):\n    while True: pass\n", [[1], 3]), sandbox)
    assert found.entry is not None


def test_a_row_of_something_else_is_one_line(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"task_id": 1}\n')
    with pytest.raises(DataError, match=r"x.jsonl:1: expected the columns .*; missing .*entry_point"):
        load_references({"humaneval": str(tmp_path / "x.jsonl")})


def test_a_benchmark_that_nobody_knows_is_refused_when_the_recipe_is_read():
    with pytest.raises(RecipeError, match=r"unknown benchmark 'humanevl'; .*did you mean humaneval"):
        load_recipe("keep", ["decontaminate.benchmarks={humanevl: null}"])


def test_any_benchmark_is_known_by_the_statements_of_its_problems():
    (reference, *_) = load_references({"tarot": "embedded"})
    problem = load_problems("embedded").problems[0]
    assert reference.id == f"tarot/{problem.id}"
    assert Overlap([reference]).nearest(problem.statement).score == 1


def test_a_folder_of_benchmarks_that_is_not_there_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("TAROT_DATA_DIR", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=r"TAROT_DATA_DIR names .*gone, which is not a folder"):
        load_references({"mbpp": None})


def test_planted_copies_of_real_benchmarks_are_found_and_real_contest_statements_are_not(shared_data):
    sources = {"humaneval": "HumanEval.jsonl.gz", "mbpp": "mbpp.jsonl"}
    real = load_references({name: str(shared_data / file) for name, file in sources.items()})
    assert len(real) == 164 + 974
    rows = list(load_rows(shared_data / "tarot_rows.jsonl"))
    contest = [Reference(f"tarot/{row['problem_id']}", row["problem"]) for row in rows]
    overlap = Overlap(real)
    innocent = [row["problem"] for row in rows]
    innocent += [problem.statement for name in ("embedded", "synthetic:300") for problem in load_problems(name)]
    near = [overlap.nearest(statement) for statement in innocent]
    assert [found for found in near if max(found.score, found.jaccard) >= 0.2] == []
    everything = Overlap(real + contest)
    rng = random.Random(0)
    for reference in rng.sample(real, 200) + contest:
        host = rng.choice([row["problem"] for row in rows if f"tarot/{row['problem_id']}" != reference.id])
        full = everything.nearest(f"{host}\n{reference.prose}")
        assert full.score >= 0.5, reference.id
        said = reference.prose.split()
        if len(said) < 40:
            continue
        for half in (said[: (len(said) + 1) // 2], said[len(said) // 2 :]):
            assert everything.nearest(f"{host}\n{' '.join(half)}").score >= 0.2, reference.id


def test_every_gold_of_a_benchmark_behaves_like_itself(shared_data, sandbox):
    source = str(shared_data / "HumanEval.jsonl.gz")
    references = load_references({"humaneval": source})
    behaviour = Behaviour(references, sandbox)
    rows = list(load_rows(source))
    for row in rows[::40]:
        suite = TestCase(tier=None, kind="suite", input=row["test"])
        problem = Problem(
            id=row["task_id"],
            statement="",
            solution=row["prompt"] + row["canonical_solution"],
            style="function",
            entry_point=row["entry_point"],
            original_tests=(suite,),
        )
        same = {found.reference for found in behaviour.same_as(problem)}
        assert f"humaneval/{row['task_id']}" in same
