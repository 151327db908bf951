import json

import pytest

from tarot_bench.dataset import load_entries, load_problems, published, tarot_v1, write_jsonl
from tarot_bench.dataset.entry import Flag, Measurement, TestFacts, WrongProgram
from tarot_bench.errors import DataError
from tarot_bench.generation.alternatives import alternatives_of
from tarot_bench.generation.results import StageResults
from tarot_bench.generation.source.stage import SourceSettings, SourceStage, read
from tarot_bench.generation.source.unusable import UnusableError
from tarot_bench.generation.validate.stage import ValidateSettings, check
from tarot_bench.problem import TIERS, Limits, Tier
from tarot_bench.runs import RunDirectory
from tests.benchmarks import test_livecodebench as livecodebench
from tests.generation.making import GOLD, VALIDATOR, entry_of

VERIFIABLE = {
    "source": "apps",
    "task_type": "verifiable_code",
    "in_source_id": "7",
    "problem": "Print the sum.",
    "gold_standard_solution": f"```python\n{GOLD}```",
    "verification_info": {
        "language": "python",
        "test_cases": [{"input": "2\n1 2\n", "output": "3\n", "type": "stdin_stdout"}],
    },
    "metadata": {"difficulty": "easy", "problem_url": None},
    "problem_id": "vfc_1",
}
APPS = {
    "problem_id": 12,
    "question": "Print the sum.",
    "solutions": json.dumps(["print 'two'", GOLD, GOLD.replace("n = ", ""), GOLD]),
    "input_output": json.dumps({"inputs": ["2\n1 2\n", ["1", "5"]], "outputs": ["3\n", ["5"]]}),
    "difficulty": "introductory",
    "url": "https://example.org/12",
    "starter_code": "",
}
LEETCODE = {
    **APPS,
    "solutions": json.dumps(["class Solution:\n    def add(self, a, b):\n        return a + b"]),
    "input_output": json.dumps({"fn_name": "add", "inputs": [[1, 2]], "outputs": [[3]]}),
    "starter_code": "class Solution:\n    def add(self, a, b):",
}
CODE_CONTESTS = {
    "name": "7_A. Sum",
    "description": "Print the sum.",
    "public_tests": {"input": ["2\n1 2\n"], "output": ["3\n"]},
    "private_tests": {"input": ["1\n5\n"], "output": ["5\n"]},
    "generated_tests": {"input": [], "output": []},
    "solutions": {"language": [2, 1, 3], "solution": ["int main() {}", "print 1", GOLD]},
    "difficulty": 7,
    "input_file": "",
    "output_file": "",
}
HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": 'def double(x):\n    """Twice x."""\n',
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
    "entry_point": "double",
}
MBPP = {
    "task_id": 3,
    "text": "Double a number.",
    "code": "def double(x):\r\n    return 2 * x\r\n",
    "test_list": ["assert double(2) == 4", "assert double(-1) == -2"],
    "test_setup_code": "",
}
MBPP_OF_A_CLASS = {
    **MBPP,
    "code": "import math\rclass Pair:\r\n    def __init__(self, a, b):\r\n        self.a, self.b = a, b\r\n"
    "def hypotenuse(pair):\r\n    return math.hypot(pair.a, pair.b)\r\n",
    "test_list": ["assert hypotenuse(Pair(3, 4)) == 5.0", "assert math.isclose(hypotenuse(Pair(1, 1)), 2 ** 0.5) "],
}
ROWS = {
    "verifiable": VERIFIABLE,
    "verifiable, prompt and JSON text": {
        **{key: value for key, value in VERIFIABLE.items() if key != "problem"},
        "prompt": "Print the sum.",
        "verification_info": json.dumps(VERIFIABLE["verification_info"]),
        "metadata": json.dumps(VERIFIABLE["metadata"]),
    },
    "verifiable, literals and nulls as a table writes them": {
        **VERIFIABLE,
        "verification_info": str(
            {
                **VERIFIABLE["verification_info"],
                "test_cases": [{**VERIFIABLE["verification_info"]["test_cases"][0], "fn_name": None}],
            }
        ),
    },
    "apps": APPS,
    "taco": {**APPS, "problem_id": None, "skill_types": "[]", "url": "https://example.org/a/b"},
    "leetcode": LEETCODE,
    "code contests": CODE_CONTESTS,
    "humaneval": HUMANEVAL,
    "mbpp": MBPP,
    "mbpp, with a class and an import of the solution": MBPP_OF_A_CLASS,
    "native": entry_of().problem.model_dump(mode="json"),
    "published": published.to_row(entry_of().problem),
}


@pytest.mark.parametrize("shape", ROWS)
def test_a_row_of_every_shape_becomes_an_entry_whose_gold_passes_its_tests(shape, sandbox):
    entry = read(ROWS[shape])
    assert entry.problem.original_tests
    checked = check(entry, sandbox, ValidateSettings(times=1, policy="drop"))
    assert (checked.dropped, checked.failures) == (None, ())


def test_contest_rows_take_the_first_python_3_solution_and_keep_the_others_as_alternatives():
    problem = read(APPS).problem
    assert problem.solution == GOLD
    assert alternatives_of(problem) == (GOLD.replace("n = ", ""),)
    assert [test.input for test in problem.original_tests] == ["2\n1 2\n", "1\n5"]
    assert read(CODE_CONTESTS).problem.id == "code_contests-7_A. Sum"


@pytest.mark.parametrize(
    ("row", "told", "limits"),
    [
        (CODE_CONTESTS, {}, Limits()),
        (CODE_CONTESTS, {"time_limit": None, "memory_limit_bytes": 0}, Limits()),
        (
            CODE_CONTESTS,
            {"time_limit": {"seconds": 7, "nanos": 500_000_000}, "memory_limit_bytes": 512 * 2**20},
            Limits(cpu_s=7.5, wall_s=30, memory_mib=512),
        ),
        (CODE_CONTESTS, {"time_limit": {"seconds": 1, "nanos": 0}}, Limits(cpu_s=1)),
        (CODE_CONTESTS, {"memory_limit_bytes": 64_000_000}, Limits(memory_mib=256)),
        (APPS, {"time_limit": "2.0 seconds", "memory_limit": "1024.0 megabytes"}, Limits(cpu_s=2, memory_mib=1024)),
        (APPS, {"time_limit": "1 sec", "memory_limit": "1 GB"}, Limits(cpu_s=1, memory_mib=1024)),
        (APPS, {"time_limit": None, "memory_limit": "unlimited"}, Limits()),
    ],
)
def test_the_limits_of_a_contest_are_kept(row, told, limits):
    assert read({**row, **told}).problem.limits == limits


def test_programs_that_a_source_calls_incorrect_come_with_the_entry():
    wrong = {"language": [3, 2, 3, 3], "solution": ["print(1)", "int main() {}", "print(1)", "print 1"]}
    entry = read({**CODE_CONTESTS, "incorrect_solutions": wrong})
    assert entry.wrong == (WrongProgram(source="print(1)", origin="source"),)
    assert read(CODE_CONTESTS).wrong == read(HUMANEVAL).wrong == ()


@pytest.mark.parametrize(
    ("row", "solution"),
    [(livecodebench.row(), livecodebench.MEAN), (livecodebench.class_row(), livecodebench.FREQUENT)],
)
def test_a_row_of_livecodebench_needs_a_solution_and_brings_its_private_tests(row, solution, sandbox):
    with pytest.raises(UnusableError, match="has no solutions"):
        read(row)
    entry = read({**row, "solution": solution})
    assert {test.group for test in entry.problem.original_tests} == {"public", "private"}
    assert check(entry, sandbox, ValidateSettings(times=1)).dropped is None


def test_a_leetcode_row_calls_the_method_of_its_class():
    problem = read(LEETCODE).problem
    assert (problem.style, problem.entry_point) == ("function", "Solution.add")
    (test,) = problem.original_tests
    assert (test.kind, test.input, test.output) == ("call", "[1, 2]", "3")


def test_python_literals_of_function_tests_become_json_and_what_cannot_be_read_stays(tmp_path):
    case = {"tier": "basic", "kind": "call", "input": "[(1, 2), {3}]", "output": "(True, None)"}
    broken = {**case, "tier": "edge", "input": "[f()]"}
    row = {"id": "p", "statement": "s", "style": "function", "entry_point": "f", "solution": "def f(a, b): pass"}
    (tmp_path / "rows.jsonl").write_text(
        json.dumps({**row, "tests": [case, broken], "original_tests": [{**case, "tier": None}]}) + "\n"
    )
    (outcome,) = SourceStage(SourceSettings(data=str(tmp_path / "rows.jsonl"))).run(())
    assert outcome.entry, outcome.detail
    made = '[{"!":["tuple",[1,2]]},{"!":["set",[3]]}]', '{"!":["tuple",[true,null]]}'
    tests = outcome.entry.problem.all_tests
    assert [(test.input.replace(" ", ""), test.output.replace(" ", "")) for test in tests] == [
        made, ("[f()]", "(True,None)"), made,
    ]  # fmt: skip


def test_literal_assertions_become_calls_and_others_stay_a_suite():
    tests = read(MBPP).problem.original_tests
    assert [(test.kind, test.input, test.output) for test in tests] == [("call", "[2]", "4"), ("call", "[-1]", "-2")]
    inexact = {**MBPP, "test_list": ["assert abs(double(2) - 4) < 1"]}
    (suite,) = read(inexact).problem.original_tests
    assert (suite.kind, "assert abs(double(2) - 4) < 1" in suite.input) == ("suite", True)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**VERIFIABLE, "verification_info": {**VERIFIABLE["verification_info"], "language": "cpp"}}, "not-python"),
        ({**VERIFIABLE, "verification_info": {"language": "python", "test_cases": []}}, "no-tests"),
        ({**VERIFIABLE, "verification_info": "{broken"}, "unreadable"),
        ({**VERIFIABLE, "problem": "  "}, "no-statement"),
        (
            {
                **VERIFIABLE,
                "verification_info": {
                    "language": "python",
                    "test_cases": [{"input": "1", "output": "1", "type": "stdin_stdout", "fn_name": "f"}],
                },
            },
            "function-over-stdin",
        ),
        ({**APPS, "solutions": ""}, "no-gold"),
        ({**APPS, "solutions": json.dumps(["print 'two'"])}, "no-gold"),
        ({**APPS, "input_output": ""}, "no-tests"),
        ({**APPS, "problem_id": None, "url": None}, "no-id"),
        ({**CODE_CONTESTS, "input_file": "in.txt"}, "reads-files"),
        ({**MBPP, "test_list": ["assert other(1) == 2"]}, "no-entry-point"),
        ({**MBPP, "test_setup_code": "class Node: pass"}, "needs-set-up"),
    ],
)
def test_a_row_of_no_use_says_why(row, reason):
    with pytest.raises(UnusableError) as caught:
        read(row)
    assert caught.value.reason == reason


def source_of(path, rows, **settings):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(SourceStage(SourceSettings(data=str(path), **settings)).run(()))


def test_the_stage_counts_every_row_and_names_the_place_of_those_it_drops(tmp_path):
    python2 = {**VERIFIABLE, "problem_id": "vfc_2", "gold_standard_solution": "print 'two'"}
    rows = [VERIFIABLE, VERIFIABLE, python2, {**VERIFIABLE, "gold_standard_solution": None}, {"a": 1}]
    rows.append({**APPS, "solutions": 5})
    made = source_of(tmp_path / "rows.jsonl", rows)
    assert [outcome.reason for outcome in made] == [
        None,
        "same-id",
        "gold-does-not-parse",
        "no-gold",
        "unreadable",
        "unreadable",
    ]
    assert made[2].id == f"{tmp_path}/rows.jsonl:3"
    assert len({outcome.id for outcome in made}) == 6
    assert len(source_of(tmp_path / "rows.jsonl", rows, limit=2)) == 2


def test_a_dropped_row_is_named_by_its_id_and_its_place_is_told(tmp_path):
    python2 = {**VERIFIABLE, "problem_id": "vfc_2", "gold_standard_solution": "print 'two'"}
    rows = [VERIFIABLE, VERIFIABLE, python2, {**MBPP, "test_list": []}, {**CODE_CONTESTS, "input_file": "a"}, {"a": 1}]
    data = tmp_path / "rows.jsonl"
    outcomes = source_of(data, rows)
    results = StageResults(RunDirectory.start(tmp_path / "run", "generate", {}, {}, resume=False), 0, "source")
    answered = results.outcomes(None)
    for outcome in outcomes:
        answered.append(outcome)
    results.finish(answered)
    names = [VERIFIABLE["problem_id"], "vfc_2", str(MBPP["task_id"]), CODE_CONTESTS["name"], f"{data}:6"]
    assert [reject.id for reject in results.rejected()] == names
    places = [f"{data}:{line}" for line in (2, 3, 4, 5)]
    assert [reject.detail.startswith(place) for reject, place in zip(results.rejected(), places, strict=False)] == [
        True
    ] * 4


def test_the_entries_of_a_run_are_read_again_with_their_facts_flags_and_validator(tmp_path):
    flag = Flag(stage="validate", reason="constant-answer", detail="all the same")
    facts = tuple(TestFacts(measurement=Measurement(steps=number)) for number in range(4))
    entry = entry_of(flags=(flag,), facts=facts, validator=VALIDATOR)
    path = tmp_path / "entries.jsonl"
    path.write_text(entry.model_dump_json() + "\n")
    (outcome,) = SourceStage(SourceSettings(data=str(path))).run(())
    assert outcome.entry == entry
    assert load_entries(path) == [entry]
    assert list(load_problems(path)) == [entry.problem]
    path.write_text(json.dumps({"problem": "words", "facts": []}) + "\n")
    with pytest.raises(DataError, match="the column problem must hold an object"):
        load_entries(path)


def test_tiers_are_kept_or_taken_off_and_originals_are_limited(tmp_path):
    row = entry_of().problem.model_dump(mode="json")
    (kept,) = source_of(tmp_path / "a.jsonl", [row])
    assert [test.tier for test in kept.entry.problem.tests] == list(TIERS)
    (bare,) = source_of(tmp_path / "b.jsonl", [row], keep_tiers=False)
    assert (bare.entry.problem.tests, len(bare.entry.problem.original_tests)) == ((), 1)
    (few,) = source_of(tmp_path / "c.jsonl", [APPS], most_originals=1)
    assert len(few.entry.problem.original_tests) == 1
    only_tiers = entry_of(original_tests=()).problem
    (stripped,) = source_of(tmp_path / "d.jsonl", [only_tiers.model_dump(mode="json")], keep_tiers=False)
    (original,) = stripped.entry.problem.original_tests
    assert (original.tier, original.input) == (None, only_tiers.at(Tier.BASIC)[0].input)


def test_procedural_and_embedded_problems_need_no_file():
    made = list(SourceStage(SourceSettings(data="synthetic:3@2")).run(()))
    assert [outcome.entry.problem for outcome in made] == list(load_problems("synthetic:3@2"))
    assert all(outcome.entry.validator for outcome in made)
    assert len(list(SourceStage(SourceSettings(data="embedded", limit=2)).run(()))) == 2
    with pytest.raises(DataError, match="no such file or folder"):
        list(SourceStage(SourceSettings(data="nowhere.jsonl")).run(()))


def test_published_rows_are_exported_again_as_they_came(shared_data, tmp_path):
    lines = (shared_data / "tarot_rows.jsonl").read_text().splitlines()
    made = list(SourceStage(SourceSettings(data=str(shared_data / "tarot_rows.jsonl"))).run(()))
    problems = [outcome.entry.problem for outcome in made]
    assert [json.dumps(tarot_v1.to_row(problem)) for problem in problems] == [
        json.dumps(json.loads(line)) for line in lines
    ]
    write_jsonl(problems, tmp_path / "native.jsonl")
    assert list(load_problems(tmp_path / "native.jsonl")) == problems


def test_real_benchmarks_are_read_whole(shared_data):
    humaneval = list(SourceStage(SourceSettings(data=str(shared_data / "HumanEval.jsonl.gz"))).run(()))
    assert [outcome.reason for outcome in humaneval] == [None] * 164
    mbpp = list(SourceStage(SourceSettings(data=str(shared_data / "mbpp.jsonl"))).run(()))
    assert sorted({outcome.reason or "kept" for outcome in mbpp}) == ["kept", "needs-set-up"]
    assert sum(outcome.entry is not None for outcome in mbpp) == 972
