"""One problem through the sandbox: what its record, its numbers and its findings say."""

import hashlib
from datetime import date

from tarot_bench.dataset.errata import test_digest
from tarot_bench.generation.audit.findings import proposals
from tarot_bench.generation.audit.measured import Measured
from tarot_bench.generation.audit.measuring import Effort, measure
from tarot_bench.generation.audit.programs import Program
from tarot_bench.generation.audit.subjects import Subject
from tarot_bench.generation.audit.summary import audit_report
from tarot_bench.generation.author.select.pools import Pool, PooledTest
from tarot_bench.metrics.quality import Order
from tarot_bench.problem import TIERS, Checker, GeneratedInput, GeneratorProgram, TestCase, Tier
from tests.generation.making import GOLD, STATEMENT, case_of, entry_of

TOLD = {"data": "d", "revision": "r", "digest": "g", "settings": {}, "environment": {}, "skipped": {}}
POSITIVE = "input()\nprint(sum(n for n in map(int, input().split()) if n > 0))\n"
FIRST_TWO = "input()\nprint(sum([*map(int, input().split())][:2]))\n"
ABSOLUTE = "input()\nprint(sum(abs(n) for n in map(int, input().split())))\n"
LOOP = "n = int(input())\ntotal = 0\nfor word in input().split():\n    total += int(word)\nprint(total)\n"
QUICK = Effort(times=2, most_mutants=0)


def program(text, correct=False, name="p"):
    return Program(name=name, kind="given", correct=correct, text=text)


def record_of(sandbox, *programs, effort=QUICK, pool=None, **fields):
    subject = Subject(entry_of(**fields).problem, programs)
    return measure(subject, pool or Pool(), sandbox, effort)


def reasons(record):
    return {finding.reason for finding in audit_report([record], TOLD).findings}


def test_known_programs_give_the_rates_of_every_tier(sandbox):
    record = record_of(sandbox, program(POSITIVE), program(FIRST_TWO), program(LOOP, correct=True))
    parts = audit_report([record], TOLD).parts
    rates = {name: part.detection for name, part in parts.items()}
    assert [(name, rate.tpr.value, rate.tnr.value, rate.vacc.value) for name, rate in rates.items()] == [
        ("basic", 1, 0, 0),
        ("intermediate", 1, 1, 1),  # 3 4 -5
        ("complex", 1, 0.5, 0),  # 10 20 30 40 50
        ("edge", 1, 0, 0),
        ("original", 1, 0, 0),
        ("tiers", 1, 1, 1),
        ("all", 1, 1, 1),
    ]
    assert rates["tiers"].tpr.n == 2  # the gold and the alternative


def test_unique_rejections_of_all_tests_are_counted_among_all_tests(sandbox):
    """Each wrong program fails one tier test and one original test, and the last one a single test of all."""
    asked = "numbers = [*map(int, input().split())]\n"
    wrong = [f"input()\n{asked}print(sum(numbers) + (sum(numbers) in ({total}, {total + 100})))\n" for total in (1, 2)]
    only = f"input()\n{asked}print(sum(numbers) + (sum(numbers) == 3))\n"
    tests = tuple(case_of(tier, str(number)) for number, tier in enumerate((Tier.BASIC, Tier.COMPLEX, Tier.EDGE), 1))
    originals = tuple(case_of(None, str(number)) for number in (101, 102))
    record = record_of(sandbox, *map(program, (*wrong, only)), tests=tests, original_tests=originals)
    counted = {name: Measured(record).part(name) for name in ("tiers", "all")}
    assert (counted["tiers"].unique_rejections, counted["tiers"].redundant) == (3, 0)
    assert (counted["all"].unique_rejections, counted["all"].redundant) == (1, 4)


def test_a_wrong_program_that_no_test_rejects_and_stated_tiers_that_are_not_so_are_findings(sandbox):
    stated = Program(name="s", kind="near-miss", correct=False, text=POSITIVE, fails=(Tier.EDGE,))
    record = record_of(sandbox, program(GOLD + "#"), stated)
    found = {finding.reason: finding.detail for finding in audit_report([record], TOLD).findings}
    assert found["not-rejected"] == "given p"
    assert found["stated-tiers"] == "s is said to fail edge, and fails intermediate"


def test_a_gold_that_fails_its_test_is_retracted_and_does_not_count_as_killing(sandbox):
    wrong = case_of(Tier.EDGE, "0", "1\n")
    record = record_of(sandbox, tests=(case_of(Tier.BASIC, "1 2"), wrong), effort=Effort(times=1, most_mutants=5))
    report = audit_report([record], TOLD)
    assert report.parts["edge"].gold_failures == 1
    assert report.parts["edge"].detection.tpr.value == 0
    assert all(1 not in mutant for mutant in record.mutants)
    (proposal,) = proposals(report, date(2026, 1, 1)).errata
    assert (proposal.tier, proposal.test, proposal.action) == ("edge", test_digest(wrong), "retract")


def test_an_output_on_which_most_correct_programs_agree_is_proposed_as_a_correction(sandbox):
    wrong = case_of(Tier.EDGE, "0", "1\n")
    record = record_of(sandbox, program(LOOP, correct=True), tests=(case_of(Tier.BASIC, "1 2"), wrong))
    (proposal,) = proposals(audit_report([record], TOLD), date(2026, 1, 1)).errata
    assert (proposal.action, proposal.output.strip(), proposal.reason) == ("correct", "0", "gold-fails")


def test_a_gold_that_the_alternatives_outvote_is_a_finding(sandbox):
    others = [program(LOOP, correct=True), program(LOOP + "#", correct=True, name="q")]
    tests = (case_of(Tier.BASIC, "1 -2", "3\n"),)
    record = record_of(sandbox, *others, tests=tests, solution=ABSOLUTE, original_tests=())
    (finding,) = audit_report([record], TOLD).findings
    assert (finding.reason, finding.output.strip()) == ("outvoted", "-1")


def test_one_solution_against_the_gold_outvotes_nobody(sandbox):
    tests = (case_of(Tier.BASIC, "1 -2", "3\n"),)
    record = record_of(sandbox, program(LOOP, correct=True), tests=tests, solution=ABSOLUTE, original_tests=())
    assert reasons(record) == set()


def test_a_gold_whose_runs_differ_is_flaky_and_kills_nothing(sandbox):
    unsteady = "import time\ninput(); input()\nprint(time.time_ns())\n"
    record = record_of(sandbox, solution=unsteady, tests=(case_of(Tier.BASIC, "1 2"),), original_tests=())
    assert record.tests[0].flaky
    assert "flaky" in reasons(record)
    assert record.sound == frozenset()


def test_a_malformed_test_is_left_out_and_named(sandbox):
    tests = (
        TestCase(tier=Tier.BASIC, kind="call", input="[1, 2]", output="3"),
        TestCase(tier=Tier.EDGE, kind="call", input="no JSON", output="3"),
    )
    add = "def add(a, b):\n    return a + b\n"
    record = record_of(sandbox, solution=add, style="function", entry_point="add", tests=tests, original_tests=())
    report = audit_report([record], TOLD)
    assert (report.malformed, report.parts["all"].tests, set(report.parts)) == (1, 1, {"basic", "tiers", "all"})
    assert reasons(record) == {"malformed"}


def test_mutants_that_only_further_inputs_kill_count_as_killable(sandbox):
    effort = Effort(times=1, most_mutants=30)
    weak = (case_of(Tier.BASIC, "0"),)
    pool = Pool((PooledTest("3\n1 2 -3\n"), PooledTest("2\n4 5\n"), PooledTest("1\n0\n"), PooledTest("not a number")))
    alone = record_of(sandbox, tests=weak, original_tests=(), solution=LOOP, effort=effort)
    helped = record_of(sandbox, tests=weak, original_tests=(), solution=LOOP, effort=effort, pool=pool)
    assert helped.extra_tests == 2  # without the input of the test itself, and that on which the gold fails
    scores = [audit_report([record], TOLD).parts["tiers"].mutation_score.value for record in (alone, helped)]
    assert scores[0] == 1.0 > scores[1]


def test_mutants_that_are_as_slow_as_the_gold_on_further_inputs_are_not_killed_by_them(sandbox):
    slow = "import time\nn = int(input())\nwhile n > 1 and time.process_time() < 0.6:\n    pass\nprint(n)\n"
    quick = (TestCase(tier=Tier.BASIC, input="1\n", output="1\n"),)
    effort, pool = Effort(times=1, most_mutants=30), Pool((PooledTest("2\n"),))
    record = record_of(sandbox, tests=quick, original_tests=(), solution=slow, effort=effort, pool=pool)
    assert record.extra_tests == 1
    assert () in record.mutants
    assert all(1 not in mutant for mutant in record.mutants)  # all that pass the test print the right number


def test_no_mutant_without_a_witness_is_counted(sandbox):
    record = record_of(sandbox, effort=Effort(times=1, most_mutants=30))
    report = audit_report([record], TOLD)
    assert report.mutants > 0
    assert report.killable == sum(bool(mutant) for mutant in record.mutants)
    assert report.parts["all"].mutation_score.value == 1.0


def test_the_measures_that_should_rise_over_the_tiers(sandbox):
    record = record_of(sandbox, program(POSITIVE), program(FIRST_TWO), solution=LOOP)
    orders = audit_report([record], TOLD).details[0].orders
    assert orders == {"rejection": Order.FALLING, "steps": Order.RISING, "size": Order.RISING}
    flat = record_of(sandbox, tests=tuple(case_of(tier, "1 2") for tier in TIERS), solution=LOOP)
    assert audit_report([flat], TOLD).details[0].orders["steps"] is Order.LEVEL


def test_a_statement_that_allows_several_answers_and_solutions_that_differ_are_findings(sandbox):
    assert "several-answers" in reasons(record_of(sandbox, statement=STATEMENT + " Print any of them."))
    origin = {"source": "s", "extra": {"solutions": [POSITIVE]}}
    assert "solutions-disagree" in reasons(record_of(sandbox, origin=origin))


def test_a_problem_without_a_gold_is_measured_by_the_known_programs_alone(sandbox):
    record = record_of(sandbox, program(POSITIVE), program(LOOP, correct=True), solution=None)
    report = audit_report([record], TOLD)
    assert report.parts["tiers"].detection.tnr.value == 1
    assert (report.without_gold, report.parts["tiers"].margin, report.parts["tiers"].flaky) == (1, None, None)
    assert "no-gold" in reasons(record)


def test_an_input_that_is_not_stored_is_made_before_it_is_measured(sandbox):
    made = case_of(Tier.BASIC, "1 2 -3")
    sha = hashlib.sha256(made.input.encode()).hexdigest()
    recipe = GeneratedInput(program="g", seed=1, digest=sha, size=len(made.input))
    bare = made.model_copy(update={"generated": recipe, "input": ""})
    programs = (GeneratorProgram(name="g", source=f"input()\nprint({made.input!r}, end='')"),)
    record = record_of(sandbox, program(POSITIVE), tests=(bare,), original_tests=(), generator_programs=programs)
    assert [known.failed for known in record.programs] == [(), (0,)]
    assert (record.tests[0].input_chars, record.tests[0].digest) == (len(made.input), test_digest(bare))


def test_only_wrong_programs_that_fail_no_test_are_run_on_further_inputs(sandbox):
    pool = Pool((PooledTest("2\n4 -5\n"),))
    known = program(FIRST_TWO), program(POSITIVE, name="q")
    record = record_of(sandbox, *known, tests=(case_of(Tier.BASIC, "1 2 3"),), original_tests=(), pool=pool)
    assert record.extra_tests == 1
    assert [known.failed for known in record.programs] == [(), (0,), (1,)]


def test_a_program_that_exceeds_the_time_is_rejected(sandbox):
    record = record_of(sandbox, program("while True:\n    pass\n"), limits={"cpu_s": 0.2})
    assert record.programs[-1].failed == (0, 1, 2, 3, 4)


def test_a_checker_that_rejects_the_expected_output_of_a_test_is_a_finding_and_leaves_nothing_pending(sandbox):
    checker = "import json, sys\nassert int(json.load(sys.stdin)['output']) == 3\n"
    tests = (case_of(Tier.BASIC, "1 2"), case_of(Tier.EDGE, "2 1", output="4\n"))
    fields = {"tests": tests, "original_tests": (), "checker": Checker(kind="program", program=checker)}
    record = record_of(sandbox, program(FIRST_TWO), program(ABSOLUTE), effort=Effort(times=1, most_mutants=5), **fields)
    (finding,) = [each for each in audit_report([record], TOLD).findings if each.reason == "malformed"]
    assert (finding.part, finding.number) == ("edge", 2)
    assert finding.detail.startswith("the problem's checker does not accept the expected output")
