"""Reading structured answers, and the schema they are asked in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.generation.author.suite import read, schema, without_fence
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tests.generation.author.helpers import problem

FUNCTION = Problem(
    id="f",
    statement="Add.",
    solution="def add(a, b):\n    return a + b\n",
    style="function",
    entry_point="add",
    original_tests=(TestCase(tier=None, input="[1, 2]", output="3", kind="call"),),
)


def drafted(**changes) -> dict[str, object]:
    return {"reason": "r", "input": "1\n", "output": "1\n"} | changes


def test_the_schema_has_the_wanted_tiers_as_fixed_keys_and_nothing_else():
    full = schema(TIERS, True)
    assert full["required"] == [*TIERS, "validator"]
    assert schema((Tier.EDGE,), False)["required"] == ["edge"]
    for part in (full, *full["$defs"].values()):
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])


def test_a_function_s_tests_are_calls():
    answer = {"basic": drafted(input="[3, 4]", output="7")}
    suite = read(json.dumps(answer), FUNCTION, (Tier.BASIC,), validator=False)
    assert suite.tests == (TestCase(tier=Tier.BASIC, input="[3, 4]", output="7", reason="r", kind="call"),)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"input": '{"a": 1}'}, "not a JSON list"),
        ({"input": "3, 4"}, "not an encoded value"),
        ({"output": "seven"}, "not an encoded value"),
        ({"reason": " "}, "reason"),
        ({"extra": 1}, "extra"),
    ],
)
def test_an_unsound_call_says_what_is_wrong(changes, said):
    answer = {"basic": drafted(input="[3, 4]", output="7") | changes}
    suite = read(json.dumps(answer), FUNCTION, (Tier.BASIC,), validator=False)
    assert (suite.tests, suite.reason) == ((), "wrong-schema")
    assert said in suite.detail
    assert suite.detail.startswith("basic: ")


def test_fences_around_the_answer_and_the_validator_are_taken_off():
    answer = {"basic": drafted(), "validator": "```python\nraise SystemExit(0)\n```"}
    suite = read(f"```json\n{json.dumps(answer)}\n```", problem(1), (Tier.BASIC,), validator=True)
    assert suite.validator == "raise SystemExit(0)"
    assert suite.reason is None


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Here is the JSON:\n{}\nI hope it helps.",
        "The tests for {{n}} and {{}} are:\n{}\nwhere {{n}} is small {{}}.",
        "Sure!\n```json\n{}\n```\nEach {{input}} is valid.",
        "<think>Perhaps {{}}?</think>\n{}",
        'A first sketch: {{"basic": {{}}}}. The answer: {}',
    ],
)
def test_words_with_braces_and_fences_around_the_answer_are_ignored(around):
    answer = {"basic": drafted(), "validator": "d = {}\nraise SystemExit(0)"}
    suite = read(around.format(json.dumps(answer)), problem(1), (Tier.BASIC,), validator=True)
    assert (suite.reason, len(suite.tests), suite.validator) == (None, 1, answer["validator"])


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 100_000, "{" + "[" * 100_000])
def test_an_answer_of_braces_is_refused_at_once(text):
    assert read(text, problem(1), (Tier.BASIC,), validator=False).reason == "not-json"


def test_a_missing_validator_is_told_and_costs_no_test():
    suite = read(json.dumps({"basic": drafted()}), problem(1), (Tier.BASIC,), validator=True)
    assert len(suite.tests) == 1
    assert (suite.reason, suite.detail) == ("wrong-schema", "validator: no program")


def test_lone_surrogates_of_a_server_can_be_written():
    suite = read(
        '{"basic": {"reason": "r", "input": "\\ud800", "output": "1"}}', problem(1), (Tier.BASIC,), validator=False
    )
    assert suite.tests[0].model_dump_json()


KEYS = st.sampled_from([*TIERS, "validator", "reason", "input", "output"])
LEAVES = st.none() | st.integers() | st.text()


@settings(max_examples=60)
@given(st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)))
def test_whatever_json_comes_is_read_or_told(value):
    suite = read(json.dumps(value), problem(1), TIERS, validator=True)
    assert suite.reason is not None or len(suite.tests) == 4


@settings(max_examples=60)
@given(st.text())
def test_whatever_text_comes_is_read_or_told(text):
    assert read(text, problem(1), TIERS, validator=True).reason
    assert isinstance(without_fence(text), str)
