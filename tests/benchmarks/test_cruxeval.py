"""CRUXEval, both ways: answers are judged by value, and gold scores 100 % from raw text in every form."""

import json

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.verdict import Verdict

OUTPUT, INPUT = open_benchmark("cruxeval_output"), open_benchmark("cruxeval_input")
ROW = {
    "id": "sample_0",
    "code": "def f(text, n):\n    parts = text.split('#')\n    return {part: n for part in parts}",
    "input": "'a#b', 2",
    "output": "{'a': 2, 'b': 2}",
}


@pytest.fixture
def asked(jsonl):
    """The problem of one row, one way or the other."""
    return lambda benchmark, **changes: next(iter(benchmark.load(jsonl("cruxeval.jsonl", [ROW | changes]), None, None)))


def verdict(grade):
    (result,) = grade.results
    return result.verdict


@pytest.mark.parametrize("benchmark", [OUTPUT, INPUT])
@pytest.mark.parametrize("style", ["", "_cot"])
def test_the_prompt_shows_the_question_but_not_its_answer(asked, benchmark, style):
    text = Prompt(benchmark.default_prompt + style).render(asked(benchmark))
    assert ROW["code"] in text
    assert "??" in text
    assert ROW["output" if benchmark is OUTPUT else "input"] not in text


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("{'a': 2, 'b': 2}", Verdict.PASSED),
        ("{'b': 2, 'a': 2}", Verdict.PASSED),
        ("dict(a=2, b=1 + 1)", Verdict.PASSED),
        ("assert f('a#b', 2) == {'a': 2, 'b': 2}", Verdict.PASSED),
        ("{'a': 2}", Verdict.WRONG_ANSWER),
        ("'{a: 2, b: 2}'", Verdict.WRONG_ANSWER),
        ("f('a#b', 2)", Verdict.RUNTIME_ERROR),
        ("{'a': 2, 'b': 2", Verdict.NO_CODE),
        ("type('Yes', (), {'__eq__': lambda self, other: True})()", Verdict.RUNTIME_ERROR),
        ("__import__('os')._exit(0)", Verdict.RUNTIME_ERROR),
    ],
)
def test_an_output_is_judged_by_its_value_and_may_not_call_the_function(asked, judge, answer, expected):
    assert verdict(judge(asked(OUTPUT), f"[ANSWER]\n{answer}\n[/ANSWER]")) is expected


def test_a_tuple_is_no_list_and_a_string_no_number(asked, judge):
    problem = asked(OUTPUT, output="[1, 2]")
    assert verdict(judge(problem, "[ANSWER](1, 2)[/ANSWER]")) is Verdict.WRONG_ANSWER
    assert verdict(judge(problem, "[ANSWER][1, 2][/ANSWER]")) is Verdict.PASSED
    assert verdict(judge(asked(OUTPUT, output="'3'"), "[ANSWER]3[/ANSWER]")) is Verdict.WRONG_ANSWER


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("f('a#b', 2)", Verdict.PASSED),
        ("f('b#a#b', 2)", Verdict.PASSED),
        ("'a#b', 2", Verdict.PASSED),
        ("assert f(n=2, text='a#b') == {'a': 2, 'b': 2}", Verdict.PASSED),
        ("f('a#b', 3)", Verdict.WRONG_ANSWER),
        ("f('a#b')", Verdict.RUNTIME_ERROR),
        ("{'a': 2, 'b': 2}", Verdict.RUNTIME_ERROR),
        ("f('a#b', 2", Verdict.NO_CODE),
    ],
)
def test_any_input_that_gives_the_output_counts(asked, judge, answer, expected):
    assert verdict(judge(asked(INPUT), f"[ANSWER]\n{answer}\n[/ANSWER]")) is expected


@pytest.mark.parametrize("benchmark", [OUTPUT, INPUT])
def test_a_malformed_answer_is_a_failure_that_counts(asked, judge, benchmark):
    grade = judge(asked(benchmark), "I would rather not say.")
    assert grade.solved is False
    assert verdict(grade) is Verdict.NO_CODE


FORMS = {
    OUTPUT: ["[ANSWER]\n{output}\n[/ANSWER]", "[ANSWER]\nassert f({input}) == {output}\n[/ANSWER]"],
    INPUT: ["[ANSWER]\nf({input})\n[/ANSWER]", "So:\n[ANSWER]\nassert f({input}) == {output}\n[/ANSWER]"],
}


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", [OUTPUT, INPUT])
@pytest.mark.parametrize("form", [0, 1])
def test_real_gold_passes_from_raw_text_in_every_form(shared_data, judge, benchmark, form):

    path = shared_data / "cruxeval.jsonl"
    rows = {row["id"]: row for row in map(json.loads, path.read_text().splitlines())}
    problems = benchmark.load(str(path), None, None)
    assert len(problems) == 800
    template = FORMS[benchmark][form]
    misses = [problem.id for problem in problems if not judge(problem, template.format(**rows[problem.id])).solved]
    assert misses == []


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", [OUTPUT, INPUT])
def test_every_real_gold_passes_out_of_a_fence(shared_data, gold_misses, benchmark):
    assert gold_misses(benchmark.load(str(shared_data / "cruxeval.jsonl"), None, None)) == []
