"""Reading structured answers, and the schema they are asked in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.dataset.entry import Materials, Provenance, Scenario
from tarot_bench.generation.author.asked import Asked
from tarot_bench.generation.author.json_text import without_fence
from tarot_bench.generation.author.suite import read, schema
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
EVERYTHING = Asked(TIERS, 2, 2, seeds=4, validators=3, illegal=30, brute_force=True, checkers=2)
BASIC = Asked((Tier.BASIC,), literal=1)


def drafted(**changes) -> dict[str, object]:
    return {"tier": "basic", "reason": "r", "input": "1\n", "output": "1\n"} | changes


def generator(**changes) -> dict[str, object]:
    return {"tier": "complex", "reason": "long", "program": "print(input())", "seeds": 3} | changes


def full(**changes) -> dict[str, object]:
    answer = {
        "tests": [drafted(tier=tier, input=f"{n}\n") for n, tier in enumerate(TIERS)],
        "generators": [generator()],
        "validators": ["raise SystemExit(0)", "```python\nraise SystemExit(1)\n```"],
        "illegal_inputs": [{"reason": "a word", "input": "x\n"}],
        "brute_force": "print(input())",
        "checkers": ["raise SystemExit(0)"],
        "scenarios": [{"input": "1\n", "output": "2\n", "accepted": False}],
    }
    return answer | changes


def test_the_schema_has_a_list_for_each_kind_of_content_that_is_asked_for():
    assert schema(EVERYTHING)["required"] == list(full())
    assert schema(BASIC)["required"] == ["tests"]
    assert schema(Asked(validators=1))["required"] == ["validators"]
    assert schema(Asked((Tier.EDGE,), generators=1))["required"] == ["generators"]


def objects_in(part):
    if isinstance(part, dict):
        yield from [part] if part.get("type") == "object" else []
        part = list(part.values())
    for each in part if isinstance(part, list) else []:
        yield from objects_in(each)


def test_the_schema_is_accepted_by_the_strict_modes_of_all_services():
    """Every key required, no other keys, no keyword outside what OpenAI, Anthropic and vLLM's grammars share."""
    made = schema(EVERYTHING)
    found = list(objects_in(made))
    assert len(found) == 5
    for part in found:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
    keywords = {"minimum", "maximum", "minLength", "minItems", "maxItems", "default", "anyOf", "pattern", "const"}
    assert not [word for word in keywords if f'"{word}":' in json.dumps(made)]


def test_only_the_wanted_tiers_are_in_the_schema():
    assert schema(Asked((Tier.EDGE, Tier.BASIC), literal=1))["$defs"]["Tier"]["enum"] == ["edge", "basic"]


def test_a_whole_answer_is_read():
    by = Provenance(generator="openai/any")
    suite = read(json.dumps(full()), problem(1), EVERYTHING, by)
    assert (suite.reason, suite.detail) == (None, "")
    assert [test.tier for test in suite.tests] == list(TIERS)
    made = suite.materials
    assert made.validators == ("raise SystemExit(0)", "raise SystemExit(1)")
    assert (made.illegal, made.brute_force, made.checkers) == (("x\n",), "print(input())", ("raise SystemExit(0)",))
    assert made.scenarios == (Scenario(input="1\n", output="2\n", accepted=False),)
    (program,) = made.generators
    assert (program.tier, program.source, program.seeds, program.provenance) == (
        Tier.COMPLEX,
        "print(input())",
        3,
        by,
    )


def test_empty_lists_and_an_empty_brute_force_are_an_answer():
    said = full(brute_force="", checkers=[], scenarios=[], illegal_inputs=[])
    suite = read(json.dumps(said), problem(1), EVERYTHING)
    assert suite.reason is None
    assert (suite.materials.brute_force, suite.materials.checkers) == (None, ())


def test_what_was_not_asked_for_is_not_taken():
    suite = read(json.dumps(full()), problem(1), Asked((Tier.EDGE,), literal=1))
    assert [test.tier for test in suite.tests] == [Tier.EDGE]
    assert suite.materials == Materials()
    assert "tests[0]: tier: basic was not asked for" in suite.detail


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tests": [drafted(), 7, drafted(tier="hard"), drafted(tier="edge", input="2")]}, "tests[1]: "),
        ({"tests": [drafted(), drafted(tier="hard")]}, "tests[1]: tier: Input should be"),
        ({"generators": [generator(program="  "), generator(tier="edge")]}, "generators[0]: no program"),
        ({"generators": [generator(seeds="many")]}, "generators[0]: seeds"),
        ({"generators": "none"}, "generators: a str, not a list"),
        ({"validators": ["", 3, "pass"]}, "validators[1]: no program"),
        ({"illegal_inputs": None}, "illegal_inputs: missing"),
        ({"illegal_inputs": [{"input": "x"}, {"reason": "r", "input": "y"}]}, "illegal_inputs[0]: reason"),
        ({"brute_force": None}, "brute_force: missing"),
        ({"scenarios": [{"input": "1", "output": "2", "accepted": "maybe"}]}, "scenarios[0]: accepted"),
    ],
)
def test_one_bad_item_is_told_and_costs_no_other(changes, said):
    suite = read(json.dumps(full(**changes)), problem(1), EVERYTHING)
    assert suite.reason == "wrong-schema"
    assert said in suite.detail
    assert "\n" not in suite.detail
    untouched = read(json.dumps(full()), problem(1), EVERYTHING)
    for key, attribute in {"validators": "validators", "checkers": "checkers", "generators": "generators"}.items():
        if key not in changes:
            assert getattr(suite.materials, attribute) == getattr(untouched.materials, attribute)
    assert suite.tests


def test_the_valid_items_of_a_list_with_a_bad_one_are_taken():
    said = full(tests=[drafted(), 7, drafted(tier="edge", input="2")], validators=["", "pass"])
    suite = read(json.dumps(said), problem(1), EVERYTHING)
    assert [(test.tier, test.input) for test in suite.tests] == [(Tier.BASIC, "1\n"), (Tier.EDGE, "2")]
    assert suite.materials.validators == ("pass",)
    assert "intermediate: no test was written" in suite.detail
    assert "complex: no test" not in suite.detail, "a generator program makes its tests"


def test_of_endless_lists_the_first_items_are_read_so_that_not_all_is_executed():
    many = {
        "tests": [drafted(input=f"{n}\n") for n in range(1000)],
        "validators": [f"raise SystemExit({n})" for n in range(1000)],
        "illegal_inputs": [{"reason": "r", "input": str(n)} for n in range(1000)],
        "scenarios": [{"input": str(n), "output": "1", "accepted": True} for n in range(1000)],
    }
    suite = read(json.dumps(full(**many)), problem(1), EVERYTHING)
    materials = suite.materials
    assert len(suite.tests) == 4 * 2 * 4
    assert (len(materials.validators), len(materials.illegal), len(materials.scenarios)) == (12, 120, 100)
    assert "tests: 1000 items; the first 32 are read" in suite.detail
    assert [test.input for test in suite.tests[:2]] == ["0\n", "1\n"]


def test_seeds_are_kept_within_what_was_asked_for():
    said = full(generators=[generator(seeds=10**30), generator(seeds=-1, program="print(1)")])
    suite = read(json.dumps(said), problem(1), EVERYTHING)
    assert [program.seeds for program in suite.materials.generators] == [4, 1]
    assert suite.reason is None


def test_a_function_s_tests_are_calls():
    answer = {"tests": [drafted(input="[3, 4]", output="7")]}
    suite = read(json.dumps(answer), FUNCTION, BASIC)
    assert suite.tests == (TestCase(tier=Tier.BASIC, input="[3,4]", output="7", reason="r", kind="call"),)


def test_arguments_may_be_python_literals_and_are_stored_in_one_encoding():
    answer = {
        "tests": [drafted(input="[(1, 2), None]", output="{3}")],
        "illegal_inputs": [{"reason": "a text", "input": "['x', inf]"}, {"reason": "nothing", "input": "seven"}],
    }
    suite = read(json.dumps(answer), FUNCTION, Asked((Tier.BASIC,), literal=1, illegal=2))
    (test,) = suite.tests
    assert (test.input, test.output) == ('[{"!":["tuple",[1,2]]},null]', '{"!":["set",[3]]}')
    assert suite.materials.illegal == ('["x",{"!":["float","inf"]}]',)
    assert "illegal_inputs[1]: neither JSON" in suite.detail


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"input": '{"a": 1}'}, "not a list of arguments"),
        ({"input": "3, 4"}, "not a list of arguments"),
        ({"input": "[open('x')]"}, "nor a Python literal"),
        ({"output": "seven"}, "nor a Python literal"),
        ({"output": '{"!": ["nothing"]}'}, "not an encoded value"),
        ({"reason": " "}, "reason"),
        ({"extra": 1}, "extra"),
    ],
)
def test_an_unsound_call_says_what_is_wrong(changes, said):
    answer = {"tests": [drafted(input="[3, 4]", output="7") | changes]}
    suite = read(json.dumps(answer), FUNCTION, BASIC)
    assert (suite.tests, suite.reason) == ((), "wrong-schema")
    assert said in suite.detail
    assert suite.detail.startswith("tests[0]: ")


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Here is the JSON:\n{}\nI hope it helps.",
        "The tests for {{n}} and {{}} are:\n{}\nwhere {{n}} is small {{}}.",
        "Sure!\n```json\n{}\n```\nEach {{input}} is valid.",
        "```json\n{}\n```",
        "<think>Perhaps {{}}?</think>\n{}",
        'A first sketch: {{"tests": []}}. The answer: {}',
    ],
)
def test_words_with_braces_and_fences_around_the_answer_are_ignored(around):
    answer = {"tests": [drafted()], "validators": ["d = {}\nraise SystemExit(0)"]}
    suite = read(around.format(json.dumps(answer)), problem(1), Asked((Tier.BASIC,), literal=1, validators=1))
    assert (suite.reason, len(suite.tests)) == (None, 1)
    assert suite.materials.validators == ("d = {}\nraise SystemExit(0)",)


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 100_000, "{" + "[" * 100_000])
def test_an_answer_of_braces_is_refused_at_once(text):
    assert read(text, problem(1), BASIC).reason == "not-json"


def test_lone_surrogates_of_a_server_can_be_written():
    said = full(validators=["# \ud800"], tests=[drafted(input="\ud800")], brute_force="# \udfff")
    suite = read(json.dumps(said), problem(1), EVERYTHING)
    assert suite.tests[0].model_dump_json()
    assert suite.materials.model_dump_json()
    assert suite.materials.brute_force == "# \ufffd"


KEYS = st.sampled_from([*full(), *TIERS, "tier", "reason", "input", "output", "program", "seeds", "accepted"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(TIERS)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner))


@settings(max_examples=100)
@given(VALUES | st.fixed_dictionaries(dict.fromkeys(full(), VALUES)))
def test_whatever_json_comes_is_read_or_told(value):
    suite = read(json.dumps(value), problem(1), EVERYTHING)
    written = {test.tier for test in suite.tests} | {program.tier for program in suite.materials.generators}
    assert suite.reason is not None or written == set(TIERS)


@settings(max_examples=60)
@given(st.text())
def test_whatever_text_comes_is_read_or_told(text):
    assert read(text, problem(1), EVERYTHING).reason
    assert isinstance(without_fence(text), str)


def test_an_answer_that_lacks_nothing_but_a_validator_has_a_reason_of_its_own():
    suite = read(json.dumps(full(validators=[])), problem(1), EVERYTHING)
    assert (suite.reason, suite.detail) == ("no-validator", "validators: none was written")
    assert suite.tests
    assert read(json.dumps(full(validators=[], brute_force=None)), problem(1), EVERYTHING).reason == "wrong-schema"
