"""Grading one answer or many: every caller, near misses of the time limit, back-pressure, errors."""

import asyncio
import subprocess
import sys
import threading
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tarot_bench as tb
from tarot_bench.errors import DataError, RecipeError, SandboxUnavailableError
from tarot_bench.evaluation.graders import Graders
from tarot_bench.evaluation.sandboxes import Sandboxes
from tarot_bench.grading import grade_many, grade_text
from tarot_bench.grading.answers import _AHEAD
from tarot_bench.integrations.lm_eval.grading import matrix_of
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.progress import Silent
from tarot_bench.runs import JournalWriter
from tarot_bench.training.miniature.measure import graded
from tarot_bench.training.reward.batch import BatchGrader
from tarot_bench.verdict import Completion, Execution, Grade
from tests.sandbox.doubles import ScriptedSandbox, TimedSandbox
from tests.training.problems import COUNT, fenced, passing

ONE = Problem(id="p", statement="", tests=(TestCase(tier=Tier.BASIC, input="", output="1\n"),), limits=Limits(cpu_s=1))
TEXT = fenced("print(1)")
COMPLETION = Completion(problem_id="p", index=0, model="m", text=TEXT)


def by_evaluate(sandbox, tmp_path):
    async def go():
        async with Graders([ONE], sandbox, journal, Silent()) as graders:
            await graders.submit(COMPLETION)

    with JournalWriter(tmp_path / "grades.jsonl", Grade) as journal:
        asyncio.run(go())
        return list(journal)


def by_lm_eval(sandbox, _):
    filters = pytest.importorskip("tarot_bench.integrations.lm_eval.filters")
    asked = SimpleNamespace(sandbox=None, gold_factor=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filters, "opened", lambda *_, **__: nullcontext(Sandboxes(sandbox, sandbox)))
        patch.setattr(filters, "on_this_host", lambda *_: [ONE])
        ((line,),) = filters.Grading(asked, None, None).apply([[TEXT]], [{"problem_id": "p"}])
    return [SimpleNamespace(solved=matrix_of("p", [line]).passed(0, Tier))]


def by_inspect_ai(sandbox, _):
    adapter = pytest.importorskip("tarot_bench.integrations.inspect_ai")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "shared_sandbox", lambda kind: sandbox)
        patch.setattr(adapter, "on_this_host", lambda *_: [ONE])
        return [adapter._graded(None, COMPLETION, "local")]


CALLERS = {
    "evaluate": by_evaluate,
    "inspect_ai": by_inspect_ai,
    "lm-eval": by_lm_eval,
    "grade_many": lambda sandbox, _: [made for _, made in grade_many([(ONE, TEXT)], sandbox)],
    "grade_text": lambda sandbox, _: [grade_text(ONE, TEXT, sandbox)],
    "the miniature": lambda sandbox, _: [sample.grade for sample in graded([ONE], [COMPLETION], sandbox)],
    "the reward": lambda sandbox, _: BatchGrader(sandbox).grade([ONE], [TEXT]).grades,
}


@pytest.mark.parametrize("caller", CALLERS)
def test_every_caller_runs_a_near_miss_of_the_time_limit_again(caller, tmp_path):
    sandbox = TimedSandbox(1.1, 0.9)
    (made,) = CALLERS[caller](sandbox, tmp_path)
    assert made.solved
    assert sandbox.cpu_s == []


def test_near_misses_run_again_one_at_a_time_after_all_others():
    sandbox = TimedSandbox(*[1.1] * 6, *[0.9] * 6)
    grades = list(grade_many([(ONE, TEXT)] * 6, sandbox))
    assert sorted(number for number, _ in grades) == list(range(6))
    assert all(made.solved for _, made in grades)
    assert sandbox.beside[6:] == [1] * 6


@pytest.mark.parametrize("caller", CALLERS)
def test_the_first_verdict_counts_where_the_second_run_could_not_be_made(caller, tmp_path):
    (made,) = CALLERS[caller](TimedSandbox(1.1, None), tmp_path)
    assert (made.solved, made.ungraded if isinstance(made, Grade) else False) == (False, False)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_a_grade_comes_with_the_place_of_its_sample(words):
    def behave(job, content):
        return Execution("exited", 0, stdout=b"1\n" if "'a'" in job.source else b"2\n")

    samples = [(ONE, fenced(f"print('{word}')")) for word in words]
    made = [grade for _, grade in sorted(grade_many(iter(samples), ScriptedSandbox(behave)))]
    assert [grade.solved for grade in made] == [word == "a" for word in words]


def test_samples_are_taken_only_as_fast_as_grades_are():
    sandbox = ScriptedSandbox()
    taken = []

    def samples():
        for number in range(1000):
            taken.append(number)
            yield ONE, TEXT

    graded = grade_many(samples(), sandbox)
    assert taken == []
    for _ in range(10):
        next(graded)
    assert len(taken) <= 10 + sandbox.workers * _AHEAD
    graded.close()
    assert len(taken) <= 11 + sandbox.workers * (_AHEAD + 1)


def test_a_sample_that_is_long_in_coming_holds_back_no_grade():
    arrived = threading.Event()

    def samples():
        yield ONE, TEXT
        assert arrived.wait(60)
        yield ONE, TEXT

    graded = grade_many(samples(), ScriptedSandbox())
    assert next(graded)[0] == 0
    arrived.set()
    assert [number for number, _ in graded] == [1]


def test_an_error_while_taking_a_sample_comes_out():
    def samples():
        yield ONE, TEXT
        raise DataError("line 2 is not a sample")

    with pytest.raises(DataError, match="line 2"):
        list(grade_many(samples(), ScriptedSandbox()))


@pytest.mark.parametrize("sample", [(None, TEXT), (ONE, None), (ONE, b"print(1)"), (ONE, [TEXT]), (ONE,), 3])
def test_what_is_no_sample_is_refused_and_not_taken_for_a_bug(sample):
    with pytest.raises(DataError, match=r"^(a problem|an answer|a sample) is a .*, not \w+$"):
        list(grade_many([sample], ScriptedSandbox()))
    if isinstance(sample, tuple) and len(sample) == 2:
        with pytest.raises(DataError):
            grade_text(*sample, ScriptedSandbox())


def test_one_answer_and_many_are_named_alike(tmp_path):
    (tmp_path / "answer.md").write_text(TEXT)
    problem = tb.load_problems()[0]
    samples = [(problem.id, TEXT), [problem, tmp_path / "answer.md"]]
    ((_, one), (_, other)) = grade_many(samples, ScriptedSandbox())
    assert one.problem_id == other.problem_id == problem.id
    assert one.extraction.code == other.extraction.code == "print(1)"


@pytest.mark.parametrize("setting", [{"compat": "tarrot"}, {"extraction": "verbatm"}])
def test_a_misspelt_grader_is_refused_and_not_taken_for_ours(setting):
    with pytest.raises(RecipeError, match=r"^unknown "):
        list(grade_many([(ONE, TEXT)], ScriptedSandbox(), **setting))


def test_what_is_no_sandbox_is_refused():
    with pytest.raises(SandboxUnavailableError, match="not None"):
        grade_text(ONE, TEXT, None)


def test_a_program_of_an_abandoned_iterator_does_not_hold_up_the_end_of_the_process():
    text = fenced("import time\ntime.sleep(100)")
    code = f"""
import tarot_bench as tb
from tarot_bench.problem import Limits
problem = tb.load_problems()[0].model_copy(update={{"limits": Limits(cpu_s=5, wall_s=200)}})
for _ in tb.grade_many([(problem, ""), *[(problem, {text!r})] * 8]):
    break
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_user_s_mistake_ends_the_work_with_its_own_error():
    def behave(job, content):
        raise DataError("no such template; name another")

    with pytest.raises(DataError, match="no such template"):
        list(grade_many([(ONE, TEXT)] * 100, ScriptedSandbox(behave)))


def test_a_caller_that_stops_half_way_leaves_no_thread_behind():
    before = set(threading.enumerate())
    graded = grade_many([(ONE, TEXT)] * 1000, ScriptedSandbox())
    next(graded)
    graded.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


def test_an_evaluation_that_stops_half_way_leaves_no_thread_behind(tmp_path):
    async def go():
        async with Graders([ONE], ScriptedSandbox(), journal, Silent()) as graders:
            for _ in range(100):
                await graders.submit(COMPLETION)
            raise DataError("enough")

    before = set(threading.enumerate())
    with JournalWriter(tmp_path / "grades.jsonl", Grade) as journal, pytest.raises(DataError, match="enough"):
        asyncio.run(go())
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


def test_the_public_function_opens_a_sandbox_by_itself_and_takes_texts():
    samples = [(COUNT, fenced(COUNT.solution)), (COUNT, passing(Tier.BASIC)), (COUNT, "no idea")]
    made = [grade for _, grade in sorted(tb.grade_many(samples))]
    assert [grade.solved for grade in made] == [True, False, False]
    assert made[1].passed(Tier.BASIC)
    assert made[2].results[0].verdict == "NO_CODE"


def test_the_old_name_says_the_new_one():
    with pytest.raises(AttributeError, match=r"tarot_bench\.grade is now tarot_bench\.grade_text"):
        tb.grade  # noqa: B018
