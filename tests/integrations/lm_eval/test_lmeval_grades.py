"""What lm-eval reports: our verdicts, the unbiased pass@k, and nothing that one strange completion could spoil."""

import json
import math
import sys

import pytest

from tarot_bench.extraction import extract
from tarot_bench.metrics.tiers import pass_at_k
from tarot_bench.problem import Limits, Tier
from tarot_bench.verdict import Verdict
from tests.integrations.lm_eval.recorded import (
    CRASH,
    NEVER_ENDING_THOUGHT,
    NO_CODE,
    ONLY_SMALL,
    RIGHT,
    STRANGE,
    answers_for,
    data_file,
    problems,
    recorded,
    run,
)

GRADE = sys.modules["tarot_bench.grading.grade"]  # its function has hidden the module of the same name


@pytest.fixture
def four(tmp_path):
    made = problems(4)
    return made, data_file(tmp_path, made)


def test_a_program_that_only_knows_small_numbers_passes_the_lower_tiers_alone(four):
    made, data = four
    results = run(recorded(answers_for(made, [ONLY_SMALL]), made), ["tarot"], {"data": data})["results"]
    rates = {tier: results[f"tarot_{tier}"]["pass@1,graded"] for tier in Tier}
    assert rates == {"basic": 1.0, "intermediate": 1.0, "complex": 0.0, "edge": 0.0}
    assert results["tarot"]["pass@1,graded"] == 0.5


def test_pass_at_k_is_the_unbiased_estimate_over_all_repeats(four):
    made, data = four
    table = answers_for(made, [RIGHT, CRASH, RIGHT, NO_CODE, CRASH])
    for task in ("tarot_all", "tarot_edge"):
        metadata = {"data": data, "repeats": 5, "k": [1, 2, 5]}
        found = run(recorded(table, made), [task], metadata)["results"][task]
        names = ["strict", "strict@2", "strict@5"] if task == "tarot_all" else ["pass@1", "pass@2", "pass@5"]
        assert [found[f"{name},graded"] for name in names] == [pass_at_k(5, 2, k) for k in (1, 2, 5)]
        assert found["no_code,graded"] == pytest.approx(1 / 5)


def test_one_task_reports_every_tier_and_what_lies_between_them(four):
    made, data = four
    found = run(recorded(answers_for(made, [ONLY_SMALL]), made), ["tarot_all"], {"data": data})["results"]["tarot_all"]
    names = {name.partition(",")[0]: value for name, value in found.items() if name.endswith(",graded")}
    tiers = {tier.value: float(tier < Tier.COMPLEX) for tier in Tier}
    through = {f"through.{tier}": float(tier < Tier.COMPLEX) for tier in Tier}
    counts = {"strict": 0.0, "robustness_gap": 1.0, "no_code": 0.0, "truncated": 0.0, "ungraded": 0.0}
    errors = {name: 0.0 for name in names if "_stderr" in name}
    assert names == tiers | through | counts | errors


def test_one_strange_completion_does_not_cost_the_others_their_grades(four):
    made, data = four
    table = answers_for(made, [RIGHT])
    table["times/2"], table["times/3"] = [STRANGE], [NEVER_ENDING_THOUGHT]
    results = run(recorded(table, made), ["tarot"], {"data": data})
    assert results["results"]["tarot_basic"]["pass@1,graded"] == 0.5
    assert results["results"]["tarot_basic"]["truncated,graded"] == 0.25
    json.dumps(results["samples"], ensure_ascii=False).encode("utf-8")


def test_an_answer_that_is_no_text_is_an_answer_without_code(four):
    made, data = four
    table = answers_for(made, [RIGHT])
    table["times/2"] = [None]
    found = run(recorded(table, made), ["tarot_all"], {"data": data})["results"]["tarot_all"]
    assert (found["strict,graded"], found["no_code,graded"]) == (0.75, 0.25)


def test_what_the_grader_cannot_judge_is_left_out_and_counted(four, monkeypatch):
    def failing(text, problem, finish_reason):
        if problem.id == "times/2":
            raise RuntimeError("a bug of ours")
        return extract(text, problem, finish_reason)

    monkeypatch.setattr(GRADE, "extract", failing)
    made, data = four
    found = run(recorded(answers_for(made, [RIGHT]), made), ["tarot_edge"], {"data": data})["results"]["tarot_edge"]
    assert (found["pass@1,graded"], found["ungraded,graded"]) == (1.0, 0.25)


def test_with_nothing_graded_a_rate_is_no_number_rather_than_zero(four, monkeypatch):
    monkeypatch.setattr(GRADE, "extract", lambda *_: 1 / 0)
    made, data = four
    found = run(recorded(answers_for(made, [RIGHT]), made), ["tarot_edge"], {"data": data})["results"]["tarot_edge"]
    assert math.isnan(found["pass@1,graded"])
    assert found["ungraded,graded"] == 1.0


def test_only_the_named_tiers_are_run(four):
    made, data = four
    model = recorded(answers_for(made, [ONLY_SMALL]), made)
    results = run(model, ["tarot_all"], {"data": data, "tiers": ["basic", "high"]})
    found = results["results"]["tarot_all"]
    assert (found["basic,graded"], found["complex,graded"]) == (1.0, 0.0)
    assert "edge,graded" not in found
    logged = json.loads(results["samples"]["tarot_all"][0]["filtered_resps"][0][0])
    assert {test["tier"] for test in logged["tests"]} == {"basic", "complex"}


def test_a_tiers_task_asks_only_for_problems_that_have_the_tier(tmp_path):
    made = [*problems(2), *problems(5, tiers=(Tier.BASIC, Tier.EDGE))[2:]]
    model = recorded(answers_for(made, [ONLY_SMALL]), made)
    results = run(model, ["tarot"], {"data": data_file(tmp_path, made)})
    effective = {name: count["effective"] for name, count in results["n-samples"].items()}
    assert effective == {"tarot_basic": 5, "tarot_intermediate": 2, "tarot_complex": 2, "tarot_edge": 5}
    assert len(model.requests) == 5
    assert results["results"]["tarot_intermediate"]["pass@1,graded"] == 1.0


def test_the_log_holds_verdicts_but_no_tests(four):
    made, data = four
    samples = run(recorded(answers_for(made, [ONLY_SMALL]), made), ["tarot_edge"], {"data": data})["samples"]
    for sample in samples["tarot_edge"]:
        assert set(sample["doc"]) == {"problem_id", "digest", "prompt"}
        (line,) = sample["filtered_resps"][0]
        logged = json.loads(line)
        assert {test["verdict"] for test in logged["tests"]} == {Verdict.WRONG_ANSWER}
        assert logged["code"]
        assert "1000\n" not in json.dumps(sample["doc"])


def test_programs_run_in_one_sandbox_that_is_closed_again(four, monkeypatch):
    from tarot_bench.evaluation import sandboxes

    made_ones = []

    def remembering(kind, **given):
        made_ones.append(honest(kind, **given))
        return made_ones[-1]

    honest = sandboxes.open_sandbox
    monkeypatch.setattr(sandboxes, "open_sandbox", remembering)
    made, data = four
    run(recorded(answers_for(made, [RIGHT, CRASH]), made), ["tarot_all"], {"data": data, "repeats": 2})
    assert len(made_ones) == 2, "one look before anything is asked, and one sandbox for all grades"
    assert all(sandbox._closed for sandbox in made_ones)


@pytest.mark.slow
def test_limits_fit_the_host_as_those_of_evaluate_do(tmp_path):
    """Gold takes a while here, and the stated limit is near it: a program half as fast still has to pass."""
    busy = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"
    (problem,) = problems(1, tiers=(Tier.EDGE,))
    slow = problem.model_copy(
        update={"solution": busy.format(seconds=0.3) + problem.solution, "limits": Limits(cpu_s=0.5, wall_s=20)}
    )
    answer = f"```python\n{busy.format(seconds=0.8)}{problem.solution}\n```"
    for task in ("tarot_edge", "tarot_all"):
        found = run(recorded({slow.id: [answer]}, [slow]), [task], {"data": data_file(tmp_path, [slow])})["results"][
            task
        ]
        assert found["pass@1,graded" if task == "tarot_edge" else "strict,graded"] == 1.0


def test_a_machine_that_cannot_isolate_is_told_before_the_model_is_asked(four, monkeypatch):
    from tarot_bench.errors import SandboxUnavailableError

    def unavailable():
        raise SandboxUnavailableError("install bubblewrap")

    monkeypatch.setattr("tarot_bench.sandbox.backends.local.isolation.require", unavailable)
    made, data = four
    model = recorded(answers_for(made, [RIGHT]), made)
    with pytest.raises(SandboxUnavailableError):
        run(model, ["tarot"], {"data": data})
    assert model.requests == []
