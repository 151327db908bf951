"""Credentials are found in any text by the patterns of providers, and by the values of the environment."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.leaderboard.credentials import Credentials

LETTERS = string.ascii_letters + string.digits
# Put together here, so that no scanner of repositories takes them for real ones.
KEYS = {
    "an Anthropic key": "sk-" + "ant-api03-" + LETTERS[:40],
    "an OpenAI key": "sk-" + "proj-" + LETTERS[:40],
    "a Hugging Face token": "hf" + "_" + LETTERS[:34],
    "a GitHub token": "gh" + "p_" + LETTERS[:36],
    "an AWS key": "AKIA" + string.ascii_uppercase[:16],
    "a Google key": "AI" + "za" + LETTERS[:35],
    "a Slack token": "xo" + "xb-" + string.digits * 3,
    "a Groq key": "gs" + "k_" + LETTERS[:52],
    "an xAI key": "xa" + "i-" + LETTERS,
    "a Replicate token": "r" + "8_" + LETTERS[:37],
    "an E2B key": "e2" + "b_" + string.hexdigits[:16] * 3,
    "a GitLab token": "glpat" + "-" + LETTERS[:20],
    "a bearer token": "Bearer " + LETTERS[:32],
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "a password in a URL": "https://me:" + "hunter22@example.org/v1",
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("around", ["{}", "key={}", '"{}"\n', "x = '{}'  # comment"])
def test_the_key_of_a_provider_is_found_in_any_text(kind, around):
    assert Credentials({}).found_in(around.format(KEYS[kind])) == kind


def test_values_of_variables_whose_names_tell_of_secrets_are_found_and_others_are_not():
    known = Credentials({"MY_API_KEY": "correct horse", "SHORT_TOKEN": "abc", "HOME": "/home/someone"})
    assert known.found_in("he said: correct horse!") == "the value of the environment variable MY_API_KEY"
    assert known.found_in("abc /home/someone") is None


def test_the_place_in_a_json_value_is_named_and_the_credential_is_not():
    value = {"options": {"extra": [{"Authorization": KEYS["an OpenAI key"]}]}, KEYS["a GitHub token"]: 1}
    found = list(Credentials({}).places(value, "run.json"))
    assert found == [
        ("run.json: options: extra: 0: Authorization", "an OpenAI key"),
        ("run.json: a key", "a GitHub token"),
    ]


@pytest.mark.parametrize(
    "text",
    ["task-based-scheduling-of-many-small-jobs", "risk-averse-investment-strategies", "def f(sk): return sk-1", ""],
)
def test_ordinary_text_holds_no_credential(text):
    assert Credentials({}).found_in(text) is None


@given(st.text(string.ascii_lowercase + " \n()[]:=+*", max_size=300))
def test_code_of_lower_case_words_holds_no_credential(text):
    assert Credentials({}).found_in(text) is None
