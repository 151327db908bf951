"""From statements, examples and golds to tests that are made by generator programs, with an author that errs."""

import json
from dataclasses import replace

import pytest

from tarot_bench.dataset import load_entries
from tarot_bench.generation.factory import generate
from tarot_bench.generation.gold import observe
from tarot_bench.generation.recipe import GenerationRecipe
from tarot_bench.problem import TIERS
from tarot_bench.sandbox import open_sandbox
from tarot_bench.verdict import Verdict
from tests.bench import detection
from tests.materials import materials_of
from tests.servers.author_wire import Said
from tests.servers.experts import Experts, embedded
from tests.servers.reasoning import FAULTLESS, ReasoningAuthor

pytestmark = pytest.mark.slow

NAMES = ("embedded/signal-towers", "embedded/exact-ledger", "embedded/ferry-fares")
RECIPE = {
    "name": "reasoning",
    "author": {"literal": 1, "generators": 1, "seeds": 2, "validators": 2, "illegal": 12, "brute_force": True},
    "rounds": 1,
    "validate": {"times": 1},
    "ambiguity": None,
    "dedup": None,
    "decontaminate": None,
    "measure": None,
}
HABITS = replace(
    FAULTLESS, wrong_output=0.3, bad_generator=0.2, bad_validator=0.3, hanging=0, prose=0.5, overloaded=0.3
)


class Refusing(ReasoningAuthor):
    """Refuses to write about ferries."""

    def say(self, prompt, body):
        if "ferry to Holm Island" in prompt:
            return Said("I cannot help with that.", "refusal")
        return super().say(prompt, body)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The entries by id, and the funnel."""
    folder = tmp_path_factory.mktemp("made")
    known = [(problem, expert) for problem, expert in embedded() if problem.id in NAMES]
    data = folder / "problems.jsonl"
    data.write_text("".join(problem.model_dump_json() + "\n" for problem, _ in known))
    recipe = {**RECIPE, "source": {"data": str(data), "keep_tiers": False}}
    section = GenerationRecipe.model_validate(recipe).author
    with Refusing(Experts(known), section, HABITS) as server:
        model = {"model": "openai/reasoner", "base_url": f"{server.url}/v1", "max_tokens": 32_000}
        models = {"generators": [model], "solvers": [{**model, "samples": 3}]}
        generate(GenerationRecipe.model_validate({**recipe, **models}), folder / "run")
    entries = {entry.problem.id: entry for entry in load_entries(str(folder / "run" / "entries.jsonl"))}
    return entries, json.loads((folder / "run" / "funnel.json").read_text())["stages"]


def test_what_the_author_refuses_is_dropped_with_that_reason_and_the_rest_is_kept(made):
    entries, stages = made
    assert {*entries} == {*NAMES} - {"embedded/ferry-fares"}
    assert [stage["dropped"] for stage in stages if stage["dropped"]] == [{"refused": 1}]


def test_every_tier_has_tests_of_generator_programs_with_outputs_and_votes(made):
    entries, _ = made
    for entry in entries.values():
        programs = {program.name for program in entry.problem.generator_programs}
        assert {test.tier for test in entry.problem.tests} == {*TIERS}
        generated = [test for test in entry.problem.tests if test.generated]
        assert len({test.tier for test in generated}) >= 3  # a program of one tier may have a bug
        assert all(test.generated.program in programs and test.output for test in generated)
        assert all(any(vote.voter == "gold" for vote in facts.votes) for facts in entry.facts)
        assert entry.validator in {*entry.materials.validators}
        assert entry.validator_trial.rejected > 0


def test_samples_of_a_solver_vote_or_are_in_the_pool_of_wrong_programs(made):
    entries, _ = made
    solver = "solver:openai/reasoner"
    for entry in entries.values():
        programs = [*entry.solutions, *entry.wrong]
        assert {each.solver for each in entry.solutions} | {each.origin for each in entry.wrong} == {solver}
        assert 1 <= len({each.source for each in programs}) <= 3
    voters = {vote.voter for entry in entries.values() for facts in entry.facts for vote in facts.votes}
    assert solver in voters


def test_large_inputs_are_made_again_from_program_and_seed(made):
    entries, _ = made
    large = [test for test in entries["embedded/exact-ledger"].problem.tests if test.generated and not test.input]
    assert large
    assert all(test.generated.size > 10_000 for test in large)


def test_a_quadratic_program_passes_what_a_person_types_and_fails_a_generated_stress_test(made):
    entries, _ = made
    problem = entries["embedded/signal-towers"].problem
    quadratic = materials_of("embedded")["signal-towers"].brute_force
    with open_sandbox("local") as sandbox:
        seen = observe(problem.model_copy(update={"original_tests": ()}), quadratic, sandbox, times=1)
    verdicts = list(zip(problem.tests, (each.verdict for each in seen), strict=True))
    assert {verdict for test, verdict in verdicts if test.generated is None} == {Verdict.PASSED}
    assert Verdict.TIME_LIMIT in {verdict for test, verdict in verdicts if test.generated}


def test_the_rehearsal_measures_every_way_to_make_tests(tmp_path):
    detection.main(["--every", "20", "--output", str(tmp_path)])
    rows = [row for row in json.loads((tmp_path / "detection.json").read_text()) if row.get("up_to") == "edge"]
    found = {(row["arm"], row["per_tier"]): row for row in rows}
    assert all(row["tpr"] == 100 and row["kept"] == row["of"] for row in rows)
    assert found["all", "all"]["tnr"] >= found["selection", 3]["tnr"] >= found["selection", 1]["tnr"]
    assert found["selection", 3]["tests"] == found["programs", 3]["tests"] > found["literal", 1]["tests"]
