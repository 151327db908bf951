"""The stage `repair`, with the real validation behind it and a model that learns, or does not."""

import json
from functools import partial
from threading import Event

import pytest

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import SandboxError
from tarot_bench.generation.author.authors import open_authors
from tarot_bench.generation.author.drafting import Drafted, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.mutate.author import MutateAuthor
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.generation.author.stage import AuthorStage
from tarot_bench.generation.repair import RepairStage
from tarot_bench.generation.validate.stage import Checked, ValidateSettings, ValidateStage, check
from tarot_bench.problem import TIERS, Tier
from tests.generation.author.helpers import VALIDATOR, number_in, problem, settings, suite, with_outputs
from tests.servers.author_llm import AuthorServer, Fault, Said, prompt_of

VALIDATION = ValidateSettings(times=1, record_cpu=False)


def factory(generators, folder, sandbox, count: int, rounds: int = 2, unvalidated="keep", needed=None, **options):
    """Author, validate, repair: the outcomes of the last stage by problem number."""
    given = [Entry(problem=problem(number)) for number in range(1, count + 1)]
    with open_authors(generators, folder, sandbox, **options) as (authors, _):
        drafted = [outcome.entry for outcome in AuthorStage(authors).run(given)]
        valid = [outcome.entry for outcome in ValidateStage(VALIDATION, sandbox).run(drafted)]
        valid.sort(key=lambda entry: entry.problem.id)
        checking = partial(check, sandbox=sandbox, settings=VALIDATION)
        repair = RepairStage(authors, checking, rounds, sandbox.workers, unvalidated, needed or {})
        return {int(outcome.id.partition("/")[2]): outcome for outcome in repair.run(valid)}


def wrong_edge(prompt: str) -> str:
    """A model that is wrong about the edge tier, and corrects itself once it is shown what the gold gave."""
    shown = "what the reference solution gave:\n0" in prompt
    return with_outputs(suite(prompt), Tier.EDGE, "0\n" if shown else "-1\n")


def test_a_rejected_tier_goes_back_with_what_was_got_and_expected(tmp_path, sandbox):
    with AuthorServer(wrong_edge) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 2)
        last = server.bodies[-1]["messages"][1]["content"]
    assert "gold-disagrees" in last
    assert "predicted output:\n-1" in last
    assert "- `edge`:" in last
    assert "- `basic`:" not in last
    for outcome in made.values():
        assert [test.tier for test in outcome.entry.problem.tests] == list(TIERS)
        assert [facts.provenance.round for facts in outcome.entry.facts] == [0, 0, 0, 1]
        assert "gold-disagrees" in {flag.reason for flag in outcome.entry.flags}, "what was wrong stays on record"


def test_a_tier_that_never_comes_right_drops_the_problem_with_the_reason(tmp_path, sandbox):
    def stubborn(prompt: str) -> str:
        answer = suite(prompt)
        return with_outputs(answer, Tier.EDGE, "-1\n") if number_in(prompt) == 2 else answer

    with AuthorServer(stubborn) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 2)
        asked = [number_in(body["messages"][1]["content"]) for body in server.bodies]
    assert made[1].entry is not None
    assert (made[2].entry, made[2].reason) == (None, "gold-disagrees")
    assert "no edge test after 2 rounds" in made[2].detail
    assert asked.count(2) == 3
    assert asked.count(1) == 1


def test_refusals_and_broken_answers_get_another_round(tmp_path, sandbox):
    odd = {1: Said("no", "refusal"), 2: Said("{", "length"), 3: Said("{"), 4: Said("{}")}

    def first_round_fails(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 400, "invalid_request_error") if number_in(prompt) == 5 and attempt == 0 else None

    class Mending(AuthorServer):
        def ask(self, api, body):
            again = self.asked[prompt_of(body)]
            self.answer = suite if again else lambda prompt: odd.get(number_in(prompt)) or suite(prompt)
            return super().ask(api, body)

    with Mending(suite, first_round_fails) as server:
        made = factory([settings("anthropic", server.url, mode="batch")], tmp_path, sandbox, 6)
    reasons = {number: {flag.reason for flag in outcome.entry.flags} for number, outcome in made.items()}
    assert reasons == {
        1: {"refused"},
        2: {"truncated"},
        3: {"not-json"},
        4: {"wrong-schema"},
        5: {"rejected"},
        6: set(),
    }
    assert all(len(outcome.entry.problem.tests) == 4 for outcome in made.values())


def test_a_brute_force_that_contradicts_the_gold_is_replaced_by_the_author_s_next_one(tmp_path, sandbox):
    right, wrong = "n = int(input())\nprint(n)", "n = int(input())\nprint(7 if n > 900 else n)"
    program = {"tier": "complex", "reason": "large", "program": "print(5000)", "seeds": 1}

    def answer(prompt: str) -> str:
        made = json.loads(suite(prompt))
        made["tests"] = [test for test in made["tests"] if test["tier"] != "complex"]
        made["generators"] = [program] if "- `complex`" in prompt else []
        if "`brute_force`: write" in prompt:
            made["brute_force"] = right if "<failure" in prompt else wrong
        return json.dumps(made)

    section = AuthorSettings(generators=1, brute_force=True)
    with AuthorServer(answer) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 1, section=section)
        assert "brute-force-disagrees" in server.bodies[1]["messages"][1]["content"]
    entry = made[1].entry
    assert entry.materials.brute_force == right
    (facts,) = [facts for test, facts in zip(entry.problem.tests, entry.facts, strict=True) if test.generated]
    assert [(vote.voter, vote.agrees) for vote in facts.votes] == [("gold", True), ("brute-force", True)]


def test_who_is_always_refused_is_dropped_under_that_name(tmp_path, sandbox):
    with AuthorServer(lambda prompt: Said("no", "refusal")) as server:
        made = factory([settings("openai-responses", server.url)], tmp_path, sandbox, 1)
    assert (made[1].reason, made[1].entry) == ("refused", None)


def with_validators(*programs: str):
    """A good model that writes these validators, one each time it is asked for one; the last one again and again."""
    left = list(programs)

    def answer(prompt: str) -> str:
        made = json.loads(suite(prompt))
        if "validators" in made:
            made["validators"] = [left.pop(0) if len(left) > 1 else left[0]]
        return json.dumps(made)

    return answer


def test_a_refused_validator_is_asked_for_again_without_the_accepted_tests(tmp_path, sandbox):
    with AuthorServer(with_validators("pass", VALIDATOR)) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 1)
        first, second = (body["messages"][1]["content"] for body in server.bodies)
    assert made[1].entry.validator == VALIDATOR
    assert len(made[1].entry.problem.tests) == 4
    assert "validator-accepts-damage" in second
    assert "`validators`: write 1 validator." in second
    assert "`tests`: write" in first
    assert "`tests`: write" not in second
    assert "write new tests" not in second


def test_a_problem_whose_validators_are_all_refused_keeps_the_flag_or_is_dropped_by_policy(tmp_path, sandbox):
    with AuthorServer(with_validators("pass")) as server:
        generators = [settings("openai-chat", server.url)]
        kept = factory(generators, tmp_path / "keep", sandbox, 1)[1]
        assert sum(server.asked.values()) == 3
        dropped = factory(generators, tmp_path / "drop", sandbox, 1, unvalidated="drop")[1]
    assert kept.entry.validator is None
    assert {flag.reason for flag in kept.entry.flags} == {"validator-accepts-damage"}
    assert (dropped.entry, dropped.reason) == (None, "validator-accepts-damage")


def test_a_problem_with_too_few_tests_is_not_dropped_for_a_validator_that_was_replaced(tmp_path, sandbox):
    with AuthorServer(with_validators("pass", VALIDATOR)) as server:
        generators = [settings("openai-chat", server.url)]
        made = factory(generators, tmp_path, sandbox, 1, unvalidated="drop", needed={Tier.EDGE: 3})[1]
    assert made.entry.validator == VALIDATOR
    assert "too-few-tests" in {flag.reason for flag in made.entry.flags}


def without_validators(first: str):
    """A good model that writes no validator at first; afterwards this one, or none."""
    asked = []

    def answer(prompt: str) -> str:
        made = json.loads(suite(prompt))
        if "validators" in made:
            made["validators"] = [first] if asked and first else []
            asked.append(prompt)
        return json.dumps(made)

    return answer


def test_a_validator_that_nobody_wrote_is_asked_for_again_or_the_problem_is_dropped_by_policy(tmp_path, sandbox):
    with AuthorServer(without_validators(VALIDATOR)) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path / "later", sandbox, 1)[1]
        assert (made.entry.validator, sum(server.asked.values())) == (VALIDATOR, 2)
    with AuthorServer(without_validators("")) as server:
        dropped = factory([settings("openai-chat", server.url)], tmp_path / "drop", sandbox, 1, unvalidated="drop")[1]
    assert (dropped.entry, dropped.reason) == (None, "no-validator")


def test_an_author_that_writes_no_validators_is_silent_where_only_one_is_wanted(sandbox):
    wanted = Wanted(Entry(problem=problem(1)), (), 1)
    (drafted,) = MutateAuthor(GeneratorSettings(model="mutate"), sandbox).draft([wanted])
    assert (drafted.tests, drafted.reason) == ((), None)


def test_complete_problems_are_left_alone(tmp_path, sandbox):
    with AuthorServer(suite) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 3)
        assert sum(server.asked.values()) == 3
    assert all(outcome.entry.problem.at(Tier.EDGE) for outcome in made.values())


def test_a_second_generator_fills_what_the_first_does_not_write(tmp_path, sandbox):
    with AuthorServer(lambda prompt: Said("no", "refusal")) as server:
        generators = [
            settings("openai-chat", server.url),
            GeneratorSettings(model="mutate", without_validator=True),
        ]
        made = factory(generators, tmp_path, sandbox, 1)
    assert [facts.provenance.generator for facts in made[1].entry.facts] == ["mutate"] * 4


def test_rounds_that_are_repeated_ask_nothing_again_and_say_the_same(tmp_path, sandbox):
    with AuthorServer(wrong_edge) as server:
        generators = [settings("openai-chat", server.url, mode="batch")]
        first = factory(generators, tmp_path, sandbox, 3)
        asked = sum(server.asked.values())
        assert factory(generators, tmp_path, sandbox, 3) == first
        assert sum(server.asked.values()) == asked


def test_an_entry_that_an_infrastructure_error_kept_from_being_checked_stays_pending():
    def fails(entry: Entry):
        raise SandboxError("no jail")

    class Silent:
        name = "silent"

        def draft(self, wanted):
            return (Drafted(want.entry.problem.id) for want in wanted)

    assert list(RepairStage([Silent()], fails).run([Entry(problem=problem(1))])) == []


def test_a_tier_with_fewer_tests_than_needed_is_asked_for_again(tmp_path, sandbox):
    def another_value_later(prompt: str) -> str:
        answer = suite(prompt)
        if "- `basic`:" in prompt:
            return answer
        other = json.loads(answer)["tests"][0] | {"input": "5\n", "output": f"{5 * number_in(prompt)}\n"}
        return json.dumps({"tests": [other]})

    with AuthorServer(another_value_later) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 1, needed={Tier.EDGE: 2})
        last = server.bodies[-1]["messages"][1]["content"]
    assert [test.input for test in made[1].entry.problem.at(Tier.EDGE)] == ["0\n", "5\n"]
    assert "- `edge`:" in last
    assert "- `basic`:" not in last
    assert "too-few-tests" not in {flag.reason for flag in made[1].entry.flags}


def test_a_tier_that_stays_short_of_tests_is_kept_with_a_flag(tmp_path, sandbox):
    with AuthorServer(suite) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 1, needed={Tier.EDGE: 3})
    (flag,) = [flag for flag in made[1].entry.flags if flag.stage == "repair"]
    assert (flag.reason, flag.detail) == ("too-few-tests", "1 of 3 edge tests")


@pytest.mark.parametrize("rounds", [0, 1])
def test_without_rounds_incomplete_problems_are_dropped_at_once(rounds, tmp_path, sandbox):
    with AuthorServer(lambda prompt: Said("{")) as server:
        made = factory([settings("openai-chat", server.url)], tmp_path, sandbox, 1, rounds)
        assert sum(server.asked.values()) == 1 + rounds
    assert made[1].reason == "not-json"


def test_later_rounds_ask_in_the_order_of_the_entries_whichever_check_ends_first():
    """Where money runs out, the same problems are asked again in every run."""
    asked, last_is_done = [], Event()

    class Recording:
        name = "recording"

        def draft(self, wanted):
            asked.append([want.entry.problem.id for want in wanted])
            return (Drafted(want.entry.problem.id) for want in wanted)

    def checked(entry):
        if entry.problem.id == "times/1":
            assert last_is_done.wait(30)
        if entry.problem.id == "times/3":
            last_is_done.set()
        return Checked(entry, ())

    list(RepairStage([Recording()], checked, rounds=2, workers=3).run([Entry(problem=problem(n)) for n in (1, 2, 3)]))
    assert asked == [["times/1", "times/2", "times/3"]] * 2
