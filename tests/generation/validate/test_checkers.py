import pytest

from tarot_bench.dataset.entry import Materials, Scenario, TestFacts, WrongProgram
from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.ambiguity import AmbiguitySettings, AmbiguityStage
from tarot_bench.generation.validate.stage import ValidateSettings, check
from tarot_bench.grading import grade_code
from tarot_bench.problem import Checker, Origin, Problem, TestCase, Tier
from tests.generation.making import entry_of

MAJORITY = ValidateSettings(times=1, record_cpu=False)
STATEMENT = "Read n >= 2. Print two positive integers whose sum is n. If there are several answers, print any of them."
ONE = "n = int(input())\nprint(1, n - 1)\n"
OTHER = "n = int(input())\nprint(n - 1, 1)\n"
HALF = "n = int(input())\nprint(n // 2, n - n // 2)\n"
ZERO = "n = int(input())\nprint(0, n)\n"
GOOD = """\
import json, sys
asked = json.load(sys.stdin)
words = asked["output"].split()
right = len(words) == 2 and all(word.isdecimal() and int(word) > 0 for word in words)
sys.exit(not (right and sum(map(int, words)) == int(asked["input"])))
"""
EXACT = (
    "import json, sys\nasked = json.load(sys.stdin)\nsys.exit(asked['output'].split() != asked['expected'].split())\n"
)
ACCEPTS_ALL = "pass"
CRASHES = "raise ValueError"
LAX = GOOD.replace(" and int(word) > 0", "")
RIGHT = (Scenario(input="9\n", output="4 5\n", accepted=True), Scenario(input="9\n", output="2 7", accepted=True))
WRONG = tuple(Scenario(input="9\n", output=output, accepted=False) for output in ("0 9", "4 4", "9", "1 2 6"))


def two_numbers(*checkers, others=(OTHER, HALF), scenarios=(*RIGHT, *WRONG), wrong=(), **fields):
    tests = (
        TestCase(tier=Tier.BASIC, input="5\n", output="1 4\n"),
        TestCase(tier=Tier.EDGE, input="2\n", output="1 1\n"),
    )
    originals = (TestCase(tier=None, input="2\n", output="1 1\n"),)
    problem = Problem(
        id="two",
        statement=STATEMENT,
        solution=ONE,
        tests=tests,
        original_tests=originals,
        origin=Origin(extra=with_alternatives({}, others, ONE)),
        **fields,
    )
    entry = entry_of().model_copy(update={"problem": problem})
    materials = Materials(checkers=checkers, scenarios=scenarios)
    pool = tuple(WrongProgram(source=program, origin="source") for program in wrong)
    return entry.model_copy(update={"materials": materials, "wrong": pool})


def flags_of(checked):
    return [flag.reason for flag in checked.entry.flags if flag.input is None]


def test_the_checker_that_agrees_with_solutions_and_scenarios_is_shipped(sandbox):
    checked = check(two_numbers(ACCEPTS_ALL, EXACT, CRASHES, LAX, GOOD), sandbox, MAJORITY)
    problem = checked.entry.problem
    assert problem.checker == Checker(kind="program", program=GOOD)
    assert (flags_of(checked), checked.failures, len(problem.tests)) == (["checker-chosen"], (), 2)
    for program in (ONE, OTHER, HALF):
        assert grade_code(problem, program, sandbox).solved
    assert not grade_code(problem, ZERO, sandbox).solved


def test_of_checkers_that_agree_with_all_scenarios_the_stricter_one_is_shipped(sandbox):
    lenient = "import json, sys\nwords = json.load(sys.stdin)['output'].split()\n"
    lenient += "sys.exit(not (len(words) == 2 and all(word.isdecimal() and int(word) > 0 for word in words)))\n"
    scenarios = (*RIGHT, Scenario(input="9\n", output="9", accepted=False))
    for candidates in ((lenient, GOOD), (GOOD, lenient)):
        checked = check(two_numbers(*candidates, scenarios=scenarios), sandbox, MAJORITY)
        assert checked.entry.problem.checker.program == GOOD


def test_a_checker_that_nothing_shows_to_reject_a_wrong_answer_is_not_shipped(sandbox):
    lenient = "import json, sys\nwords = json.load(sys.stdin)['output'].split()\n"
    lenient += "sys.exit(not (words and all(word.isdecimal() for word in words)))\n"
    checked = check(two_numbers(lenient, scenarios=RIGHT), sandbox, MAJORITY)
    assert "checker-unproven" in flags_of(checked)
    assert checked.entry.problem.checker.kind != "program"
    assert check(two_numbers(GOOD, scenarios=RIGHT), sandbox, MAJORITY).entry.problem.checker.program == GOOD


@pytest.mark.parametrize(
    ("checker", "reason"),
    [
        (ACCEPTS_ALL, "checker-accepts-malformed"),
        (EXACT, "checker-rejects-solution"),
        (CRASHES, "checker-rejects-solution"),
        ("import sys\nsys.exit(1)", "checker-rejects-solution"),
    ],
)
def test_a_bad_checker_is_refused_with_its_reason(checker, reason, sandbox):
    checked = check(two_numbers(checker), sandbox, MAJORITY)
    assert checked.entry.problem.checker == Checker()
    assert flags_of(checked) == [reason]


def test_a_checker_that_accepts_every_output_of_a_wrong_program_is_refused(sandbox):
    assert flags_of(check(two_numbers(LAX, wrong=(ZERO,), scenarios=()), sandbox, MAJORITY)) == [
        "checker-accepts-wrong"
    ]
    assert flags_of(check(two_numbers(GOOD, wrong=(ZERO,)), sandbox, MAJORITY)) == ["checker-chosen"]


def test_a_program_that_is_called_wrong_and_passes_the_original_tests_is_no_evidence(sandbox):
    assert flags_of(check(two_numbers(GOOD, wrong=(HALF,)), sandbox, MAJORITY)) == ["checker-chosen"]


def test_a_checker_that_fails_too_many_scenarios_is_refused(sandbox):
    wrong = tuple(Scenario(input="9\n", output=output, accepted=False) for output in ("0 9", "00 9"))
    checked = check(two_numbers(LAX, scenarios=(*RIGHT, *wrong)), sandbox, MAJORITY)
    assert flags_of(checked) == ["checker-fails-scenarios"]


def test_a_label_that_a_right_program_contradicts_is_no_evidence(sandbox):
    false = tuple(Scenario(input=f"{n}\n", output=f"1 {n - 1}\n", accepted=False) for n in range(4, 10))
    assert flags_of(check(two_numbers(GOOD, scenarios=(*RIGHT, *false)), sandbox, MAJORITY)) == ["checker-chosen"]


def test_a_problem_with_one_answer_keeps_its_comparison_although_a_checker_was_written(sandbox):
    entry = entry_of().model_copy(update={"materials": Materials(checkers=(EXACT,))})
    checked = check(entry, sandbox, MAJORITY)
    assert (checked.entry.problem.checker, flags_of(checked)) == (Checker(), [])


def test_an_ambiguous_problem_with_a_checker_is_kept_by_the_stage_ambiguity(sandbox):
    stage = AmbiguityStage(AmbiguitySettings(), sandbox)
    (without,) = stage.run([check(two_numbers(), sandbox, MAJORITY).entry])
    (with_checker,) = stage.run([check(two_numbers(GOOD), sandbox, MAJORITY).entry])
    assert (without.entry, without.reason) == (None, "several-answers")
    assert with_checker.entry.problem.checker.program == GOOD


def test_a_source_whose_own_checker_crashes_is_dropped_and_not_pending(sandbox):
    entry = two_numbers(checker=Checker(kind="program", program=CRASHES))
    assert check(entry, sandbox, MAJORITY).dropped[0] == "checker-crashes"


def test_a_source_with_its_own_checker_is_voted_on_by_it(sandbox):
    own = Checker(kind="program", program=GOOD)
    checked = check(two_numbers(checker=own), sandbox, MAJORITY)
    assert (flags_of(checked), len(checked.entry.problem.tests)) == ([], 2)
    assert all(vote.agrees for facts in checked.entry.facts for vote in facts.votes)
    rejects_five = Checker(kind="program", program=GOOD.replace("right and", "right and asked['input'] != '5\\n' and"))
    checked = check(two_numbers(checker=rejects_five), sandbox, MAJORITY)
    assert [flag.reason for flag in checked.entry.flags] == ["checker-rejects-gold"]


def test_a_checker_judges_what_functions_return(sandbox):
    judge = """\
import json, sys
asked = json.load(sys.stdin)
(n,), pair = json.loads(asked["input"]), json.loads(asked["output"])
good = isinstance(pair, list) and len(pair) == 2 and all(type(x) is int and x > 0 for x in pair)
sys.exit(not (good and sum(pair) == n))
"""
    test = TestCase(tier=Tier.BASIC, kind="call", input="[5]", output="[1, 4]")
    problem = Problem(
        id="pair",
        statement=STATEMENT,
        style="function",
        entry_point="f",
        solution="def f(n):\n    return [1, n - 1]\n",
        tests=(test,),
        original_tests=(TestCase(tier=None, kind="call", input="[2]", output="[1, 1]"),),
        origin=Origin(extra=with_alternatives({}, ("def f(n):\n    return [n - 1, 1]\n",), None)),
    )
    entry = entry_of().model_copy(update={"problem": problem, "materials": Materials(checkers=(judge,))})
    checked = check(entry, sandbox, MAJORITY)
    assert checked.entry.problem.checker.program == judge
    assert grade_code(checked.entry.problem, "def f(n):\n    return [3, 2] if n == 5 else [1, 1]\n", sandbox).solved
    assert not grade_code(checked.entry.problem, "def f(n):\n    return [0, n]\n", sandbox).solved


def test_a_checker_that_rejects_the_output_of_an_accepted_test_is_refused(sandbox):
    first = check(two_numbers(others=()), sandbox, MAJORITY).entry
    assert [test.output for test in first.problem.tests] == ["1 4\n", "1 1\n"]
    picky = GOOD.replace("right = ", "right = asked['input'] != '5\\n' and ")
    new = TestCase(tier=Tier.COMPLEX, input="8\n", output="1 7\n")
    problem = first.problem.model_copy(update={"tests": (*first.problem.tests, new)})
    materials = Materials(checkers=(picky,), scenarios=(*RIGHT, *WRONG))
    update = {"problem": problem, "facts": (*first.facts, TestFacts()), "materials": materials}
    second = check(first.model_copy(update=update), sandbox, MAJORITY)
    assert "checker-rejects-solution" in flags_of(second)
    assert second.entry.problem.checker.kind == "lines"


def test_one_malformed_output_does_not_prove_that_a_checker_rejects_wrong_ones(sandbox):
    lenient = "import json, sys\nwords = json.load(sys.stdin)['output'].split()\n"
    lenient += "sys.exit(not (len(words) == 2 and all(word.isdecimal() and int(word) > 0 for word in words)))\n"
    scenarios = (*RIGHT, Scenario(input="9\n", output="9", accepted=False))
    checked = check(two_numbers(lenient, scenarios=scenarios), sandbox, MAJORITY)
    assert checked.entry.problem.checker.kind == "lines"
    assert "checker-unproven" in flags_of(checked)
