import pytest

from tarot_bench.dataset import Entry, load_problems
from tarot_bench.dataset.entry import Materials, TestFacts
from tarot_bench.generation.validate.stage import ValidateSettings, check
from tarot_bench.generation.validate.validators import Inputs, choose
from tarot_bench.grading.arguments import arguments
from tarot_bench.problem import Problem, TestCase, Tier
from tests.generation.making import VALIDATOR, case_of, entry_of
from tests.materials import materials_of
from tests.sandbox.doubles import Hurried

QUICK = ValidateSettings(times=1)
STRICT = """\
import sys
lines = sys.stdin.read().rstrip().split("\\n")
assert len(lines) == 2 and lines[0].isdigit()
numbers = list(map(int, lines[1].split()))
assert len(numbers) == int(lines[0]) and all(-1000 <= number <= 1000 for number in numbers)
"""
COUNTS_ONLY = "import sys\nn, *rest = map(int, sys.stdin.read().split())\nassert n == len(rest)\n"
SYNTAX = "assert ("
HANGS = "while True: pass"
ACCEPTS_ALL = "pass"
REFUSES_ALL = "raise SystemExit(1)"


def flags_of(checked):
    return [flag.reason for flag in checked.entry.flags]


def tried(sandbox, *candidates, illegal=(), entry=None):
    entry = entry or entry_of()
    problem = entry.problem
    inputs = Inputs(
        tuple(test.input for test in problem.original_tests), tuple(test.input for test in problem.tests), illegal
    )
    return choose(problem, candidates, inputs, sandbox, 0.7)


def test_the_best_of_several_candidates_is_chosen_wherever_it_stands(sandbox):
    for candidates in ([ACCEPTS_ALL, COUNTS_ONLY, STRICT], [STRICT, SYNTAX, COUNTS_ONLY]):
        choice = tried(sandbox, *candidates)
        assert choice.validator == STRICT
        assert choice.trial.candidates == 3
        assert choice.trial.rejected == choice.trial.illegal >= 30
        assert choice.trial.valid == choice.trial.accepted


def test_the_validators_of_an_entry_are_its_authors_candidates_and_the_trial_is_recorded(sandbox):
    entry = entry_of(tests=(*entry_of().problem.tests, case_of(Tier.EDGE, "5000")))
    entry = entry.model_copy(update={"materials": Materials(validators=(REFUSES_ALL, VALIDATOR, STRICT))})
    checked = check(entry, sandbox, QUICK)
    assert checked.entry.validator == STRICT
    assert checked.entry.validator_trial.candidates == 3
    assert checked.entry.validator_trial.illegal >= 30
    assert flags_of(checked) == ["invalid-input"], "candidates that are not chosen leave no flag"


def test_an_entry_whose_candidates_all_fail_has_no_validator_and_a_flag_for_each(sandbox):
    entry = entry_of().model_copy(update={"materials": Materials(validators=(REFUSES_ALL, SYNTAX, ACCEPTS_ALL))})
    checked = check(entry, sandbox, QUICK)
    assert (checked.entry.validator, checked.entry.validator_trial) == (None, None)
    assert flags_of(checked) == ["validator-rejects-original"] * 2 + ["validator-accepts-damage"]
    assert len(checked.entry.problem.tests) == 4


def test_a_validator_that_misses_near_misses_is_refused_although_it_rejects_all_damage(sandbox):
    numbers_only = "import sys\nassert all(abs(int(word)) < 10**18 for word in sys.stdin.read().split() or ['x'])\n"
    assert [code for code, _ in tried(sandbox, numbers_only).faults] == ["validator-accepts-damage"]


def test_a_believed_validator_refuses_the_only_new_input_of_a_repair(sandbox):
    entry = entry_of(tests=(*entry_of().problem.tests, case_of(Tier.EDGE, "5000")))
    first = check(entry.model_copy(update={"materials": Materials(validators=(STRICT,))}), sandbox, QUICK).entry
    again = first.problem.model_copy(update={"tests": (*first.problem.tests, case_of(Tier.EDGE, "5000"))})
    facts = (*first.facts, TestFacts())
    repaired = check(first.model_copy(update={"problem": again, "facts": facts, "flags": ()}), sandbox, QUICK)
    assert repaired.entry.validator == STRICT
    assert flags_of(repaired) == ["invalid-input"]
    assert repaired.entry.problem.tests == first.problem.tests


def test_an_illegal_input_that_most_candidates_accept_is_no_evidence(sandbox):
    legal = "1\n1000\n"
    apart = STRICT + "# written by another author\n"
    both = tried(sandbox, STRICT, apart, illegal=(legal,)).trial
    assert both.illegal == both.rejected
    alone = tried(sandbox, STRICT, illegal=(legal,)).trial
    assert alone.illegal == alone.rejected + 1, "one candidate alone cannot overrule the author"


def test_a_candidate_that_refuses_an_input_that_others_accept_is_not_the_best(sandbox):
    too_strict = STRICT + "assert numbers != [10, 20, 30, 40, 50]\n"
    assert tried(sandbox, too_strict, STRICT, STRICT + "#").validator == STRICT


def test_a_hanging_candidate_costs_one_time_out_or_two_and_the_others_are_still_tried(sandbox):
    hurried = Hurried(sandbox)
    choice = tried(hurried, HANGS, STRICT.replace("assert", "while not lines[0].isdigit(): pass\nassert", 1), STRICT)
    assert (choice.validator, hurried.timeouts) == (STRICT, 1 + 2)
    assert [code for code, _ in choice.faults] == ["validator-too-slow"] * 2


def test_of_two_candidates_that_differ_the_one_that_agrees_with_the_author_is_chosen(sandbox):
    short = STRICT + "assert len(numbers) < 5\n"
    illegal = ("6\n1 2 3 4 5 6\n",)  # which is legal, and which only the wrong one rejects
    judged = ("5\n1 2 3 4 5\n", "5\n5 4 3 2 1\n", "2\n1 2\n", "1\n9\n", "1\n8\n")
    for candidates in ([short, STRICT], [STRICT, short]):
        choice = choose(entry_of().problem, candidates, Inputs(("1\n7\n",), judged, illegal), sandbox, 0.7)
        assert (choice.validator, choice.refused) == (STRICT, ())


def call(tier, given, output):
    return TestCase(tier=tier, kind="call", input=given, output=output)


def of_values(function, *tests, original):
    """A problem about one list of integers, which a function of Python solves."""
    return Problem(
        id="f",
        statement="A list of integers from 1 to 10^18.",
        style="function",
        entry_point="f",
        solution=f"def f(values):\n    return {function}(values)",
        tests=tests,
        original_tests=(original,),
    )


SORTED = """\
import json, sys
(values,) = json.load(sys.stdin)
assert isinstance(values, list) and all(type(value) is int for value in values)
"""


@pytest.mark.parametrize(("program", "trusted"), [(SORTED, True), ("import json, sys\njson.load(sys.stdin)", False)])
def test_validators_of_function_problems_read_the_arguments_as_json(program, trusted, sandbox):
    problem = of_values(
        "sorted",
        call(Tier.BASIC, "[[3, 1]]", "[1, 3]"),
        call(Tier.COMPLEX, "[[9, 4]]", "[4, 9]"),
        call(Tier.EDGE, '[["b", "a"]]', '["a", "b"]'),
        original=call(None, "[[2, 1]]", "[1, 2]"),
    )
    checked = check(Entry(problem=problem, validator=program), sandbox, QUICK)
    assert (checked.entry.validator == program) is trusted
    assert flags_of(checked) == (["invalid-input"] if trusted else ["validator-accepts-damage"])


def test_the_validators_of_a_good_author_are_kept_and_beat_those_that_check_less(sandbox):
    known = materials_of("embedded")
    for name in ("bakery-queue", "jumbled-shelves", "quiz-ranking"):
        problem = load_problems()[f"embedded/{name}"]
        inputs = Inputs((problem.tests[0].input,), tuple(test.input for test in problem.tests[1:]), known[name].illegal)
        choice = choose(problem, [ACCEPTS_ALL, known[name].validating], inputs, sandbox, 0.7)
        assert choice.validator == known[name].validating
        assert choice.refused == ()
        assert choice.trial.rejected > 0.9 * choice.trial.illegal


def test_validators_of_function_problems_read_large_integers_as_digits(sandbox):
    def sum_of(tier, *numbers):
        return call(tier, arguments(str([list(numbers)])), str(sum(numbers)))

    tests = (sum_of(Tier.BASIC, 10**18, 1), sum_of(Tier.EDGE, 10**18 + 1))
    problem = of_values("sum", *tests, original=sum_of(None, 10**17, 5))
    program = SORTED + "assert all(1 <= value <= 10**18 for value in values)\n"
    checked = check(Entry(problem=problem, validator=program), sandbox, QUICK)
    assert checked.entry.validator == program
    assert [test.tier for test in checked.entry.problem.tests] == [Tier.BASIC]
    assert flags_of(checked) == ["invalid-input"]
