"""The outputs of programs: recorded in grading, and made again as the grader made them."""

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.grading import grade_code
from tarot_bench.grading.outputs import Recorder, executions_on, output_of
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.sandbox.cache.cached import CachedSandbox
from tarot_bench.verdict import Execution, Verdict

STDIN = Problem(
    id="p",
    statement="Double.",
    tests=(TestCase(tier=Tier.BASIC, input="1\n", output="2\n"), TestCase(tier=Tier.EDGE, input="5\n", output="10\n")),
)
CALL = Problem(
    id="f",
    statement="Pairs.",
    style="function",
    entry_point="f",
    tests=(TestCase(tier=Tier.BASIC, input="[1]", output="[1, 1]", kind="call"),),
)


def test_a_recorder_keeps_every_execution_by_its_input(sandbox):
    recorder = Recorder(sandbox)
    made = grade_code(STDIN, "print(7)", recorder)
    assert [result.verdict for result in made.results] == [Verdict.WRONG_ANSWER] * 2
    assert {given: [run.stdout for run in runs] for given, runs in recorder.seen.items()} == {
        b"1\n": [b"7\n"],
        b"5\n": [b"7\n"],
    }


def test_the_output_of_a_single_test_is_made_again(sandbox):
    (execution,) = executions_on(STDIN, "print(int(input()) + 1)", [1], sandbox)
    assert output_of(STDIN.tests[1], execution) == "6\n"
    (execution,) = executions_on(CALL, "def f(x):\n    return [x, (2,)]\n", [0], sandbox)
    assert output_of(CALL.tests[0], execution) == '[1,{"!":["tuple",[2]]}]'


def test_what_the_grader_ran_is_not_run_again(sandbox, tmp_path):
    class Counting:
        jobs = 0
        info, workers = sandbox.info, sandbox.workers

        def run(self, job):
            Counting.jobs += 1
            return sandbox.run(job)

        def close(self):
            pass

    with CachedSandbox(Counting(), tmp_path / "cache" / "verdicts.sqlite") as cached:
        grade_code(STDIN, "print(7)", cached)
        assert Counting.jobs == 1
        (execution,) = executions_on(STDIN, "print(7)", [1], cached)
    assert execution.stdout == b"7\n"
    assert Counting.jobs == 1


def test_a_suite_and_a_call_that_did_not_return_have_no_output():
    suite = TestCase(tier=Tier.BASIC, input="def check(candidate): pass", kind="suite")
    assert output_of(suite, Execution("exited", 0, stdout=b"x")) is None
    assert output_of(CALL.tests[0], Execution("exited", 1)) is None


def test_bytes_that_are_no_text_stay_visible():
    assert output_of(STDIN.tests[0], Execution("exited", 0, stdout=b"a\xff")) == "a\udcff"


def test_a_missing_generator_program_is_an_error_of_the_sandbox(sandbox):
    from tarot_bench.problem import GeneratedInput, GeneratorProgram, sha256

    made = GeneratedInput(program="g", seed=1, digest=sha256("1\n"), size=2)
    programs = (GeneratorProgram(name="g", source="print(2)"),)
    asked = STDIN.model_copy(
        update={
            "tests": (TestCase(tier=Tier.BASIC, input="", output="2\n", generated=made),),
            "generator_programs": programs,
        }
    )
    with pytest.raises(SandboxError, match="printed another input"):
        executions_on(asked, "print(1)", [0], sandbox)
