"""Entries of every kind, and what a card needs to be made of them."""

import datasets
import pytest

from tarot_bench.config import load_yaml
from tarot_bench.dataset import Contamination, Entry, Flag, Measurement, Provenance, TestFacts
from tarot_bench.dataset.entry import ValidatorTrial, Vote, WrongProgram
from tarot_bench.problem import GeneratedInput, GeneratorProgram, Origin, Problem, TestCase, Tier
from tarot_bench.publishing import CardRecipe, FunnelStage, Making
from tarot_bench.recipes import find


def facts(number):
    return TestFacts(
        provenance=Provenance(generator="openai/any", prompt_digest="d1", date="2026-11-20", request_id=f"r{number}"),
        measurement=Measurement(input_chars=10 * number, steps=number, kill_rate=number / 10, gold_cpu_s=0.5),
    )


@pytest.fixture(scope="session")
def entries():
    """Three stdin problems, one of them with everything known, and two functions: by call and by suite."""
    measured = Problem(
        id="measured",
        statement="Echo | the line.\u2028",
        solution="print(input())\n",
        tests=tuple(TestCase(tier=tier, input=f"{tier}\n", output=f"{tier}\n", reason="why") for tier in Tier),
        original_tests=(TestCase(tier=None, input="x\n", output="x\n"),),
        origin=Origin(source="contest", id="7", license="MIT", extra={"rating": [1, None]}),
    )
    plain = Problem(id="plain", statement="Hold.", tests=(TestCase(tier=Tier.BASIC, input="", output=""),))
    calls = Problem(
        id="calls",
        statement="Add.",
        style="function",
        entry_point="add",
        tests=(TestCase(tier=Tier.BASIC, kind="call", input="[1, 2]", output="3"),),
    )
    suite = Problem(
        id="suite",
        statement="Add.",
        style="function",
        entry_point="add",
        tests=(TestCase(tier=Tier.EDGE, kind="suite", input="def check(candidate):\n    assert candidate(1) == 1\n"),),
    )
    known = Entry(
        problem=measured,
        facts=tuple(facts(number) for number in range(1, 5)),
        validator="exit(0)",
        flags=(
            Flag(
                stage="validate",
                reason="gold-disagrees",
                detail="line 1",
                tier=Tier.EDGE,
                input="1",
                expected="0",
                got="1",
            ),
        ),
        contamination=Contamination(score=0.25, jaccard=0.1, match="mbpp/3"),
    )
    return [known, *(Entry(problem=problem) for problem in (plain, calls, suite))]


@pytest.fixture(scope="session")
def generated():
    """An entry with one test whose input is not stored, votes, a trial and a wrong program."""
    recipe = GeneratedInput(program="numbers", seed=5, digest="0" * 64, size=2_000_000)
    problem = Problem(
        id="generated",
        statement="Sum.",
        tests=(
            TestCase(tier=Tier.BASIC, input="1\n", output="1"),
            TestCase(tier=Tier.COMPLEX, input="", output="9", generated=recipe),
        ),
        generator_programs=(GeneratorProgram(name="numbers", source="print(input())"),),
        origin=Origin(license="MIT"),
    )
    votes = Vote(voter="gold", agrees=True), Vote(voter="brute-force", agrees=False)
    return Entry(
        problem=problem,
        facts=(TestFacts(votes=votes), TestFacts()),
        validator_trial=ValidatorTrial(candidates=2, valid=3, accepted=3, illegal=30, rejected=29),
        wrong=(WrongProgram(source="print(0)", origin="source"),),
    )


@pytest.fixture(scope="session")
def recipe():
    return load_yaml(CardRecipe, find("tarot-4tier", "data_cards"))


@pytest.fixture(scope="session")
def making():
    return Making("the-recipe", "0123456789abcdef", "fedcba9876543210", "9.9.9", "2026-11-20")


@pytest.fixture(scope="session")
def funnel():
    return [
        FunnelStage(stage="source", entered=9, kept=9),
        FunnelStage(stage="validate", entered=9, kept=4, dropped={"gold-crashes": 5}, flags={"gold-disagrees": 1}),
    ]


@pytest.fixture(scope="session", autouse=True)
def _own_datasets_cache(tmp_path_factory):
    """Keep what `datasets` prepares inside the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("hf-cache"))
        yield
