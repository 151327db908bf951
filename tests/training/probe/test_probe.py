"""Capability from saved samples, and what it means for every curriculum."""

import json

import pytest

from tarot_bench.errors import RunError
from tarot_bench.problem import TIERS, Tier
from tarot_bench.runs import RunDirectory
from tarot_bench.training.probe.portfolio import load_portfolio
from tarot_bench.training.probe.probe import Probe, difficulties, probe
from tarot_bench.training.probe.samples import SavedGrades, saved_grades
from tarot_bench.verdict import Grade, Verdict
from tests.training.made import grade_of, one_each

PATTERNS = {"first": ("1110", "1100", "1000", "0000"), "second": ("1111", "1111", "1110", "1110")}
GRADES = tuple(one_each(p, name, n) for name, patterns in PATTERNS.items() for n, p in enumerate(patterns))


def saved(*grades):
    return SavedGrades("a-model", ("tarot",), grades or GRADES, 0)


def write_run(path, grades, benchmark="tarot", kind="evaluate"):
    run = RunDirectory.start(path, kind, {"model": "a-model"}, {}, resume=True)
    with run.journal(f"{benchmark}/grades.jsonl", Grade) as journal:
        for grade in grades:
            journal.append(grade)
    return path


def test_every_tier_has_its_rates_and_its_share_of_informative_groups():
    found = probe(saved(), load_portfolio("default").loaded, group=4)
    assert {tier: one.pass_rate.value for tier, one in found.tiers.items()} == {
        Tier.BASIC: 7 / 8,
        Tier.INTERMEDIATE: 6 / 8,
        Tier.COMPLEX: 5 / 8,
        Tier.EDGE: 2 / 8,
    }
    # On basic the first problem's four samples differ, the second's do not; on edge it is the other way round.
    assert [found.tiers[tier].informative.value for tier in TIERS] == [0.5, 0.5, 0.5, 0.5]
    assert all(one.solved.low <= one.solved.value <= one.solved.high for one in found.tiers.values())
    assert found.tiers[Tier.EDGE].verdicts == {Verdict.PASSED: 0.25, Verdict.WRONG_ANSWER: 0.75}
    assert (found.problems, found.samples, found.fewest_samples, found.lower_bound) == (2, 8, 4, False)
    assert found.verdicts == {Verdict.PASSED: 20, Verdict.WRONG_ANSWER: 12}


def test_every_curriculum_has_its_outlook_weighted_by_the_length_of_its_stages():
    found = probe(saved(), load_portfolio("default").loaded, group=4)
    assert set(found.curricula) == set(load_portfolio("default").curricula)
    assert found.curricula["static"].informative == 1.0
    # basic alone, then with intermediate: only the first problem; from 0.4 on complex, from 0.6 edge tells the second.
    assert found.curricula["uniform"].informative == pytest.approx(0.6 * 0.5 + 0.4 * 1.0)


def test_fewer_samples_than_a_group_has_give_a_lower_bound():
    assert probe(saved(), (), group=8).lower_bound
    assert not probe(saved(), (), group=3).lower_bound


def test_what_could_not_be_graded_is_counted_and_is_in_no_rate():
    troubled = probe(saved(*GRADES, one_each("1??1", "second", 4)), (), group=4)
    assert troubled.ungraded == 1
    assert troubled.tiers[Tier.BASIC].pass_rate.value == 7 / 8
    assert Verdict.UNGRADED not in troubled.tiers[Tier.INTERMEDIATE].verdicts


def test_a_problem_of_which_nothing_is_graded_is_no_sample_at_all():
    found = probe(saved(*GRADES, one_each("????", "third")), (), group=4)
    assert (found.problems, found.fewest_samples, found.lower_bound) == (3, 0, True)


def test_a_probe_is_the_same_after_it_was_written_down():
    found = probe(saved(), load_portfolio("default").loaded)
    assert Probe.model_validate_json(json.dumps(found.model_dump(mode="json"))) == found


def test_a_problem_is_as_hard_as_few_samples_pass_all_its_tiers():
    extra = (one_each("????", "third"), grade_of({Tier.BASIC: [True], None: [False]}, "fourth"))
    assert difficulties(saved(*GRADES, *extra)) == {"first": 1.0, "second": 0.5, "fourth": 0.0}


def test_saved_grades_are_the_latest_of_each_sample(tmp_path):
    pending = one_each("????", "first", 0)
    path = write_run(tmp_path / "run", [pending, *GRADES])
    read = saved_grades(path)
    assert (read.model, read.benchmarks, read.untiered) == ("a-model", ("tarot",), 0)
    assert sorted(read.grades, key=lambda g: (g.problem_id, g.index)) == list(GRADES)


def test_problems_of_several_benchmarks_are_kept_apart(tmp_path):
    write_run(tmp_path / "run", GRADES)
    read = saved_grades(write_run(tmp_path / "run", GRADES[:2], benchmark="other"))
    assert set(read.by_problem) == {"tarot/first", "tarot/second", "other/first"}


def test_samples_without_tier_tests_are_left_out_and_counted(tmp_path):
    plain = grade_of({None: [True]}, "plain")
    assert saved_grades(write_run(tmp_path / "run", [*GRADES, plain])).untiered == 1
    with pytest.raises(RunError, match="no tests in tiers"):
        saved_grades(write_run(tmp_path / "plain", [plain]))


def test_a_run_without_grades_is_one_line(tmp_path):
    RunDirectory.start(tmp_path / "run", "generate", {}, {}, resume=False)
    with pytest.raises(RunError, match="a run of `generate` without grades; evaluate a model on four-tier data"):
        saved_grades(tmp_path / "run")
