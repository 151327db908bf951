from tarot_bench.dataset import Measurement, Provenance, TestFacts
from tarot_bench.generation.measure.killing import Kills, kills_of
from tarot_bench.generation.measure.retier import retiered
from tarot_bench.generation.measure.stage import MeasureSettings, MeasureStage, measure
from tarot_bench.generation.measure.tracing import steps_of
from tarot_bench.problem import TIERS, TestCase, Tier
from tests.generation.making import case_of, entry_of

LOOP = "n = int(input())\ntotal = 0\nfor word in input().split():\n    total += int(word)\nprint(total)\n"


def problem_with(solution, **fields):
    return entry_of(solution=solution, **fields).problem


def test_steps_are_the_executed_lines_of_the_program(sandbox):
    """Two lines before the loop, two per number and one to find its end, one to print."""
    assert steps_of(problem_with(LOOP), sandbox) == tuple(4 + 2 * numbers for numbers in (2, 3, 5, 1))


def test_steps_are_counted_in_functions_threads_and_programs_that_exit(sandbox):
    in_a_thread = f"import threading\ndef main():\n    {LOOP.replace(chr(10), chr(10) + '    ')}\n"
    in_a_thread += "thread = threading.Thread(target=main)\nthread.start()\nthread.join()\n"
    straight = steps_of(problem_with(LOOP), sandbox)
    assert steps_of(problem_with(in_a_thread), sandbox) == tuple(steps + 5 for steps in straight)
    leaving = LOOP + "import sys\nsys.exit()\n"
    assert steps_of(problem_with(leaving), sandbox) == tuple(steps + 2 for steps in straight)


def test_counting_stops_at_the_cap_and_the_library_is_not_counted(sandbox):
    assert steps_of(problem_with(LOOP), sandbox, cap=7) == (7, 7, 7, 6)
    library = "import json\njson.dumps([1] * 100)\nprint(1)"
    assert steps_of(problem_with(library), sandbox) == (3,) * 4


def test_steps_of_a_gold_that_fails_are_not_known(sandbox):
    assert steps_of(problem_with("import os\nos._exit(1)"), sandbox) == (None,) * 4


def call(tier, given):
    return TestCase(tier=tier, input=given, output="0", kind="call")


def function_of(gold, entry_point):
    tests = (call(Tier.BASIC, "[1]"), call(Tier.EDGE, "[5]"))
    return problem_with(gold, style="function", entry_point=entry_point, tests=tests, original_tests=())


def test_steps_of_functions_and_methods_are_those_of_the_call(sandbox):
    body = "def f(n):\n    while n:\n        n -= 1\n    return 0\n"
    assert steps_of(function_of(body, "f"), sandbox) == (4, 12)
    method = "class Solution:\n" + "".join(f"    {line}\n" for line in body.splitlines()).replace("f(n)", "f(self, n)")
    assert steps_of(function_of(method, "Solution.f"), sandbox) == (4, 12)


def test_a_kill_rate_is_the_share_of_killable_mutants_and_unique_kills_are_shared_with_nobody():
    kills = Kills((frozenset({0, 1}), frozenset({1, 2}), frozenset()), mutants=5)
    assert kills.killable == {0, 1, 2}
    assert [kills.rate(test) for test in range(3)] == [2 / 3, 2 / 3, 0.0]
    assert [kills.unique(test) for test in range(3)] == [1, 1, 0]
    assert Kills((frozenset(), frozenset()), mutants=3).rate(0) is None


def test_tests_that_use_more_of_a_program_kill_more_of_its_mutants(sandbox):
    tests = (case_of(Tier.BASIC, "0 0", output="0"), case_of(Tier.COMPLEX, "5 -7 11 2", output="11"))
    problem = problem_with(LOOP, tests=tests, original_tests=())
    kills = kills_of(problem, sandbox, most=8, gold_cpu_s=0.001)
    assert kills.mutants == 8
    assert kills.rate(0) < kills.rate(1) == 1.0
    assert kills_of(problem, sandbox, most=8, gold_cpu_s=0.0012) == kills


def test_slow_golds_get_fewer_mutants(sandbox):
    assert kills_of(problem_with(LOOP), sandbox, most=30, gold_cpu_s=3.5).mutants == 4


def test_measuring_fills_the_columns_and_leaves_the_rest_of_the_facts_alone(sandbox):
    facts = TestFacts(provenance=Provenance(generator="mutate"), measurement=Measurement(gold_cpu_s=0.002))
    entry = entry_of(solution=LOOP, facts=(facts,) * 4)
    made = measure(entry, sandbox, MeasureSettings(most_mutants=4))
    assert made.problem == entry.problem
    for test, known in zip(made.problem.tests, made.facts, strict=True):
        assert (known.provenance, known.measurement.gold_cpu_s) == (facts.provenance, 0.002)
        assert known.measurement.input_chars == len(test.input)
        assert known.measurement.steps > 0
        assert 0 <= known.measurement.kill_rate <= 1
        assert known.measurement.unique_kills >= 0


def test_a_sample_is_chosen_by_id_whatever_else_is_there(sandbox):
    entries = [entry_of(f"p{number}", solution=LOOP) for number in range(12)]
    settings = MeasureSettings(steps=False, most_mutants=1, share=0.5)
    measured = {outcome.id: outcome.entry for outcome in MeasureStage(settings, sandbox).run(entries)}
    chosen = {name for name, entry in measured.items() if entry.facts[0].measurement.unique_kills is not None}
    assert 0 < len(chosen) < 12
    alone = next(iter(MeasureStage(settings, sandbox).run(entries[:1]))).entry
    assert alone == measured["p0"]


def measured_entry(*steps):
    facts = tuple(TestFacts(measurement=Measurement(steps=count)) for count in steps)
    return entry_of(facts=facts)


def test_tiers_are_given_anew_in_the_order_of_steps_and_edge_stays():
    entry = measured_entry(30, 20, 10, 99)
    made = retiered(entry)
    tests = entry.problem.tests
    assert [test.tier for test in made.problem.tests] == list(TIERS)
    assert [test.input for test in made.problem.tests] == [tests[place].input for place in (2, 1, 0, 3)]
    assert [facts.measurement.steps for facts in made.facts] == [10, 20, 30, 99]
    (flag,) = made.flags
    assert (flag.reason, flag.detail) == ("retiered", "complex -> basic, basic -> complex")


def test_several_tests_per_tier_are_given_anew_and_each_tier_keeps_its_number():
    tiers = (Tier.BASIC, Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX, Tier.COMPLEX, Tier.EDGE, Tier.EDGE)
    steps = (50, 10, 40, 20, 30, 1, 2)
    tests = tuple(
        TestCase(tier=tier, input=f"{count}\n", output="1\n") for tier, count in zip(tiers, steps, strict=True)
    )
    facts = tuple(TestFacts(measurement=Measurement(steps=count)) for count in steps)
    made = retiered(entry_of(tests=tests, facts=facts))
    assert [(test.tier, int(test.input)) for test in made.problem.tests] == [
        (Tier.BASIC, 10),
        (Tier.BASIC, 20),
        (Tier.INTERMEDIATE, 30),
        (Tier.COMPLEX, 40),
        (Tier.COMPLEX, 50),
        (Tier.EDGE, 1),
        (Tier.EDGE, 2),
    ]


def test_tiers_in_order_and_equal_steps_are_left_alone_and_unknown_steps_are_told():
    for steps in ((1, 2, 3, 0), (5, 5, 5, 5)):
        entry = measured_entry(*steps)
        assert retiered(entry) == entry
    unknown = retiered(measured_entry(3, None, 1, 2))
    assert unknown.problem == measured_entry(3, None, 1, 2).problem
    assert [flag.reason for flag in unknown.flags] == ["not-retiered"]
    assert retiered(measured_entry(1, 2, 3, None)).flags == ()
