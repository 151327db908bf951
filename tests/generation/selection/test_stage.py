"""The stage `selection`, in the real sandbox."""

from tarot_bench.dataset.entry import Materials, TestFacts, WrongProgram
from tarot_bench.generation.selection.assessing import assess
from tarot_bench.generation.selection.settings import SelectionSettings
from tarot_bench.generation.selection.stage import SelectionStage, selected
from tarot_bench.generation.selection.wrong import pool_of
from tarot_bench.problem import TIERS, GeneratedInput, GeneratorProgram, Limits, TestCase, Tier, sha256
from tests.generation.making import GOLD, case_of, entry_of

FIRST_FOUR = WrongProgram(source="input()\nprint(sum([int(word) for word in input().split()][:4]))\n", origin="source")
ABSOLUTE = WrongProgram(source="input()\nprint(sum(abs(int(word)) for word in input().split()))\n", origin="source")
EQUIVALENT = WrongProgram(source=GOLD + "\n", origin="mutant")
SLOW = """\
input()
total = 0
for word in input().split():
    for _ in range(10**5):
        total += 1
    total += int(word) - 10**5
print(total)
"""
"""Right, and far too slow for many numbers."""


def written(*numbers_of_tiers: tuple[Tier, str], **fields):
    """An entry with a test for each pair of tier and numbers."""
    tests = tuple(case_of(tier, numbers) for tier, numbers in numbers_of_tiers)
    return entry_of(tests=tests, facts=(TestFacts(),) * len(tests), **fields)


def run(entry, sandbox, counts=None, **settings):
    (outcome,) = SelectionStage(SelectionSettings(**settings), counts or {}, sandbox).run([entry])
    return outcome.entry


def mutant(source):
    return WrongProgram(source=source, origin="mutant")


def with_pool(entry, *programs, **fields):
    return entry.model_copy(update={"wrong": programs, **fields})


MANY = (
    (Tier.BASIC, "1 2"),
    (Tier.BASIC, "5"),
    (Tier.INTERMEDIATE, "3 4 5"),
    (Tier.INTERMEDIATE, "3 -4 5"),
    (Tier.COMPLEX, "6 7 8 9"),
    (Tier.COMPLEX, "6 7 8 9 10"),
    (Tier.EDGE, "0"),
)


def test_each_tier_keeps_the_test_that_rejects_what_lower_tiers_accept(sandbox):
    made = run(with_pool(written(*MANY), FIRST_FOUR, ABSOLUTE), sandbox, most_mutants=0)
    assert [(test.tier, test.input.split("\n")[1]) for test in made.problem.tests] == [
        (Tier.BASIC, "5"),
        (Tier.INTERMEDIATE, "3 -4 5"),
        (Tier.COMPLEX, "6 7 8 9 10"),
        (Tier.EDGE, "0"),
    ]
    assert len(made.facts) == 4
    flags = {(flag.reason, flag.tier) for flag in made.flags}
    assert flags == {
        ("selected", None),
        ("no-new-rejections", Tier.BASIC),
        ("no-new-rejections", Tier.EDGE),
    }
    (found,) = [flag.detail for flag in made.flags if flag.reason == "selected"]
    assert found == "4 of 7 tests reject 2 wrong programs; all 7 reject 2 of 2 that were tried"


def test_the_recipe_says_how_many_tests_a_tier_has(sandbox):
    made = run(written(*MANY), sandbox, {Tier.BASIC: 2, Tier.EDGE: 3}, most_mutants=2)
    assert [test.tier for test in made.problem.tests] == ["basic", "basic", "intermediate", "complex", "edge"]


def test_measured_tiers_follow_the_executed_lines_and_not_the_author(sandbox):
    gold = "n = int(input())\ntotal = 0\nfor word in input().split():\n    total += int(word)\nprint(total)\n"
    upside_down = [(Tier.BASIC, "2 3 4 5 6 7"), (Tier.COMPLEX, "2 3"), (Tier.INTERMEDIATE, "4 3 9 8"), (Tier.EDGE, "7")]
    entry = written(*upside_down, solution=gold)
    made = run(entry, sandbox, tiering="measured", most_mutants=0)
    lengths = [len(test.input.split()) - 1 for test in made.problem.tests]
    assert [test.tier for test in made.problem.tests] == list(TIERS)
    assert lengths[0] < lengths[1] < lengths[2]
    kept = run(entry, sandbox, tiering="author", most_mutants=0)
    assert kept.problem.tests == tuple(sorted(entry.problem.tests, key=lambda test: test.tier.rank))


def test_a_slow_solution_is_a_wrong_program_where_the_limits_make_it_one(sandbox):
    entry = written((Tier.BASIC, "1 2"), (Tier.COMPLEX, "4 5 6"), (Tier.COMPLEX, " ".join(["7"] * 100)))
    entry = entry.model_copy(update={"materials": Materials(brute_force=SLOW)})
    strict, lax = Limits(cpu_s=0.25), Limits(cpu_s=20)
    for limits, rejected in ((strict, {0}), (lax, set())):
        limited = entry.model_copy(update={"problem": entry.problem.model_copy(update={"limits": limits})})
        pool = pool_of(limited, 0, most_mutants=0)
        assert [program.origin for program in pool] == ["slow"]
        assert assess(limited, pool, sandbox).rejected == rejected


def test_a_test_that_rejects_a_right_program_is_chosen_only_where_there_is_no_other(sandbox):
    big = "import sys\nn = int(input())\nwords = input().split()\nsys.exit(n > 4)\n"
    other = big.replace("sys.exit(n > 4)", "print(sum(map(int, words))) if n < 4 else print(1)")
    extra = {"origin": {"source": "own", "extra": {"solutions": [other]}}}
    entry = written(*MANY[:4], (Tier.COMPLEX, "6 7 8 9 10"), (Tier.COMPLEX, "6 7 1"), (Tier.EDGE, "0"), **extra)
    assessed = assess(entry, (), sandbox)
    assert [candidate.test.input for candidate in assessed.disputed] == ["5\n6 7 8 9 10\n"]
    made = selected(assessed, dict.fromkeys(TIERS, 1))
    assert [test.input for test in made.problem.at(Tier.COMPLEX)] == ["3\n6 7 1\n"]
    only = entry.model_copy(update={"problem": entry.problem.model_copy(update={"tests": entry.problem.tests[:5]})})
    only = only.model_copy(update={"facts": entry.facts[:5]})
    made = selected(assess(only, (), sandbox), dict.fromkeys(TIERS, 1))
    assert [test.input for test in made.problem.at(Tier.COMPLEX)] == ["5\n6 7 8 9 10\n"]
    assert "rejects-right-program" in {flag.reason for flag in made.flags}


def test_a_mutant_that_is_equivalent_to_the_gold_is_rejected_by_nothing(sandbox):
    assessed = assess(written(*MANY), (EQUIVALENT,), sandbox)
    assert assessed.rejected == frozenset()
    assert assessed.survivors == (EQUIVALENT,)


def test_mutants_that_fail_every_simple_test_are_left_out_for_others(sandbox):
    hanging, crashing = mutant("while True:\n    pass\n"), mutant("1 / 0\n")
    first_four, absolute = mutant(FIRST_FOUR.source), mutant(ABSOLUTE.source)
    known = WrongProgram(source=crashing.source, origin="source")
    pool = (hanging, first_four, crashing, known, EQUIVALENT, absolute)
    assessed = assess(written(*MANY), pool, sandbox)
    assert assessed.pool == (known, first_four, EQUIVALENT, absolute), "a known wrong program stays in any case"
    assert assess(written(*MANY), pool, sandbox, most_mutants=1).pool == (known, first_four)


def test_one_test_does_not_show_that_a_mutant_is_broken_altogether(sandbox):
    crashing = mutant("1 / 0\n")
    assessed = assess(written((Tier.BASIC, "1 2")), (crashing,), sandbox)
    assert assessed.survivors == ()
    assert assessed.pool == (crashing,)


def test_the_pool_is_the_same_for_the_same_seed_and_holds_no_right_program():
    extra = {"origin": {"source": "own", "extra": {"solutions": ["print(1)"]}}}
    known = [WrongProgram(source=f"print({number})", origin="source") for number in range(90)]
    known.append(WrongProgram(source=GOLD, origin="source"))
    entry = with_pool(entry_of(**extra), *known)
    first = pool_of(entry, 3)
    assert first == pool_of(entry, 3) != pool_of(entry, 4)
    assert not {GOLD, "print(1)"} & {program.source for program in first}
    assert sum(program.origin == "source" for program in first) == 24


def test_an_input_that_is_not_stored_is_made_for_the_programs(sandbox):
    assessed = assess(with_large(case_of(Tier.BASIC, "1 2")), (FIRST_FOUR,), sandbox)
    small, large = assessed.candidates
    assert (small.rejects, large.rejects, large.test.input) == (set(), {0}, "")
    assert (small.steps, large.steps) == (2, 2)
    assert large.boundary == frozenset(), "what is not stored is not an empty input"
    made = selected(assessed, dict.fromkeys(TIERS, 1))
    assert [program.name for program in made.problem.generator_programs] == ["many"]


def test_a_generator_program_goes_with_its_last_input(sandbox):
    entry = with_large(case_of(Tier.BASIC, "1 2"), case_of(Tier.COMPLEX, "4 5 6"))
    two_each = dict.fromkeys(TIERS, 2)
    whole = selected(assess(entry, (), sandbox), two_each)
    assert [program.name for program in whole.problem.generator_programs] == ["many"]
    problem = entry.problem.model_copy(update={"tests": entry.problem.tests[:2]})
    made = selected(assess(entry.model_copy(update={"problem": problem}), (), sandbox), two_each)
    assert [test.input for test in made.problem.tests] == ["2\n1 2\n", "3\n4 5 6\n"]
    assert made.problem.generator_programs == ()


def with_large(*tests):
    """An entry with these tests and one of 30,000 numbers, whose input is not stored."""
    text = "30000\n" + " ".join(["2"] * 30_000) + "\n"
    recipe = GeneratedInput(program="many", seed=0, digest=sha256(text), size=len(text))
    large = TestCase(tier=Tier.COMPLEX, input="", output="60000\n", generated=recipe)
    program = GeneratorProgram(name="many", source="print(30000)\nprint(*[2] * 30000)\n")
    return entry_of(tests=(*tests, large), generator_programs=(program,))
