"""The history of entries, read from real runs with an author on loopback."""

import json
import shutil
from functools import partial

import pytest

from tarot_bench.errors import DataError, RunError
from tarot_bench.generation.author.journal import RawReply, ReplyJournal
from tarot_bench.generation.factory import generate
from tarot_bench.generation.history.exchanges import Exchanges
from tarot_bench.generation.history.history import generators_of, history, listed
from tarot_bench.generation.history.provenance import _without_places
from tarot_bench.generation.history.text import lines_of
from tarot_bench.models import Request
from tarot_bench.problem import Tier
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import PROVENANCE, RunProvenance
from tests.generation.author.helpers import problem, settings
from tests.generation.history.making import HOSTILE, authored
from tests.generation.making import entry_of

REPLIES = "author/replies.sqlite"


def bytes_of(folder):
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_the_list_holds_every_entry_with_its_state_and_what_it_cost(run):
    rows = list(listed(run))
    states = [(row.entry.id, row.entry.state, row.entry.stage, row.entry.reason) for row in rows]
    assert states == [
        ("times/1", "kept", "measure", None),
        ("times/2", "kept", "measure", None),
        ("times/3", "dropped", "repair", "refused"),
    ]
    assert [row.spent.requests for row in rows] == [1, 2, 2]
    assert [row.spent.usd for row in rows] == pytest.approx([0.0006, 0.0012, 0.0012])
    assert rows[1].entry.tests == {"basic": 1, "intermediate": 1, "complex": 1, "edge": 1, "original": 1}


def test_the_history_of_a_repaired_entry_tells_the_rejected_test_and_both_requests(run):
    made = history(run, "2")
    assert [(asked.round, asked.generator) for asked in made.asked] == [(0, "openai/any"), (1, "openai/any")]
    assert "gold-disagrees" in made.asked[1].messages[-1]["content"]
    assert [reply.model for asked in made.asked for reply in asked.replies] == ["any-2026-01-02"] * 2
    (rejected,) = [flag for step in made.steps if step.stage == "validate" for flag in step.flags]
    assert (rejected.reason, rejected.tier, rejected.expected, rejected.got) == (
        "gold-disagrees", Tier.EDGE, "7\n", "0\n",
    )  # fmt: skip
    counts = {step.stage: step.tests["edge"] for step in made.steps}
    assert [counts[stage] for stage in ("source", "author", "validate", "repair", "measure")] == [0, 1, 0, 1, 1]
    wrote = {reply.request_id for asked in made.asked for reply in asked.replies}
    assert {facts.provenance.request_id for facts in made.entry.facts} == wrote


def test_the_text_has_the_parts_in_order_and_nothing_that_a_terminal_obeys(run):
    text = "\n".join(lines_of(history(run, "2")))
    parts = ("source:", "Prompt 1", "Reply: live", "Prompt 2", "Stage validate", "gold-disagrees", "Test 4, edge")
    places = [text.index(part) for part in (*parts, "votes: gold agrees", "Validator, best of 1")]
    assert places[:-2] == sorted(places[:-2])
    made = history(run, "3")
    refused = "\n".join(lines_of(made, full=True))
    assert "dropped by the stage repair: refused" in refused
    assert HOSTILE in made.asked[0].replies[0].detail
    assert not set(HOSTILE) & set(refused) - set("[2J")
    assert "\\x1b" in refused


def test_prompts_are_cut_unless_asked_for_in_full(run):
    made = history(run, "1")
    prompt = made.asked[0].messages[-1]["content"]
    cut, full = ("\n".join(lines_of(made, full)) for full in (False, True))
    assert f"({len(prompt)} characters" in cut
    assert prompt.rstrip().splitlines()[-1] in full
    assert "characters," not in full


def test_rows_of_batches_are_read_too(tmp_path):
    made = history(authored(tmp_path, mode="batch"), "times/2")
    assert [(reply.via, reply.model) for asked in made.asked for reply in asked.replies] == [
        ("batch", "any-2026-01-02")
    ] * 2


def test_nothing_is_written(run):
    before = bytes_of(run)
    list(listed(run))
    history(run, "3")
    assert bytes_of(run) == before


def test_prompts_of_a_run_under_way_are_read_beside_its_writer(tmp_path):
    generator = settings("openai-chat", "http://127.0.0.1:9")
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        asked = {"ab": Request(problem(1), 0, "do", "be"), "cd": Request(problem(2), 0, "do")}
        journal.record(generator.name, {key: partial(lambda request: request, each) for key, each in asked.items()})
        journal.add(generator.name, [RawReply("ab-9", "live", b"<html>"), RawReply("abc-9", "live", b"of another")])
        asked = list(Exchanges(tmp_path / "replies.sqlite", [generator]).of())
    assert [[message["role"] for message in each.messages] for each in asked] == [["system", "user"], ["user"]]
    ((reply,), ()) = (each.replies for each in asked)
    assert (reply.reason, reply.text, reply.model) == ("unreadable", "<html>", None)


def test_an_unfinished_run_has_pending_entries(run, tmp_path):
    part = tmp_path / "part"
    shutil.copytree(run, part)
    for folder in (part / "stages").iterdir():
        if folder.name.partition("-")[2] in {"repair", "agreement", "measure"}:
            shutil.rmtree(folder)
    (part / "entries.jsonl").unlink()
    rows = list(listed(part))
    assert {(row.entry.state, row.entry.stage) for row in rows} == {("pending", "")}
    stages = [step.stage for step in history(part, "2").steps]
    assert (stages[0], stages[-2:]) == ("source", ["author", "validate"])


def test_a_run_of_an_earlier_version_has_no_prompts_and_its_entries_are_shown(run, tmp_path):
    import sqlite3

    old = tmp_path / "old"
    shutil.copytree(run, old)
    with sqlite3.connect(old / REPLIES) as db:
        db.execute("DROP TABLE questions")
    db.close()
    made = history(old, "2")
    assert made.asked == ()
    assert made.entry is not None


def test_the_recorded_prompt_is_the_one_that_was_sent(run):
    """The digest in a test's provenance is that of the messages."""
    from tarot_bench.generation.author.prompts import AuthorPrompt

    made = history(run, "2")
    sent = {AuthorPrompt(*(message["content"] for message in asked.messages)).digest for asked in made.asked}
    assert {facts.provenance.prompt_digest for facts in made.entry.facts} == sent


def test_a_run_without_generators_and_one_of_another_verb(tmp_path):
    (tmp_path / "recipe.yaml").write_text(
        "name: plain\nsource: {data: 'synthetic:2'}\nvalidate: {times: 1}\ndecontaminate: null\nmeasure: null\n"
    )
    generate(tmp_path / "recipe.yaml", tmp_path / "plain")
    assert [row.spent.requests for row in listed(tmp_path / "plain")] == [0, 0]
    other = tmp_path / "other"
    RunDirectory.start(other, "evaluate", {}, {}, resume=False)
    with pytest.raises(RunError, match="a run of `evaluate`"):
        list(listed(other))


def test_rows_that_the_source_refused_are_shown_beside_the_entry_of_their_id_and_each_by_itself(tmp_path):
    good = entry_of("times/1").problem.model_dump(mode="json")
    bad = {**good, "id": "times/2", "solution": None}
    rows = [bad, good, {**good, "statement": "Again."}, bad | {"solution": "print 'two'"}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recipe.yaml").write_text(
        f"name: plain\nsource: {{data: {tmp_path}/rows.jsonl}}\nvalidate: {{times: 1}}\ndecontaminate: null\n"
        "measure: null\n"
    )
    generate(tmp_path / "recipe.yaml", tmp_path / "run")
    states = [(row.entry.id, row.entry.state, row.entry.reason) for row in listed(tmp_path / "run")]
    assert states == [
        ("times/1", "kept", None),
        ("times/2", "dropped", "no-gold"),
        ("times/1", "dropped", "same-id"),
        ("times/2", "dropped", "gold-does-not-parse"),
    ]
    kept, dropped = (history(tmp_path / "run", name) for name in ("1", "times/2"))
    assert (kept.state.state, kept.entry is None, [row.reason for row in kept.refused]) == ("kept", False, ["same-id"])
    assert (dropped.state.reason, [row.reason for row in dropped.refused]) == ("no-gold", ["gold-does-not-parse"])
    assert "Another source row of this id: dropped by the stage source: same-id: " in "\n".join(lines_of(kept))


def test_an_unknown_entry_is_named_with_the_closest_one(run):
    with pytest.raises(DataError, match=r"did you mean times/3"):
        history(run, "tims/3")


def test_generators_of_other_versions_are_read():
    (read,) = generators_of({"generators": [{"model": "openai/any", "of_the_future": 1}]})
    assert json.loads(read.model_dump_json())["model"] == "openai/any"


def test_provenance_adds_up_the_requests_of_each_generator(run):
    made = RunProvenance.model_validate_json((run / PROVENANCE).read_bytes())
    (use,) = made.generators
    assert (use.requests, use.models) == (sum(row.spent.requests for row in listed(run)), {"any-2026-01-02": 5})
    assert "author.jinja" in made.prompts
    assert "base_url" not in json.dumps(made.recipe)


def test_only_paths_of_this_machine_are_shortened_in_provenance(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.jsonl").touch()
    told = {"data": "mine.jsonl", "deep": {"data": "/x/rows.jsonl", "home": "~/rows.jsonl", "journal": "j"}}
    texts = ["a description. " * 50, "~100 problems", "nul\0", "org/name", ""]
    assert _without_places({**told, "texts": texts}) == {
        "data": "mine.jsonl", "deep": {"data": "rows.jsonl", "home": "rows.jsonl"}, "texts": texts,
    }  # fmt: skip
