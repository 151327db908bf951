"""`evaluate` end to end, on real programs, in the real sandbox, against a real HTTP server."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import DataError, ModelError, QuotaError, RecipeError, RunError, SandboxUnavailableError
from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.models.base import Answer
from tarot_bench.mutation import mutate
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.sandbox.backends.local import isolation as probe
from tarot_bench.verdict import Completion, Grade
from tests.servers.llm import LlmServer

LIMIT = 8


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def golds() -> dict[str, str]:
    """Statement -> gold, for a server that knows the answers."""
    return {problem.statement.strip(): problem.solution or "" for problem in load_problems("embedded")}


def knowing(prompt: str) -> str:
    """Answer a prompt with its gold; every third statement (by length) with a wrong program."""
    statement, gold = next((s, g) for s, g in golds().items() if s in prompt)
    code = "print('no idea')" if len(statement) % 3 == 0 else gold
    return f"Sure!\n```python\n{code}\n```\nDone."


def served(server: LlmServer, **given):
    settings = {"limit": LIMIT, "samples": 2, "options": {"base_url": server.url, "concurrency": 4, "max_retries": 1}}
    return resolve("openai/any", "tarot", **(settings | given))


def rates(summaries) -> dict:
    return {name: e.value if e else None for s in summaries for name, e in s.metrics.named().items()}


def test_gold_scores_one_hundred_percent_from_raw_text_to_metric(tmp_path):
    (summary,) = evaluate(resolve("gold", "tarot", limit=LIMIT), tmp_path / "run")
    assert summary.metrics.value("strict") == 1.0
    assert summary.metrics.counts.problems == LIMIT
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"run.json", "summary.json", "tarot"}
    assert len(lines(tmp_path / "run/tarot/completions.jsonl")) == LIMIT
    manifest = json.loads((tmp_path / "run/run.json").read_text())
    assert manifest["environment"]["sandbox"]["level"] in ("full", "landlock")
    assert manifest["settings"]["data"]["tarot"]["digest"] == summary.setting["data_digest"]


@pytest.mark.slow
def test_a_flawed_model_loses_and_its_verdicts_repeat(tmp_path):
    settings = resolve("mutant:1.0", "tarot", limit=5, samples=2)
    first, second = (rates(evaluate(settings, tmp_path / name)) for name in ("a", "b"))
    assert first == second
    assert first["strict"] < 1.0


def test_answers_come_over_http_are_counted_and_journalled(tmp_path):
    with LlmServer(answer=knowing) as server:
        (summary,) = evaluate(served(server), tmp_path / "run")
        assert len(server.requests) == 2 * LIMIT
        assert 1 < server.peak <= 4
    assert 0 < summary.metrics.value("strict") < 1
    records = lines(tmp_path / "run/tarot/completions.jsonl")
    assert {(r["problem_id"], r["index"]) for r in records} == {(r["problem_id"], i) for r in records for i in (0, 1)}
    assert all(r["usage"]["output_tokens"] > 0 for r in records)


def test_a_resumed_run_asks_only_for_pending_samples(tmp_path):
    with LlmServer(answer=knowing) as server:
        whole = rates(evaluate(served(server), tmp_path / "whole"))
        evaluate(served(server), tmp_path / "run")
        journal = tmp_path / "run/tarot/completions.jsonl"
        kept = journal.read_text().splitlines(keepends=True)[:5]
        journal.write_text("".join(kept) + '{"problem_id": "torn')
        (tmp_path / "run/tarot/grades.jsonl").write_text("")
        before = len(server.requests)
        again = evaluate(served(server), tmp_path / "run", resume=True)
        assert len(server.requests) - before == 2 * LIMIT - 5
    assert rates(again) == whole
    assert journal.read_text().startswith("".join(kept))


def test_a_finished_run_resumes_to_the_same_numbers_without_asking(tmp_path):
    with LlmServer(answer=knowing) as server:
        first = rates(evaluate(served(server), tmp_path / "run"))
        before = len(server.requests)
        assert rates(evaluate(served(server), tmp_path / "run", resume=True)) == first
        assert len(server.requests) == before


def test_samples_that_could_not_be_had_are_ungraded_and_pending(tmp_path):
    with LlmServer(answer=knowing) as server:
        server.fail_next(500, times=6)
        settings = served(server, options={"base_url": server.url, "concurrency": 2, "max_retries": 0})
        (summary,) = evaluate(settings, tmp_path / "run")
        assert summary.metrics.counts.ungraded == 6
        (after,) = evaluate(settings, tmp_path / "run", resume=True)
        assert after.metrics.counts.ungraded == 0
        assert len(server.requests) == 2 * LIMIT + 6


def test_an_empty_account_stops_the_run_and_keeps_what_was_answered(tmp_path):
    with LlmServer(answer=knowing) as server:
        settings = served(server, options={"base_url": server.url, "concurrency": 1})
        server.fail_quota(times=0)
        evaluated = server.respond

        def respond(call):
            if len(server.requests) == 4:
                server.fail_quota()
            return evaluated(call)

        server.respond = respond
        with pytest.raises(QuotaError):
            evaluate(settings, tmp_path / "run")
        assert len(lines(tmp_path / "run/tarot/completions.jsonl")) == 4
        assert len(server.requests) == 5


def test_a_server_that_is_down_is_one_line(tmp_path):
    with LlmServer() as server:
        url = server.url
    settings = resolve("openai/any", "tarot", limit=1, options={"base_url": url, "max_retries": 0})
    with pytest.raises(ModelError, match="is the server running"):
        evaluate(settings, tmp_path / "run")


def test_resuming_with_a_changed_setting_names_it(tmp_path):
    evaluate(resolve("gold", "tarot", limit=2), tmp_path / "run")
    with pytest.raises(RunError, match=r"limit: 2 -> 1"):
        evaluate(resolve("gold", "tarot", limit=1), tmp_path / "run", resume=True)
    changed = resolve("gold", "tarot", overrides=("sampling.temperature=0.5",), limit=2)
    with pytest.raises(RunError, match=r"sampling\.temperature"):
        evaluate(changed, tmp_path / "run", resume=True)


def test_how_hard_a_server_is_driven_may_change_on_resume(tmp_path):
    with LlmServer(answer=knowing) as server:
        evaluate(served(server), tmp_path / "run")
        other = served(server, options={"base_url": server.url, "concurrency": 9, "timeout_s": 5})
        evaluate(other, tmp_path / "run", resume=True)


def test_a_journal_of_another_run_is_refused(tmp_path):
    evaluate(resolve("gold", "tarot", limit=2), tmp_path / "run")
    foreign = Completion(problem_id="somebody/else", index=0, model="m", text="")
    with (tmp_path / "run/tarot/completions.jsonl").open("a") as journal:
        journal.write(foreign.model_dump_json() + "\n")
    with pytest.raises(RunError, match="somebody/else"):
        evaluate(resolve("gold", "tarot", limit=2), tmp_path / "run", resume=True)


def test_tiers_and_ids_narrow_the_run(tmp_path):
    problem = load_problems("embedded").problems[3]
    settings = resolve("gold", "tarot", ids=[problem.id], tiers=["basic", "edge"])
    (summary,) = evaluate(settings, tmp_path / "run")
    assert [tier.value for tier in summary.metrics.tiers] == ["basic", "edge"]
    with Path(tmp_path / "run/tarot/grades.jsonl").open() as grades:
        made = Grade.model_validate_json(grades.readline())
    assert len(made.results) == len(problem.at(Tier.BASIC)) + len(problem.at(Tier.EDGE))


def test_a_run_that_asks_for_full_isolation_stops_on_a_lesser_machine(tmp_path, monkeypatch):
    """A search path without bubblewrap makes this machine a lesser one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    probe.bubblewrap_version.cache_clear()
    probe._namespaces.cache_clear()
    try:
        with pytest.raises(SandboxUnavailableError, match="bubblewrap"):
            evaluate(resolve("gold", "tarot", overrides=("isolation=full",), limit=1), tmp_path / "run")
    finally:
        probe.bubblewrap_version.cache_clear()
        probe._namespaces.cache_clear()


def test_more_than_n_cannot_be_drawn_from_n():
    with pytest.raises(RecipeError, match="pass@5 needs 5 samples"):
        resolve("gold", "tarot", samples=2, k=[5])


def test_unknown_suite_key_and_data_are_refused():
    with pytest.raises(RecipeError, match=r"shipped: paper, .*quick, smoke, tarot"):
        resolve("gold", "absent")
    with pytest.raises(RecipeError, match="colour"):
        resolve("gold", "tarot", overrides=("colour=red",))
    with pytest.raises(RecipeError, match="tarot, humaneval"):
        resolve("gold", "quick", data=("x.jsonl",))


def test_a_model_that_answers_too_little_is_a_model_error(tmp_path, monkeypatch):
    from tarot_bench.models.baselines import GoldModel

    async def mute(self, requests, sampling) -> list[Answer]:
        return []

    monkeypatch.setattr(GoldModel, "generate", mute)
    with pytest.raises(ModelError, match="0 answers"):
        evaluate(resolve("gold", "tarot", limit=2), tmp_path / "run")


def test_data_from_a_file_are_evaluated_and_an_empty_file_is_refused(tmp_path):
    problems = load_problems("embedded").problems[:3]
    write_jsonl(problems, tmp_path / "mine.jsonl")
    (summary,) = evaluate(resolve("gold", "tarot", data=(str(tmp_path / "mine.jsonl"),)), tmp_path / "run")
    assert summary.metrics.counts.problems == 3
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(DataError):
        evaluate(resolve("gold", "tarot", data=(str(tmp_path / "empty.jsonl"),)), tmp_path / "other")


@pytest.mark.slow
def test_killed_at_three_random_moments_a_run_ends_with_the_same_numbers_and_pays_once(tmp_path):
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    with LlmServer(answer=knowing, delay_s=0.02) as server:
        command = [
            *(sys.executable, "-m", "tarot_bench", "evaluate", "--model", "openai/any", "--base-url", server.url),
            *("-n", "5", "--no-cache", "--output", str(tmp_path / "run"), "--resume", "options.concurrency=2"),
        ]
        journal = tmp_path / "run/tarot/completions.jsonl"
        for _ in range(3):
            known = journal.read_text().count("\n") if journal.exists() else 0
            wanted = min(known + moments.randrange(1, 70), 215)
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while not journal.exists() or journal.read_text(errors="replace").count("\n") < wanted:
                assert process.poll() is None, "the run ended before it could be killed"
                time.sleep(0.005)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        journalled = {(r["problem_id"], r["index"]) for r in map(json.loads, complete_lines(journal))}
        before = len(server.requests)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        assert len(server.requests) - before == 230 - len(journalled), f"seed {seed}"
        settings = resolve("openai/any", "tarot", samples=5, options={"base_url": server.url, "concurrency": 8})
        undisturbed = rates(evaluate(settings, tmp_path / "undisturbed"))
    final = json.loads((tmp_path / "run/summary.json").read_text())["summaries"][0]["metrics"]
    other = json.loads((tmp_path / "undisturbed/summary.json").read_text())["summaries"][0]["metrics"]
    assert final == other, f"seed {seed}"
    assert 0 < undisturbed["strict"] < 1


def complete_lines(path: Path) -> list[str]:
    return [line for line in path.read_text(errors="replace").splitlines(keepends=True) if line.endswith("\n")]


SPIN = """import time
while time.process_time() < {seconds}:
    pass
print("done")
"""


def spinning(number: int) -> Problem:
    """A program that needs 70 % or 130 % of its CPU limit."""
    seconds = 0.7 if number % 2 else 1.3
    test = TestCase(tier=Tier.BASIC, input="", output="done\n")
    limits = Limits(cpu_s=1, wall_s=30)
    return Problem(
        id=f"spin/{number}", statement="Spin.", solution=SPIN.format(seconds=seconds), tests=(test,), limits=limits
    )


def broken(problem: Problem, seed: int) -> Problem:
    """A problem under another id whose "gold" holds one fault, and whose limit is one CPU second."""
    mutant = mutate(problem.solution or "", random.Random(seed))
    changed = {"id": f"{problem.id}/{seed}", "limits": Limits(cpu_s=1, wall_s=30)}
    return problem.model_copy(update=changed | {"solution": mutant.source if mutant else problem.solution})


@pytest.mark.slow
def test_verdicts_do_not_depend_on_what_else_the_machine_does(tmp_path):
    """Over two hundred programs, twenty of them near their limit, alone and beside four busy loops."""
    mutants = [broken(problem, seed) for problem in load_problems("embedded") for seed in range(4)]
    write_jsonl([*mutants, *map(spinning, range(20))], tmp_path / "data.jsonl")
    chosen = {"data": (str(tmp_path / "data.jsonl"),), "tiers": ["basic", "edge"]}
    settings = resolve("gold", "tarot", overrides=("gold_factor=null",), **chosen)
    evaluate(settings, tmp_path / "alone", cache=False)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        evaluate(settings, tmp_path / "beside", cache=False)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    alone, beside = (verdicts(tmp_path / name / "tarot/grades.jsonl") for name in ("alone", "beside"))
    assert len(alone) >= 200
    assert alone == beside
    assert [alone[f"spin/{number}", 0] for number in range(4)] == [["TIME_LIMIT"], ["PASSED"]] * 2


def verdicts(path: Path) -> dict:
    return {
        (record["problem_id"], record["index"]): [result["verdict"] for result in record["results"]]
        for record in lines(path)
    }
