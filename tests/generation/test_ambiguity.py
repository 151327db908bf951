import pytest

from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.ambiguity import AmbiguitySettings, AmbiguityStage, phrase_in
from tarot_bench.problem import Checker, GeneratedInput, GeneratorProgram, Origin, TestCase, Tier, sha256
from tests.generation.making import GOLD, case_of, entry_of


@pytest.mark.parametrize(
    "statement",
    [
        "If there are multiple answers, print any of them.",
        "If there are several possible solutions, you may output any.\nPrint any valid arrangement.",
        "Output any such sequence.",
        "If there are multiple optimal schedules, print any.",
        "Every arrangement that balances is accepted.",
        "You can return any valid answer.",
        "Any correct order is accepted.",
        "All valid solutions are accepted.",
        "Print the names in any order.",
        "Note that the answer is not unique.",
        "There may be many ways; find any one.",
    ],
)
def test_phrases_that_allow_several_answers_are_found(statement):
    assert phrase_in(f"Given n.\n{statement}") is not None


@pytest.mark.parametrize(
    "statement",
    [
        "If there are several, print the smallest.",
        "If there are multiple answers, print the lexicographically smallest one.",
        "Print YES if any of the numbers is even.",
        "You may reorder the numbers in any way before the game. Print the largest sum.",
        "In how many ways can it be done?",
        "Any number of moves is allowed, and all letters are allowed. Print the longest word.",
        "Print any number of spaces between words as one space.",
        "The cards are given in any order. Print the largest.",
    ],
)
def test_phrases_that_fix_the_answer_are_not(statement):
    assert phrase_in(f"Given n. {statement}") is None


def test_few_statements_of_real_benchmarks_are_suspected(shared_data):
    from tarot_bench.dataset import load_problems

    found = [p.id for p in load_problems(shared_data / "tarot_rows.jsonl") if phrase_in(p.statement)]
    assert found == []


def answer(entry, sandbox, policy="drop", **stage):
    (outcome,) = AmbiguityStage(AmbiguitySettings(policy=policy), sandbox, **stage).run([entry])
    return outcome


def test_an_ambiguous_statement_leaves_the_set_or_stays_with_a_flag(sandbox):
    entry = entry_of(statement="Print any of them.")
    assert answer(entry, sandbox).reason == "several-answers"
    (flag,) = answer(entry, sandbox, "keep").entry.flags
    assert (flag.stage, flag.reason) == ("ambiguity", "several-answers")
    checked = entry_of(statement="Print any of them.", checker=Checker(kind="program", program="import sys"))
    assert answer(checked, sandbox).entry == checked


def test_a_problem_is_left_to_the_checker_that_authors_write_and_dropped_if_none_comes(sandbox):
    entry = entry_of(statement="Print any of them.")
    waiting = answer(entry, sandbox, checkers=True).entry
    assert [flag.reason for flag in waiting.flags] == ["checker-wanted"]
    assert answer(waiting, sandbox, again=True).reason == "several-answers"
    program = waiting.problem.model_copy(update={"checker": Checker(kind="program", program="import sys")})
    checked = waiting.model_copy(update={"problem": program})
    assert answer(checked, sandbox, again=True).entry == checked
    assert answer(entry, sandbox, again=True).entry == entry, "the first stage kept it, by its settings"


def test_a_function_problem_is_left_to_no_checker_since_none_is_asked_for(sandbox):
    call = TestCase(tier=Tier.BASIC, kind="call", input="[1]", output="1")
    function = {"style": "function", "entry_point": "f", "solution": "def f(x):\n    return x"}
    entry = entry_of(statement="Return any of them.", tests=(call,), original_tests=(), **function)
    assert answer(entry, sandbox, checkers=True).reason == "several-answers"


LARGE_INPUT = "print(50_000)\nprint(*[2] * 50_000)"


def large_test(tier, program=LARGE_INPUT):
    """A test whose input is made when it is needed, and the program that makes it."""
    text = "50000\n" + " ".join(["2"] * 50_000) + "\n"
    made = GeneratedInput(program="g", seed=0, digest=sha256(text), size=len(text))
    test = TestCase(tier=tier, input="", output="100000\n", generated=made)
    return test, GeneratorProgram(name="g", source=program)


def test_alternative_solutions_answer_inputs_that_are_not_stored(sandbox):
    test, program = large_test(Tier.COMPLEX)
    by_tokens = "import sys\nprint(sum(map(int, sys.stdin.read().split()[1:])))\n"
    entry = with_others(by_tokens, tests=(test,), generator_programs=(program,))
    assert answer(entry, sandbox, again=True).entry == entry
    special = by_tokens.replace("[1:])))", "[1:])) % 90_000)")
    other = with_others(special, tests=(test,), generator_programs=(program,))
    assert answer(other, sandbox, again=True).reason == "solutions-disagree"


def test_an_entry_whose_input_can_no_longer_be_made_is_dropped(sandbox):
    test, program = large_test(Tier.COMPLEX, program="print(7)")
    entry = with_others(GOLD + "#", tests=(test,), generator_programs=(program,))
    assert answer(entry, sandbox, again=True).reason == "input-not-made"


def with_others(*solutions, **fields):
    return entry_of(origin=Origin(extra=with_alternatives({}, solutions, GOLD)), **fields)


def test_solutions_that_agree_say_nothing_and_those_that_disagree_make_a_problem_ambiguous(sandbox):
    agreeing = with_others(GOLD + "# the same")
    assert answer(agreeing, sandbox).entry == agreeing
    zero_is_special = "input()\ns = sum(map(int, input().split()))\nprint(s if s else 'none')\n"
    outcome = answer(with_others(zero_is_special), sandbox)
    assert outcome.reason == "solutions-disagree"
    assert "the edge test" in outcome.detail


def test_a_solution_that_fails_an_original_test_or_crashes_has_no_say(sandbox):
    fails_at_the_edge = GOLD + "print(1 // (n - 1) * 0) if n == 1 else 0\n"
    for program in ("print(4)", "1 / 0", fails_at_the_edge):
        entry = with_others(program)
        assert answer(entry, sandbox).entry == entry


def test_solutions_that_differ_in_digits_or_order_alone_get_a_wider_checker(sandbox):
    tests = (case_of(Tier.BASIC, "1 3", output="2.0000"), case_of(Tier.EDGE, "1 2", output="1.5000"))
    mean = "n = int(input())\nprint(sum(map(int, input().split())) / n)\n"
    original = (case_of(None, "2 4", output="3.0000"),)
    outcome = answer(with_others(mean, tests=tests, original_tests=original), sandbox)
    assert outcome.entry.problem.checker.kind == "float"
    assert [flag.reason for flag in outcome.entry.flags] == ["checker-widened"]
    lines = (case_of(Tier.BASIC, "1 2", output="1\n2\n"),)
    backwards = "input()\nprint(*reversed(input().split()), sep='\\n')\n"
    entry = with_others(
        backwards,
        statement="Print the numbers, a line each, in any order.",
        tests=lines,
        original_tests=(case_of(None, "7", output="7"),),
    )
    assert answer(entry, sandbox).entry.problem.checker.kind == "unordered_lines"
