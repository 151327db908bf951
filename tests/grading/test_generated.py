"""Inputs that are not stored: made before a run, checked, kept; never a verdict where they cannot be made."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.grading import generated, grade_code, grade_many, grade_text
from tarot_bench.grading.generated import STORED_BYTES, with_inputs, without_large_inputs
from tarot_bench.problem import Checker, GeneratedInput, GeneratorProgram, Problem, TestCase, Tier, sha256
from tarot_bench.sandbox import open_sandbox
from tarot_bench.verdict import Verdict

SOURCE = "n = 30000 + int(input())\nprint(n)\nprint(*range(n))\n"
GOLD = "input()\nprint(sum(map(int, input().split())))\n"


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox("local", workers=2) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(generated, "_kept", generated._Kept())


class Counting:
    """A sandbox that counts the jobs by program."""

    def __init__(self, inner):
        self.inner, self.jobs = inner, Counter()
        self.workers, self.info = inner.workers, inner.info

    def run(self, job):
        self.jobs[job.source] += 1
        return self.inner.run(job)


def text_of_seed(seed):
    n = 30000 + seed
    return f"{n}\n{' '.join(map(str, range(n)))}\n"


def large_test(seed=0, tier=Tier.COMPLEX, **recipe):
    text = text_of_seed(seed)
    fields = {"program": "numbers", "seed": seed, "digest": sha256(text), "size": len(text)} | recipe
    n = 30000 + seed
    return TestCase(tier=tier, input="", output=f"{n * (n - 1) // 2}\n", generated=GeneratedInput(**fields))


def problem_of(*tests, source=SOURCE, **fields):
    small = TestCase(tier=Tier.BASIC, input="2\n1 2\n", output="3\n")
    programs = (GeneratorProgram(name="numbers", source=source),)
    given = {"id": "sum", "statement": "Add.", "solution": GOLD, "tests": (small, *(tests or (large_test(),)))}
    return Problem(**given | {"generator_programs": programs} | fields)


def verdicts(grade):
    return [result.verdict for result in grade.results]


def test_an_input_that_is_not_stored_is_made_and_the_gold_passes(sandbox):
    made = grade_code(problem_of(), GOLD, sandbox)
    assert verdicts(made) == [Verdict.PASSED, Verdict.PASSED]
    wrong = grade_code(problem_of(), "input()\nprint(len(input().split()) and 3)\n", sandbox)
    assert verdicts(wrong) == [Verdict.PASSED, Verdict.WRONG_ANSWER]


def test_every_way_to_grade_makes_it(sandbox):
    problem = problem_of()
    answer = f"```python\n{GOLD}```"
    assert verdicts(grade_text(problem, answer, sandbox)) == [Verdict.PASSED] * 2
    assert [verdicts(made) for _, made in grade_many([(problem, answer)] * 2, sandbox)] == [[Verdict.PASSED] * 2] * 2


def test_the_checker_program_gets_it(sandbox):
    checker = "import json, sys\nasked = json.load(sys.stdin)\nraise SystemExit(len(asked['input']) < 7)\n"
    problem = problem_of(checker=Checker(kind="program", program=checker), tests=(large_test(),))
    assert verdicts(grade_code(problem, "print(1)", sandbox)) == [Verdict.PASSED]


def test_calls_get_their_arguments(sandbox):
    source = "s = int(input())\nprint([tuple(range(s)), {3, 1}])\n"
    text = '[{"!":["tuple",[0,1]]},{"!":["set",[1,3]]}]'
    recipe = GeneratedInput(program="numbers", seed=2, digest=sha256(text), size=len(text))
    test = TestCase(tier=Tier.EDGE, input="", output="[2, 4]", kind="call", generated=recipe)
    program = (GeneratorProgram(name="numbers", source=source),)
    shape = {"style": "function", "entry_point": "f", "tests": (test,), "generator_programs": program}
    problem = Problem(id="f", statement="", **shape)
    code = "def f(pair, some):\n    assert type(pair) is tuple\n    return [len(pair), sum(some)]\n"
    assert verdicts(grade_code(problem, code, sandbox)) == [Verdict.PASSED]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (SOURCE.replace("range(n)", "range(1, n + 1)"), "printed another input than when the dataset was made"),
        ("raise SystemExit(3)", "failed: exit code 3"),
        ("import sys\nsys.stdout.buffer.write(b'\\xff')", "printed no input"),
    ],
)
def test_an_input_that_cannot_be_made_again_is_no_verdict(sandbox, source, why):
    made = grade_code(problem_of(source=source), GOLD, sandbox)
    assert verdicts(made) == [Verdict.UNGRADED, Verdict.UNGRADED]
    said = made.results[0].detail
    assert said.startswith("sandbox: the generator program 'numbers' of problem 'sum', seed 0")
    assert why in said


def test_a_completion_without_code_needs_no_input(sandbox):
    counting = Counting(sandbox)
    assert verdicts(grade_text(problem_of(), "I do not know.", counting)) == [Verdict.NO_CODE] * 2
    assert not counting.jobs


def test_an_input_is_made_once_by_threads_that_need_it_at_the_same_time(sandbox):
    counting, problem = Counting(sandbox), problem_of(large_test(0), large_test(1))
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: with_inputs(problem, counting), range(16)))
    assert counting.jobs == {SOURCE: 2}
    assert {tuple(test.input for test in each.tests[1:]) for each in made} == {(text_of_seed(0), text_of_seed(1))}


def test_a_failure_is_not_kept(sandbox):
    with pytest.raises(SandboxError, match="failed"):
        with_inputs(problem_of(source="raise SystemExit(3)"), sandbox)
    assert with_inputs(problem_of(), sandbox).tests[1].input == text_of_seed(0)


def test_an_input_that_is_kept_hides_no_broken_program(sandbox):
    with_inputs(problem_of(), sandbox)
    with pytest.raises(SandboxError, match="printed another input"):
        with_inputs(problem_of(source="print(4)"), sandbox)


def test_no_more_is_kept_than_allowed(sandbox, monkeypatch):
    monkeypatch.setattr(generated, "_KEPT_BYTES", len(text_of_seed(0)) + 100)
    counting = Counting(sandbox)
    for seed in (0, 0, 1, 0):
        with_inputs(problem_of(large_test(seed)), counting)
    assert counting.jobs == {SOURCE: 3}


def test_a_problem_whose_inputs_are_stored_is_not_touched(sandbox):
    problem = problem_of()
    whole = with_inputs(problem, sandbox)
    assert with_inputs(whole, sandbox) is whole
    assert without_large_inputs(whole) == problem


def test_small_inputs_stay_stored_and_unused_programs_go(sandbox):
    text = "1\n" + "x" * (STORED_BYTES - 3) + "\n"
    assert len(text) == STORED_BYTES
    recipe = GeneratedInput(program="numbers", seed=0, digest=sha256(text), size=len(text))
    at_most = TestCase(tier=Tier.BASIC, input=text, generated=recipe)
    unused = GeneratorProgram(name="unused", source="print(1)")
    problem = problem_of(at_most)
    problem = problem.model_copy(update={"generator_programs": (*problem.generator_programs, unused)})
    kept = without_large_inputs(problem)
    assert kept.tests == problem.tests
    assert [program.name for program in kept.generator_programs] == ["numbers"]


def test_the_digest_of_a_problem_does_not_depend_on_what_is_stored(sandbox):
    problem = problem_of()
    assert with_inputs(problem, sandbox).digest == problem.digest
    assert problem_of(large_test(1)).digest != problem.digest
