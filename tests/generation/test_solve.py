"""Solvers: samples of models take the paid, journalled way of the authors' requests."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from tarot_bench.dataset import load_entries, write_jsonl
from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import InfrastructureError, RecipeError, RunError
from tarot_bench.generation.author.authors import open_authors
from tarot_bench.generation.author.generator import SolverSettings
from tarot_bench.generation.factory import estimate, generate
from tarot_bench.generation.history.history import history
from tarot_bench.generation.recipe import load_recipe
from tarot_bench.generation.solve import SolveStage
from tarot_bench.problem import HOLE
from tests.conftest import ROOT
from tests.generation.author.helpers import SERVICES, number_in, problem, settings, suite
from tests.generation.generate_process import Quiet
from tests.servers.author_llm import AuthorServer, Fault, Said

RECIPE = """
name: solved
source: {{data: {data}, keep_tiers: false}}
generators: [{{model: openai/any, base_url: {url}/v1, max_retries: 0, concurrency: 2, input_price: 1, output_price: 4}}]
solvers: [{{model: openai/any, base_url: {url}/v1, max_retries: 0, concurrency: 2, input_price: 1, output_price: 4,
           samples: 2, max_tokens: 500, mode: {mode}, poll_s: 0.01}}]
validate: {{times: 1, record_cpu: false}}
ambiguity: null
dedup: null
decontaminate: null
measure: null
"""
NAME = "solver:openai/any"


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "test")


def solves(prompt: str) -> bool:
    return prompt.startswith("Solve this")


def solution(prompt: str) -> str:
    """A solver that is wrong about zero for problem 2, and an author."""
    if not solves(prompt):
        return suite(prompt)
    factor = number_in(prompt)
    wrong = " + (n == 0)" if factor == 2 else ""
    return f"It is a product.\n```python\nn = int(input())\nprint(n * {factor}{wrong})\n```\n"


def recipe_of(tmp_path: Path, server: AuthorServer, count: int, mode: str = "live") -> Path:
    write_jsonl([problem(number) for number in range(1, count + 1)], tmp_path / "problems.jsonl")
    file = tmp_path / "recipe.yaml"
    data = json.dumps(str(tmp_path / "problems.jsonl"))
    file.write_text(RECIPE.format(data=data, url=server.url, mode=mode))
    return file


def run(recipe: Path, output: Path, *changes: str, **options):
    return generate(load_recipe(str(recipe), changes), output, Quiet(), **options)


def solve(models, folder, sandbox, entries):
    with open_authors([], folder, sandbox, solvers=models) as (_, solvers):
        return list(SolveStage(solvers).run(entries))


def solver_of(service: str, url: str, **changes) -> SolverSettings:
    return SolverSettings.model_validate(settings(service, url).model_dump() | {"samples": 2} | changes)


@pytest.mark.parametrize("mode", ["live", "batch"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_sample_is_a_request_of_its_own_and_is_asked_once(service, mode, tmp_path, sandbox):
    given = [Entry(problem=problem(number)) for number in (1, 2, 3)]
    with AuthorServer(solution) as server:
        model = solver_of(service, server.url, mode=mode)
        made = solve([model], tmp_path, sandbox, given)
        assert solve([model], tmp_path, sandbox, given) == made
        assert list(server.answered.values()) == [2, 2, 2]
        assert not any("reference_solution" in prompt or "known_test" in prompt for prompt in server.answered)
    assert [each.source for each in made[0].entry.solutions] == ["n = int(input())\nprint(n * 1)"] * 2
    assert {each.solver for outcome in made for each in outcome.entry.solutions} == {model.name}


def test_refusals_and_answers_without_a_program_are_flags_with_counts(tmp_path, sandbox):
    said = {1: Said("I will not.", "refusal"), 2: Said("It cannot be done."), 3: Said("```python\nn =", "length")}
    with AuthorServer(lambda prompt: said[number_in(prompt)]) as server:
        made = solve(
            [solver_of("openai-chat", server.url)], tmp_path, sandbox, [Entry(problem=problem(n)) for n in said]
        )
    assert [(flag.stage, flag.reason, flag.detail) for outcome in made for flag in outcome.entry.flags] == [
        ("solve", reason, f"{NAME}: 2 of 2 samples") for reason in ("refused", "no-code", "truncated")
    ]


def test_an_expression_is_no_program_to_sample(tmp_path, sandbox):
    fields = {"style": "function", "entry_point": "f", "starter_code": f"assert f({HOLE}) == 1", "original_tests": ()}
    call = {"kind": "suite", "tier": "basic", "input": "def check(candidate):\n    pass\n"}
    asked = problem(1).model_dump() | fields | {"answer_form": "expression", "solution": "1", "tests": [call]}
    entry = Entry.model_validate({"problem": asked})
    with AuthorServer(solution) as server:
        (made,) = solve([solver_of("openai-chat", server.url)], tmp_path, sandbox, [entry])
        assert not server.asked
    assert made.entry == entry


def test_a_sample_that_is_not_served_leaves_its_problem_pending(tmp_path):
    def outage(prompt: str, attempt: int) -> Fault | None:
        return Fault("reset") if solves(prompt) and number_in(prompt) == 2 and attempt == 0 else None

    with AuthorServer(solution, outage) as server:
        recipe = recipe_of(tmp_path, server, 3)
        with pytest.raises(InfrastructureError, match="stage solve: 1 of 3 entries are pending"):
            run(recipe, tmp_path / "run")
        counts = run(recipe, tmp_path / "run", resume=True)
        assert {prompt: count for prompt, count in server.answered.items() if count != 2 and solves(prompt)} == {}
    assert [count.stage for count in counts] == ["source", "originals", "solve", "author", "validate", "repair"]
    assert counts[-1].kept == 3


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_samples_vote_and_wrong_ones_join_the_pool(mode, tmp_path):
    with AuthorServer(solution) as server:
        run(recipe_of(tmp_path, server, 2, mode), tmp_path / "run")
    right, wrong = load_entries(str(tmp_path / "run/entries.jsonl"))
    assert (len(right.solutions), right.wrong) == (2, ())
    assert {vote.voter for facts in right.facts for vote in facts.votes} == {"gold", NAME}
    assert wrong.solutions == ()
    assert [program.origin for program in wrong.wrong] == [NAME]
    assert wrong.problem.solution == problem(2).solution
    told = history(tmp_path / "run", "times/2")
    assert [(asked.generator, asked.round) for asked in told.asked] == [(NAME, 0), (NAME, 1), ("openai/any", 0)]
    assert told.spent.usd == pytest.approx(3 * (100 + 50 * 4) / 1e6)


def test_a_dry_run_counts_the_samples_and_the_cost_limit_holds_for_them(tmp_path):
    with AuthorServer(solution) as server:
        recipe = recipe_of(tmp_path, server, 3)
        solver, author = estimate(load_recipe(str(recipe)))
        assert (solver.generator, solver.requests, author.requests) == (NAME, 6, 3)
        assert solver.most.output_tokens == 6 * 500
        with pytest.raises(RunError, match="stopped at --max-cost"):
            run(recipe, tmp_path / "run", max_cost=solver.most.usd / 5)
        asked = sum(server.asked.values())
        assert 0 < asked < 6
        run(recipe, tmp_path / "run", resume=True, max_cost=1)
        begun, _ = estimate(load_recipe(str(recipe)), tmp_path / "run")
    assert (begun.requests, begun.kept) == (0, 6)


def test_a_limit_of_cost_needs_the_prices_of_solvers_by_their_own_keys(tmp_path):
    with AuthorServer(solution) as server:
        recipe = recipe_of(tmp_path, server, 1)
        bare = ["solvers.0.input_price=null", "solvers.0.output_price=null"]
        with pytest.raises(RecipeError, match=r"solvers\.0\.input_price"):
            run(recipe, tmp_path / "run", *bare, max_cost=1)
        run(recipe, tmp_path / "run")
        run(recipe, tmp_path / "run", "solvers.0.input_price=2", "solvers.0.max_tokens=900", resume=True)
        with pytest.raises(RunError, match="solvers"):
            run(recipe, tmp_path / "run", "solvers.0.samples=5", resume=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["generators=[]"], "solvers vote on tests that generators write"),
        (["solvers.0.model=mutate"], "a solver is a model"),
        (["solvers.0.samples=0"], "samples"),
    ],
)
def test_solvers_that_cannot_be_are_refused(changes, said, tmp_path):
    with AuthorServer(solution) as server, pytest.raises(RecipeError, match=said):
        load_recipe(str(recipe_of(tmp_path, server, 1)), changes)


def test_two_solvers_of_one_model_are_refused(tmp_path, sandbox):
    twice = [solver_of("openai-chat", "http://127.0.0.1:9")] * 2
    with pytest.raises(RecipeError, match="solvers must differ"), ExitStack() as stack:
        stack.enter_context(open_authors([], tmp_path, sandbox, solvers=twice))


@pytest.mark.parametrize("mode", ["live", "batch"])
@pytest.mark.slow
def test_killed_while_samples_arrive_nothing_is_paid_twice_and_the_dataset_is_the_same(mode, tmp_path):
    with AuthorServer(solution) as server:
        recipe = recipe_of(tmp_path, server, 12, mode)
        run(recipe, tmp_path / "whole")
    with AuthorServer(solution, looks=2) as server:
        killed = recipe_of(tmp_path, server, 12, mode)
        command = [sys.executable, "-m", "tests.generation.generate_process", str(killed), str(tmp_path / "run")]
        for answers in (3, 9, 17):
            process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OPENAI_API_KEY": "test"})
            while process.poll() is None and sum(server.answered.values()) < answers:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
        run(killed, tmp_path / "run", resume=True)
        counts = Counter(server.answered)
    most = 2 if mode == "batch" else 2 + 3  # a live answer may be lost with the process that waits for it
    assert all(2 <= count <= most for prompt, count in counts.items() if solves(prompt))
    files = [tmp_path / name / "entries.jsonl" for name in ("whole", "run")]
    assert files[0].read_bytes() == files[1].read_bytes()
