"""The loopback author answers as asked, errs as often as its habits say, and says the same when it is asked again."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import replace

import pytest

from tarot_bench.generation.author.settings import AuthorSettings
from tests.servers.experts import Experts, embedded
from tests.servers.reasoning import FAULTLESS, Habits, ReasoningAuthor

ASKED = AuthorSettings(literal=1, generators=2, seeds=3, validators=3, illegal=30, brute_force=True, checkers=1)
KEYS = ("tests", "generators", "validators", "illegal_inputs", "brute_force", "checkers", "scenarios")


def schema(*tiers, keys=KEYS):
    return {"$defs": {"Tier": {"enum": list(tiers)}}, "properties": {key: {} for key in keys}}


def prompt_about(name, more=""):
    (problem,) = (problem for problem, _ in embedded() if problem.id == f"embedded/{name}")
    return f"<problem>\n{problem.statement.strip()}\n</problem>\n{more}"


def ask(server, prompt, asked, max_tokens=10**6):
    """Tries until there is an answer; the status codes before it, and the choice."""
    body = {
        "model": "any",
        "max_tokens": max_tokens,
        "messages": [{"role": "user", "content": prompt}],
        "response_format": {"json_schema": {"schema": asked}},
    }
    refused = []
    while True:
        request = urllib.request.Request(f"{server.url}/v1/chat/completions", json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return refused, json.load(response)["choices"][0]
        except urllib.error.HTTPError as error:
            refused.append(error.code)


def answer_of(habits, name="market-scale", more="", asked=None):
    with ReasoningAuthor(Experts(embedded()), ASKED, habits) as server:
        _, choice = ask(server, prompt_about(name, more), asked or schema("basic", "edge"))
    return json.loads(choice["message"]["content"])


def ran(program, text):
    return subprocess.run([sys.executable, "-I", "-c", program], input=text, capture_output=True, text=True, timeout=30)


def test_an_answer_has_the_keys_tiers_and_counts_that_were_asked_for():
    answer = answer_of(FAULTLESS)
    assert set(answer) == set(KEYS)
    assert Counter(test["tier"] for test in answer["tests"]) == {"basic": 1, "edge": 1}
    assert Counter(program["tier"] for program in answer["generators"]) == {"basic": 2, "edge": 2}
    assert len(answer["validators"]) == 3
    assert len(answer["illegal_inputs"]) >= 8
    assert answer["brute_force"]
    assert answer["checkers"]
    assert {scenario["accepted"] for scenario in answer["scenarios"]} == {True, False}
    assert set(answer_of(FAULTLESS, asked=schema("edge", keys=("validators",)))) == {"validators"}


def test_without_faults_its_programs_are_right():
    answer = answer_of(FAULTLESS)
    for program in answer["generators"]:
        made = [ran(program["program"], f"{seed}\n").stdout for seed in range(2)]
        assert all(ran(answer["validators"][0], text).returncode == 0 for text in made)
    assert all(ran(answer["validators"][0], each["input"]).returncode == 1 for each in answer["illegal_inputs"])
    for scenario in answer["scenarios"]:
        asked = {"input": scenario["input"], "expected": scenario["output"], "output": scenario["output"]}
        if scenario["output"] != "impossible\n":
            assert ran(answer["checkers"][0], json.dumps(asked)).returncode == (0 if scenario["accepted"] else 1)


def test_faulty_habits_show_in_every_kind_of_item():
    always = replace(FAULTLESS, wrong_output=1, bad_validator=1, bad_generator=1, legal=1)
    right, wrong = answer_of(FAULTLESS), answer_of(always)
    for good, bad in zip(right["tests"], wrong["tests"], strict=True):
        assert good["input"] == bad["input"]
        assert good["output"] != bad["output"]
    assert not {*right["validators"]} & {*wrong["validators"]}
    assert not {p["program"] for p in right["generators"]} & {p["program"] for p in wrong["generators"]}
    legal = {each["input"] for each in wrong["illegal_inputs"]}
    assert all(ran(right["validators"][0], text).returncode == 0 for text in legal)


def test_the_same_request_has_the_same_answer_and_a_repair_has_other_programs():
    first, again, repair = answer_of(Habits()), answer_of(Habits()), answer_of(FAULTLESS, more="<failure>\n</failure>")
    assert first == again
    made = {program["program"] for program in answer_of(FAULTLESS)["generators"]}
    assert not made & {program["program"] for program in repair["generators"]}


def test_an_answer_over_the_limit_is_cut_and_said_to_be():
    with ReasoningAuthor(Experts(embedded()), ASKED, replace(FAULTLESS, thinking=(500, 0.1))) as server:
        _, choice = ask(server, prompt_about("goat-ledges"), schema("basic"), max_tokens=700)
        _, whole = ask(server, prompt_about("goat-ledges"), schema("basic"), max_tokens=100_000)
    assert choice["finish_reason"] == "length"
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(choice["message"]["content"])
    assert whole["finish_reason"] == "stop"


def test_faults_of_the_service_are_as_frequent_as_the_habits_say_and_end():
    habits = replace(FAULTLESS, rate_limited=0.4, overloaded=0.1, refusal=0.2)
    with ReasoningAuthor(Experts(embedded()), ASKED, habits) as server:
        asked = schema("basic", keys=("validators",))
        told = [ask(server, prompt_about("goat-ledges", f"{number}"), asked) for number in range(60)]
    statuses = Counter(status for refused, _ in told for status in refused)
    assert statuses[429] > statuses[503] > 0
    assert max(len(refused) for refused, _ in told) <= 2
    assert 2 <= sum(choice["message"]["refusal"] is not None for _, choice in told) <= 25


def test_a_solver_writes_the_right_program_or_a_mutant_of_it_and_samples_differ():
    prompt = "Solve this programming problem in Python 3.\n\n" + prompt_about("market-scale")
    with ReasoningAuthor(Experts(embedded()), ASKED, replace(FAULTLESS, wrong_solution=0.5)) as server:
        answers = [ask(server, prompt, {})[1]["message"]["content"] for _ in range(12)]
    assert all(answer.count("```") == 2 for answer in answers)
    right = max(answers, key=answers.count)
    assert 1 < answers.count(right) < 12
