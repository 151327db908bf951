import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarot_bench.dataset.entry import Materials, TestFacts
from tarot_bench.dataset.synthetic import entries
from tarot_bench.generation.alternatives import alternatives_of, with_alternatives
from tarot_bench.generation.validate.settling import failures_of
from tarot_bench.generation.validate.stage import ValidateSettings, ValidateStage, check
from tarot_bench.generation.validate.validators import Inputs, choose
from tarot_bench.grading import grade_code
from tarot_bench.problem import Checker, Origin, TestCase, Tier
from tests.generation.making import GOLD, VALIDATOR, case_of, entry_of
from tests.sandbox.doubles import Hurried

DROP, KEEP_GOLD, MAJORITY = (ValidateSettings(policy=policy) for policy in ("drop", "gold", "majority"))


def flags_of(checked):
    return [flag.reason for flag in checked.entry.flags]


def tiers_of(checked):
    return [test.tier for test in checked.entry.problem.tests]


def test_a_sound_entry_comes_back_with_the_golds_cpu_time_and_nothing_else_changed(sandbox):
    entry = entry_of(validator=VALIDATOR)
    checked = check(entry, sandbox, MAJORITY)
    assert (checked.failures, checked.dropped) == ((), None)
    assert checked.entry.model_copy(update={"facts": (), "validator_trial": None}) == entry
    assert all(facts.measurement.gold_cpu_s > 0 for facts in checked.entry.facts)
    without = check(entry, sandbox, ValidateSettings(record_cpu=False)).entry
    assert {facts.measurement.gold_cpu_s for facts in without.facts} == {None}


def test_a_mismatch_is_a_flag_with_both_outputs_under_every_policy(sandbox):
    wrong = case_of(Tier.EDGE, "5 5", output="11\n")
    entry = entry_of(tests=(case_of(Tier.BASIC, "1 2"), wrong))
    kept = check(entry, sandbox, KEEP_GOLD)
    assert kept.entry.problem.at(Tier.EDGE)[0].output == "10\n"
    for checked in (kept, check(entry, sandbox, DROP)):
        (flag,) = checked.entry.flags
        assert (flag.reason, flag.tier, flag.expected, flag.got) == ("gold-disagrees", Tier.EDGE, "11\n", "10\n")
        assert (flag.input, flag.detail) == ("2\n5 5\n", "line 1: expected '11', got '10'")
        (failure,) = checked.failures
        assert (failure.tier, failure.input, failure.expected, failure.got) == (Tier.EDGE, "2\n5 5\n", "11\n", "10\n")
    assert tiers_of(check(entry, sandbox, DROP)) == [Tier.BASIC]


OFF_BY_ONE = "input()\nprint(sum(map(int, input().split())) + 1)\n"
WRONG_ON_FIVES = "input()\nnumbers = list(map(int, input().split()))\nprint(sum(numbers) + (numbers == [5, 5]))\n"


def with_solutions(gold, *others, tests):
    return entry_of(tests=tests, solution=gold, origin=Origin(extra=with_alternatives({}, others, gold)))


@pytest.mark.parametrize(
    ("solutions", "expected"),
    [
        ((), []),
        ((OFF_BY_ONE,), []),  # it fails an original test, so it has no vote
        ((GOLD + "#", GOLD + "# 2"), ["10\n"]),
    ],
)
def test_a_majority_needs_more_than_half_of_author_gold_and_sound_other_solutions(solutions, expected, sandbox):
    wrong = case_of(Tier.EDGE, "5 5", output="11\n")
    checked = check(with_solutions(GOLD, *solutions, tests=(wrong,)), sandbox, MAJORITY)
    assert [test.output for test in checked.entry.problem.tests] == expected
    assert flags_of(checked) == ["gold-disagrees"]


def test_a_gold_that_is_outvoted_is_replaced_by_a_solution_that_passes_all_tests(sandbox):
    tests = (case_of(Tier.BASIC, "1 2"), case_of(Tier.EDGE, "5 5"))
    entry = with_solutions(WRONG_ON_FIVES, GOLD, tests=tests)
    checked = check(entry, sandbox, MAJORITY)
    assert checked.dropped is None
    assert (checked.entry.problem.solution, checked.entry.problem.tests) == (GOLD, tests)
    assert alternatives_of(checked.entry.problem) == ()
    (flag,) = checked.entry.flags
    assert (flag.reason, flag.detail) == ("gold-replaced", "edge test: '10\\n', the gold gives '11\\n'")
    assert grade_code(checked.entry.problem, checked.entry.problem.solution, sandbox).solved


def test_an_outvoted_gold_without_a_successor_drops_the_problem(sandbox):
    wrong_on_ones = WRONG_ON_FIVES.replace("[5, 5]", "[1, 1]")
    tests = (case_of(Tier.EDGE, "5 5"), case_of(Tier.EDGE, "1 1"))
    checked = check(with_solutions(WRONG_ON_FIVES, wrong_on_ones, tests=tests), sandbox, MAJORITY)
    assert checked.dropped == ("gold-outvoted", "edge test: '10\\n', the gold gives '11\\n'")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    golds=st.permutations([GOLD, GOLD + "# 2", OFF_BY_ONE, WRONG_ON_FIVES]),
    outputs=st.lists(st.sampled_from(["10\n", "11\n", "12\n"]), min_size=1, max_size=3),
)
def test_no_vote_leaves_a_gold_that_fails_its_own_tests(golds, outputs, sandbox):
    tests = tuple(case_of(Tier.EDGE, "5" + " " * (n + 1) + "5", output) for n, output in enumerate(outputs))
    checked = check(with_solutions(golds[0], *golds[1:], tests=tests), sandbox, MAJORITY)
    if checked.dropped is None:
        assert grade_code(checked.entry.problem, checked.entry.problem.solution, sandbox).solved


def test_authors_who_predict_the_same_output_do_not_overrule_the_gold(sandbox):
    twice = (case_of(Tier.EDGE, "5 5", output="11\n"), case_of(Tier.EDGE, "5  5", output="11\n"))
    checked = check(entry_of(tests=twice), sandbox, MAJORITY)
    assert checked.entry.problem.tests == ()
    assert flags_of(checked) == ["gold-disagrees"] * 2
    divided = (twice[0], case_of(Tier.EDGE, "5  5", output="10\n"))
    checked = check(entry_of(tests=divided), sandbox, MAJORITY)
    assert [test.output for test in checked.entry.problem.tests] == ["10\n", "10\n"]


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ("print(1 // int(input().strip() != '2'))", "gold-crashes"),
        ("n = input()\nwhile n == '2': pass\nprint(1)", "gold-too-slow"),
        ("n = input()\nprint('x' * 2_000_000 if n == '2' else 1)", "gold-writes-too-much"),
        ("n = input()\na = [0] * 10**9 if n == '2' else 0\nprint(1)", "gold-out-of-memory"),
    ],
)
def test_a_test_on_which_the_gold_does_not_end_well_is_dropped_with_its_reason(sandbox, gold, reason):
    tests = (case_of(Tier.BASIC, "1", output="1"), case_of(Tier.EDGE, "1 1", output="1"))
    limits = {"cpu_s": 0.3, "wall_s": 5, "memory_mib": 256, "output_kib": 100}
    original = (case_of(None, "3", output="1"),)
    entry = entry_of(tests=tests, solution=gold, original_tests=original, limits=limits)
    checked = check(entry, sandbox, ValidateSettings(times=1))
    assert flags_of(checked) == [reason]
    assert tiers_of(checked) == [Tier.BASIC]


def test_a_gold_that_answers_differently_each_time_is_found_although_its_first_answer_is_right(sandbox):
    gold = "import os\nn = input()\nprint(sum(os.urandom(8)) if n == '2' else 1)"
    tests = (case_of(Tier.BASIC, "1", output="1"), case_of(Tier.EDGE, "1 1", output="1"))
    checked = check(entry_of(tests=tests, solution=gold, original_tests=()), sandbox, KEEP_GOLD)
    assert flags_of(checked) == ["gold-not-deterministic"]
    assert tiers_of(checked) == [Tier.BASIC]


def test_a_gold_that_fails_an_original_test_or_does_not_compile_or_is_absent_drops_the_entry(sandbox):
    for fields, reason in (
        ({"original_tests": (case_of(None, "1", output="2"),)}, "gold-fails-original"),
        ({"solution": "print("}, "gold-does-not-compile"),
        ({"solution": None}, "no-gold"),
        ({"tests": (case_of(Tier.EDGE, "1", output="2"),), "original_tests": ()}, "no-tests-left"),
    ):
        assert check(entry_of(**fields), sandbox, DROP).dropped[0] == reason


def test_equal_inputs_keep_the_lower_tier_and_one_answer_for_all_is_flagged(sandbox):
    tests = (case_of(Tier.BASIC, "1 2"), case_of(Tier.COMPLEX, "3"), case_of(Tier.EDGE, "1 2"))
    checked = check(entry_of(tests=tests), sandbox, DROP)
    assert tiers_of(checked) == [Tier.BASIC, Tier.COMPLEX]
    assert flags_of(checked) == ["same-input", "constant-answer"]


def test_of_two_authors_with_one_input_the_one_who_is_right_is_kept(sandbox):
    tests = (case_of(Tier.EDGE, "5 5", output="11\n"), case_of(Tier.EDGE, "5 5"), case_of(Tier.EDGE, "5 5"))
    checked = check(entry_of(tests=tests), sandbox, DROP)
    assert [test.output for test in checked.entry.problem.tests] == ["10\n"]
    assert flags_of(checked) == ["gold-disagrees", "same-input"]


def test_a_tier_with_several_tests_and_one_answer_is_flagged_by_name(sandbox):
    tests = (case_of(Tier.BASIC, "1 2"), case_of(Tier.EDGE, "0"), case_of(Tier.EDGE, "0 0"))
    (flag,) = check(entry_of(tests=tests), sandbox, DROP).entry.flags
    assert (flag.reason, flag.detail.split(":")[0]) == ("constant-answer", "edge")


def test_calls_are_compared_as_values_and_settled_by_value(sandbox):
    call = {"kind": "call", "reason": "r"}
    tests = (
        TestCase(tier=Tier.BASIC, input="[[3, 1]]", output="[1, 3]", **call),
        TestCase(tier=Tier.EDGE, input="[[]]", output="[0]", **call),
    )
    entry = entry_of(
        tests=tests, original_tests=(), solution="def f(a):\n    return sorted(a)", style="function", entry_point="f"
    )
    checked = check(entry, sandbox, KEEP_GOLD)
    assert [test.output for test in checked.entry.problem.tests] == ["[1, 3]", "[]"]


def test_a_float_checker_is_respected(sandbox):
    tests = (case_of(Tier.BASIC, "1 2", output="3.0000001"), case_of(Tier.EDGE, "4", output="4"))
    fields = {
        "solution": "input()\nprint(float(sum(map(int, input().split()))))",
        "original_tests": (case_of(None, "1", "1.0"),),
    }
    assert flags_of(check(entry_of(tests=tests, **fields), sandbox, DROP)) == ["gold-disagrees"] * 2
    assert flags_of(check(entry_of(tests=tests[:1], checker=Checker(kind="float"), **fields), sandbox, DROP)) == []


def test_validators_that_refuse_originals_or_most_inputs_or_let_damage_pass_are_not_believed(sandbox):
    for program, reason in (
        ("import sys; sys.exit('8' in sys.stdin.read())", "validator-rejects-original"),
        ("import sys; sys.exit(sys.stdin.read() != '2\\n7 8\\n')", "validator-rejects-most"),
        ("", "validator-accepts-damage"),
    ):
        checked = check(entry_of(validator=program), sandbox, DROP)
        assert checked.entry.validator is None
        assert flags_of(checked) == [reason]
        assert [failure.tier for failure in checked.failures] == [None]
        assert len(checked.entry.problem.tests) == 4


@pytest.mark.parametrize("hangs_on", ["True", "'7 8' not in text"])
def test_a_validator_that_hangs_costs_one_time_out_and_is_refused_for_it(hangs_on, sandbox):
    hurried = Hurried(sandbox)
    program = f"import sys\ntext = sys.stdin.read()\nwhile {hangs_on}: pass\n"
    checked = check(entry_of(validator=program), hurried, DROP)
    assert (flags_of(checked), checked.entry.validator, hurried.timeouts) == (["validator-too-slow"], None, 1)


def test_a_believed_validator_drops_the_input_it_refuses(sandbox):
    tests = (*entry_of().problem.tests, case_of(Tier.EDGE, "5000"))
    checked = check(entry_of(tests=tests, validator=VALIDATOR), sandbox, DROP)
    assert flags_of(checked) == ["invalid-input"]
    assert [test.input for test in checked.entry.problem.at(Tier.EDGE)] == ["1\n0\n"]
    assert checked.entry.validator == VALIDATOR


def test_belief_counts_only_what_it_was_asked_to_judge(sandbox):
    inputs = Inputs(("1\n1\n",), ("1\n2\n", "1\n9999\n"))
    choice = choose(entry_of().problem, [VALIDATOR], inputs, sandbox, 0.7)
    assert (choice.faults, choice.refused) == ((), (1,))


def test_failures_are_read_back_from_the_flags_of_an_entry_that_was_stored(sandbox):
    entry = entry_of(tests=(case_of(Tier.EDGE, "5 5", output="11\n"),), validator="")
    checked = check(entry, sandbox, DROP)
    stored = type(entry).model_validate_json(checked.entry.model_dump_json())
    assert failures_of(stored) == checked.failures
    assert [failure.what.split(":")[0] for failure in checked.failures] == [
        "validator-accepts-damage",
        "gold-disagrees",
    ]


def test_the_stage_answers_every_entry_and_finds_nothing_wrong_with_procedural_ones(sandbox):
    made = list(entries(12))
    outcomes = {outcome.id: outcome for outcome in ValidateStage(DROP, sandbox).run(made)}
    assert set(outcomes) == {entry.problem.id for entry in made}
    assert [outcomes[entry.problem.id].entry.flags for entry in made] == [()] * 12
    assert all(outcomes[entry.problem.id].entry.validator for entry in made)


def test_a_flag_that_the_data_had_is_not_repeated(sandbox):
    tests = (case_of(Tier.BASIC, "1 2"), case_of(Tier.EDGE, "3"))
    (first,) = ValidateStage(DROP, sandbox).run([entry_of(tests=tests)])
    (again,) = ValidateStage(DROP, sandbox).run([first.entry])
    assert [flag.reason for flag in again.entry.flags] == ["constant-answer"]


class Failing:
    """A sandbox that fails on one problem's gold, as a broken machine would."""

    workers = 2

    def __init__(self, sandbox, gold):
        self._sandbox, self._gold = sandbox, gold

    def run(self, job):
        from tarot_bench.errors import SandboxError

        if job.source == self._gold:
            raise SandboxError("no jail could be started")
        return self._sandbox.run(job)


def test_trouble_of_the_sandbox_is_no_answer_and_costs_no_other_entry(sandbox):
    entries_ = [entry_of("fine"), entry_of("pending", solution=GOLD + "# another")]
    outcomes = list(ValidateStage(DROP, Failing(sandbox, GOLD + "# another")).run(entries_))
    assert [outcome.id for outcome in outcomes] == ["fine"]


def test_the_published_rows_reproduce_and_their_flags_are_told(sandbox, shared_data):
    """The gold of 839/D needs seconds for each test: it is left out here."""
    from tarot_bench.dataset import load_entries

    rows = [e for e in load_entries(shared_data / "tarot_rows.jsonl") if e.problem.id != "vfc_136573"]
    outcomes = list(ValidateStage(ValidateSettings(times=1), sandbox).run(rows))
    assert [outcome.reason for outcome in outcomes] == [None] * 6
    assert all(len(outcome.entry.problem.tests) == 4 for outcome in outcomes)


@pytest.mark.parametrize(("given", "value"), [("[1, 2", "3"), ("3", "3"), ("[1, 2]", "{oops")])
def test_a_test_that_cannot_be_read_is_dropped_with_that_reason_and_not_pending(given, value, sandbox):
    bad = TestCase(tier=None, input=given, output=value, kind="call")
    good = TestCase(tier=None, input="[1, 2]", output="3", kind="call")
    add = {"solution": "def f(a, b):\n    return a + b", "style": "function", "entry_point": "f"}
    (outcome,) = ValidateStage(DROP, sandbox).run([entry_of(tests=(), original_tests=(good, bad), **add)])
    assert (outcome.entry, outcome.reason) == (None, "malformed-test")
    assert "test 2 (original)" in outcome.detail
    labelled = bad.model_copy(update={"tier": Tier.EDGE})
    checked = check(entry_of(tests=(labelled,), original_tests=(good,), **add), sandbox, DROP)
    assert (tiers_of(checked), flags_of(checked)) == ([], ["malformed-test"])


PICKY = """\
import json, sys
asked = json.load(sys.stdin)
if int(asked["output"]) != 15:
    raise ValueError(asked["output"])
"""


def test_an_original_test_whose_checker_does_not_accept_its_expected_output_drops_the_problem(sandbox):
    original = case_of(None, "7 8", output="14\n")
    checked = check(
        entry_of(tests=(), original_tests=(original,), checker=Checker(kind="program", program=PICKY)), sandbox, DROP
    )
    assert checked.dropped
    reason, detail = checked.dropped
    assert reason == "checker-rejects-expected"
    assert detail.startswith("original test 1: the problem's checker does not accept the expected output")


def test_a_test_that_was_accepted_without_a_validator_is_judged_by_the_first_one_that_is_believed(sandbox):
    tests = (*entry_of().problem.tests, case_of(Tier.EDGE, "5000"))
    first = check(entry_of(tests=tests, validator="pass"), sandbox, DROP).entry
    assert (first.validator, len(first.problem.tests)) == (None, 5)
    second = check(first.model_copy(update={"materials": Materials(validators=(VALIDATOR,))}), sandbox, DROP)
    assert second.entry.validator == VALIDATOR
    assert [test.input for test in second.entry.problem.at(Tier.EDGE)] == ["1\n0\n"]
    assert flags_of(second) == ["validator-accepts-damage", "invalid-input"]


def test_a_later_validator_must_accept_what_the_believed_one_accepted(sandbox):
    first = check(entry_of(validator=VALIDATOR), sandbox, DROP).entry
    tests = (*first.problem.tests, case_of(Tier.EDGE, "5000"))
    facts = (*first.facts, TestFacts())
    more = first.model_copy(update={"problem": first.problem.model_copy(update={"tests": tests}), "facts": facts})
    second = check(more, sandbox, DROP).entry
    assert (second.validator, len(second.problem.tests)) == (VALIDATOR, 4)


def test_an_output_that_is_no_text_is_no_test(sandbox):
    backwards = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read().strip()[::-1])"
    tests = (
        TestCase(tier=Tier.BASIC, input="ab\n", output="ba"),
        TestCase(tier=Tier.EDGE, input="é\n", output="é"),
    )
    originals = (TestCase(tier=None, input="xy\n", output="yx"),)
    checked = check(entry_of(tests=tests, solution=backwards, original_tests=originals), sandbox, MAJORITY)
    assert (tiers_of(checked), flags_of(checked)) == ([Tier.BASIC], ["output-not-text"])
    assert type(checked.entry).model_validate_json(checked.entry.model_dump_json()) == checked.entry
