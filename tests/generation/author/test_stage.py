"""The stage `author`: several generators, their provenance, and what happens to a problem that nobody wrote for."""

import json
from collections.abc import Sequence

import pytest

from tarot_bench.config import build
from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.dataset.synthetic.family import entries
from tarot_bench.errors import ModelError, QuotaError, RecipeError
from tarot_bench.generation.author.authors import open_authors
from tarot_bench.generation.author.drafting import Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.generation.author.stage import AuthorStage
from tarot_bench.generation.recipe import GenerationRecipe
from tarot_bench.problem import TIERS, TestCase
from tests.generation.author.helpers import VALIDATOR, number_in, problem, settings, suite
from tests.servers.author_answers import suites_of
from tests.servers.author_llm import AuthorServer, Fault, Said, prompt_of


def run(generators, folder, sandbox, given, **options):
    with open_authors(generators, folder, sandbox, **options) as (authors, _):
        stage = AuthorStage(authors)
        return list(stage.run(given))


def plain(count: int) -> list[Entry]:
    return [Entry(problem=problem(number)) for number in range(1, count + 1)]


def test_procedural_problems_get_the_tiers_that_a_generator_writes(tmp_path, sandbox):
    given = list(entries(6))
    with AuthorServer(suites_of(given)) as server:
        made = run([settings("openai-responses", server.url, mode="batch")], tmp_path, sandbox, given)
    assert [outcome.entry.problem for outcome in made] == [entry.problem for entry in given]
    assert {facts.provenance.generator for outcome in made for facts in outcome.entry.facts} == {"openai/any"}


def test_several_generators_each_write_every_tier(tmp_path, sandbox):
    with AuthorServer(suite) as server:
        generators = [
            settings("openai-chat", server.url),
            settings("anthropic", server.url),
            GeneratorSettings(model="mutate"),
        ]
        made = run(generators, tmp_path, sandbox, plain(2))
        assert ["`validators`" in prompt_of(body) for body in server.bodies] == [True, True, False, False]
    entry = made[1].entry
    assert [test.tier for test in entry.problem.tests] == [tier for tier in TIERS for _ in range(3)]
    names = [facts.provenance.generator for facts in entry.facts]
    assert names == ["openai/any", "anthropic/any", "mutate"] * 4
    assert {facts.provenance.date for facts in entry.facts} == {entry.facts[0].provenance.date}
    assert entry.materials.validators == (VALIDATOR,)


def test_one_request_brings_several_tests_and_a_generator_program_per_tier(tmp_path, sandbox):
    def answer(prompt: str) -> str:
        made = json.loads(suite(prompt))
        again = [test | {"input": "7\n", "output": f"{7 * number_in(prompt)}\n"} for test in made["tests"]]
        programs = [{"tier": tier, "reason": "r", "program": f"print({n})", "seeds": 1} for n, tier in enumerate(TIERS)]
        return json.dumps(made | {"tests": made["tests"] + again, "generators": programs})

    with AuthorServer(answer) as server:
        section = AuthorSettings(literal=2, generators=1)
        (made,) = run([settings("openai-chat", server.url)], tmp_path, sandbox, plain(1), section=section)
    entry = made.entry
    assert [test.tier for test in entry.problem.tests] == [tier for tier in TIERS for _ in range(2)]
    assert len(entry.facts) == 8
    assert [program.tier for program in entry.materials.generators] == list(TIERS)
    assert {program.provenance for program in entry.materials.generators} == {entry.facts[0].provenance}
    assert entry.flags == ()


def test_old_tiers_and_their_facts_are_replaced_and_a_validator_is_kept(tmp_path, sandbox):
    given = next(iter(entries(1)))
    with AuthorServer(suites_of([given])) as server:
        (made,) = run([settings("openai-chat", server.url)], tmp_path, sandbox, [given])
        assert "`validators`" not in server.bodies[0]["messages"][1]["content"]
    assert len(made.entry.problem.tests) == 4
    assert made.entry.validator == given.validator


def test_trouble_is_a_flag_under_the_generator_s_name_and_the_entry_goes_on(tmp_path, sandbox):
    def fault(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 400, "invalid_request_error") if number_in(prompt) == 2 else None

    def answer(prompt: str) -> str | Said:
        return Said("never", "refusal") if number_in(prompt) == 1 else suite(prompt)

    with AuthorServer(answer, fault) as server:
        made = run([settings("openai-chat", server.url, mode="batch")], tmp_path, sandbox, plain(3))
    flags = [outcome.entry.flags for outcome in made]
    assert flags[0] == (Flag(stage="author", reason="refused", detail="openai/any: never"),)
    assert [flag.reason for flag in flags[1]] == ["rejected"]
    assert flags[2] == ()
    assert [len(outcome.entry.problem.tests) for outcome in made] == [0, 0, 4]


def test_a_problem_with_nothing_left_to_run_is_dropped_with_the_trouble(tmp_path, sandbox):
    old = TestCase(tier=TIERS[0], input="1\n", output="1\n")
    bare = Entry(problem=problem(1).model_copy(update={"original_tests": (), "tests": (old,)}))
    with AuthorServer(lambda prompt: Said("never", "refusal")) as server:
        (made,) = run([settings("openai-chat", server.url)], tmp_path, sandbox, [bare])
    assert (made.entry, made.reason, made.detail) == (None, "refused", "openai/any: never")


def test_the_stage_goes_on_where_it_was_when_there_is_credit_again(tmp_path, sandbox):
    broke = True

    def no_credit(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 429, "insufficient_quota") if broke and number_in(prompt) == 3 else None

    with AuthorServer(suite, no_credit) as server:
        generators = [settings("anthropic", server.url)]
        with pytest.raises(QuotaError):
            run(generators, tmp_path, sandbox, plain(5))
        broke = False
        made = run(generators, tmp_path, sandbox, plain(5)[1:])
    assert [outcome.id for outcome in made] == [f"times/{n}" for n in range(2, 6)]
    assert set(server.answered.values()) == {1}


class Reading(Sequence):
    """Entries that count how often one is read."""

    def __init__(self, entries):
        self._entries, self.reads = entries, 0

    def __len__(self):
        return len(self._entries)

    def __getitem__(self, at):
        if isinstance(at, slice):
            return [self[place] for place in range(len(self))[at]]
        self.reads += 1
        return self._entries[at]


def test_entries_are_read_when_their_turn_comes(tmp_path, sandbox):
    given = Reading(plain(300))
    with open_authors([GeneratorSettings(model="mutate")], tmp_path, sandbox) as (authors, _):
        outcomes = AuthorStage(authors).run(given)
        next(outcomes)
        assert given.reads < 100
        outcomes.close()


def test_two_generators_of_one_name_are_a_mistake(tmp_path, sandbox):
    twice = [settings("openai-chat", "http://x"), settings("openai-chat", "http://y")]
    with pytest.raises(RecipeError, match="twice: openai/any"), open_authors(twice, tmp_path, sandbox):
        pass


@pytest.mark.parametrize(
    "raw",
    [
        {"temperature": 0.5},
        {"model": "openai/m", "endpoint": "embeddings"},
        {"model": "openai/m", "retry_refused": True},
        {"model": "anthropic/m", "input_price": 1.0},
    ],
)
def test_a_generator_that_cannot_be_is_refused(raw):
    with pytest.raises(ValueError, match=r"model\n.*required|endpoint|retry_refused|price"):
        GeneratorSettings.model_validate(raw)


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ({"provider": "openai-responses", "model": "o1"}, "`model: openai/o1` and `endpoint: responses`"),
        ({"provider": "openai-chat", "model": "gpt"}, "`model: openai/gpt`"),
        ({"provider": "openai-compatible", "model": "Qwen/Q"}, "`model: openai/Qwen/Q`"),
        ({"provider": "anthropic", "model": "claude"}, "`model: anthropic/claude`"),
        ({"provider": "mutate"}, "`model: mutate`"),
    ],
)
def test_the_former_key_of_a_recipe_is_one_line_with_the_new_one(former, now):
    raw = {"name": "r", "source": {"data": "embedded"}, "generators": [former]}
    with pytest.raises(RecipeError, match=f"write {now}$") as caught:
        build(GenerationRecipe, raw, "own.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"model": "gpt-5"}, ModelError, "did you mean openai/gpt-5?"),
        ({"model": "openai/x", "base_url": "localhost:8000/v1"}, ModelError, "base_url localhost:8000/v1 is not a web"),
        ({"model": "hf/x", "mode": "batch"}, RecipeError, "hf/x has no batch API"),
        ({"model": "gold", "mode": "batch"}, RecipeError, "gold has no batch API"),
    ],
)
def test_a_model_that_cannot_be_asked_is_told_before_anything_is_opened(changes, error, said, tmp_path, sandbox):
    generators = [GeneratorSettings.model_validate(changes)]
    with pytest.raises(error, match=said), open_authors(generators, tmp_path, sandbox):
        pass


def test_every_author_can_estimate(tmp_path, sandbox):
    generators = [settings("openai-chat", "http://x"), GeneratorSettings(model="mutate")]
    with open_authors(generators, tmp_path, sandbox) as (authors, _):
        first, second = (author.estimate([Wanted(entry, TIERS) for entry in plain(3)]) for author in authors)
    assert (first.requests, second.requests) == (3, 0)
