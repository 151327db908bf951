"""The loop: what survives all tests goes back to a generator behind a real server, and is paid once."""

import json
from functools import partial

from tarot_bench.dataset.entry import Entry, WrongProgram
from tarot_bench.generation.author.authors import open_authors
from tarot_bench.generation.author.stage import AuthorStage
from tarot_bench.generation.selection.assessing import Assessment
from tarot_bench.generation.selection.choosing import Candidate
from tarot_bench.generation.selection.improving import Improver
from tarot_bench.generation.selection.settings import SelectionSettings
from tarot_bench.generation.selection.stage import SelectionStage
from tarot_bench.generation.validate.stage import ValidateSettings, check
from tarot_bench.problem import TIERS, Tier
from tests.generation.author.helpers import number_in, problem, settings, suite
from tests.servers.author_llm import AuthorServer

VALIDATION = ValidateSettings(times=1, record_cpu=False)
SMALL_ONLY = WrongProgram(source="n = int(input())\nprint(n * 3 if n < 4000 else 0)\n", origin="source")
IMPROVED = "not good enough"


def shifted(told, factor, by):
    """The same answer with all inputs of its tests larger, and right outputs."""
    if isinstance(told, list):
        return [shifted(each, factor, by) for each in told]
    if not isinstance(told, dict):
        return told
    made = {key: shifted(value, factor, by) for key, value in told.items()}
    if {"input", "output"} <= made.keys():
        number = int(made["input"]) + by
        made |= {"input": f"{number}\n", "output": f"{number * factor}\n"}
    return made


def learning(prompt: str, by: int = 5000) -> str:
    """A model that writes small inputs, and larger ones once it sees a program that they do not reject."""
    answer = suite(prompt)
    return json.dumps(shifted(json.loads(answer), number_in(prompt), by)) if IMPROVED in prompt else answer


def select(server, folder, sandbox, rounds, *, wrong=(SMALL_ONLY,)):
    """Author, validate and select problem 3 with a wrong program; the entry."""
    entry = Entry(problem=problem(3), wrong=wrong)
    checking = partial(check, sandbox=sandbox, settings=VALIDATION)
    with open_authors([settings("openai-chat", server.url)], folder, sandbox) as (authors, _):
        (drafted,) = [outcome.entry for outcome in AuthorStage(authors).run([entry])]
        valid = checking(drafted).entry
        improver = Improver(authors, checking, rounds, folder / "selection" / "requests.jsonl", first=3)
        stage = SelectionStage(SelectionSettings(most_mutants=0), {}, sandbox, improver=improver)
        (outcome,) = stage.run([valid])
    return outcome.entry


def rejected(entry):
    (found,) = [flag.detail for flag in entry.flags if flag.reason == "selected"]
    return found


def test_a_wrong_program_that_survives_is_shown_to_the_generator_until_a_test_rejects_it(tmp_path, sandbox):
    with AuthorServer(learning) as server:
        before = select(server, tmp_path / "none", sandbox, 0)
        after = select(server, tmp_path / "loop", sandbox, 3)
        asked = [body["messages"][1]["content"] for body in server.bodies]
    assert "reject 0 wrong programs" in rejected(before)
    assert "reject 1 wrong programs" in rejected(after)
    assert SMALL_ONLY.source.strip() in asked[-1]
    assert [IMPROVED in prompt for prompt in asked] == [False, False, True], "nothing survives the first round"
    assert [test.tier for test in after.problem.tests] == list(TIERS)
    basic = after.facts[0].provenance
    assert (basic.round, int(after.problem.at(Tier.BASIC)[0].input)) == (3, 5003)


def test_the_loop_ends_where_new_tests_reject_no_more(tmp_path, sandbox):
    with AuthorServer(partial(learning, by=1)) as server:
        made = select(server, tmp_path, sandbox, 4)
        asked = sum(IMPROVED in body["messages"][1]["content"] for body in server.bodies)
    assert asked == 1
    assert "reject 0 wrong programs" in rejected(made)


def test_an_entry_without_survivors_costs_no_request(tmp_path, sandbox):
    with AuthorServer(learning) as server:
        select(server, tmp_path, sandbox, 2, wrong=(WrongProgram(source="print(1)\n", origin="source"),))
        assert sum(server.asked.values()) == 1


def test_a_repeated_loop_asks_nothing_again_and_chooses_the_same(tmp_path, sandbox):
    with AuthorServer(learning) as server:
        first = select(server, tmp_path, sandbox, 3)
        asked = sum(server.asked.values())
        assert select(server, tmp_path, sandbox, 3) == first
        assert sum(server.asked.values()) == asked


def test_a_repeated_request_is_the_one_that_was_made_first(tmp_path, sandbox):
    """What survives may differ from run to run where a program is near the time limit; the paid request may not."""
    with AuthorServer(learning) as server:
        select(server, tmp_path, sandbox, 1)
        asked = sum(server.asked.values())
        journal = tmp_path / "selection" / "requests.jsonl"
        told = json.loads(journal.read_text())
        told["failures"][0]["what"] = "accepts-wrong-program: as it was shown first"
        journal.write_text(json.dumps(told) + "\n")
        select(server, tmp_path, sandbox, 1)
        assert sum(server.asked.values()) == asked + 1
        assert "as it was shown first" in server.bodies[-1]["messages"][1]["content"]


def test_progress_is_a_program_that_survived_and_is_rejected_now_whatever_its_number():
    def assessed(programs, rejected):
        candidate = Candidate(test=None, steps=1, boundary=frozenset(), rejects=frozenset(rejected))
        return Assessment(None, (candidate,), tuple(WrongProgram(source=name, origin="source") for name in programs))

    before = assessed("BXDC", {0, 2})  # X and C survive
    assert assessed("ABXDC", {0, 1, 3, 4}).rejects_some_of(before.surviving)
    assert not assessed("ABXDC", {0, 1, 3}).rejects_some_of(before.surviving)
    assert not assessed("BD", {0, 1}).rejects_some_of(before.surviving)
