"""The line of a recipe with generators: nothing is paid for a problem that a free check drops."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tarot_bench.dataset import load_problems, write_jsonl
from tarot_bench.errors import InfrastructureError, RunError
from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.factory import estimate, generate
from tarot_bench.generation.recipe import load_recipe
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tests.conftest import ROOT
from tests.generation.author.helpers import VALIDATOR, number_in, problem, suite, with_outputs
from tests.generation.generate_process import Quiet
from tests.servers.author_llm import AuthorServer, Fault, Said

RECIPE = """
name: asked
source: {{data: {data}, keep_tiers: false}}
generators: [{{model: openai/any, base_url: {url}/v1, max_retries: 0, concurrency: 2, input_price: 1, output_price: 4}}]
validate: {{times: 1, record_cpu: false}}
dedup: {dedup}
decontaminate: null
measure: null
"""
LINE = ["source", "originals", "ambiguity", "dedup", "author", "validate", "repair", "agreement"]


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "test")


def recipe_of(tmp_path: Path, server: AuthorServer, problems: list[Problem], dedup: str = "{}") -> Path:
    write_jsonl(problems, tmp_path / "problems.jsonl")
    file = tmp_path / "recipe.yaml"
    file.write_text(RECIPE.format(data=json.dumps(str(tmp_path / "problems.jsonl")), url=server.url, dedup=dedup))
    return file


def run(recipe: Path, output: Path, *settings: str, **options):
    return generate(load_recipe(str(recipe), settings), output, Quiet(), **options)


def asked_for(server: AuthorServer) -> Counter[int]:
    made: Counter[int] = Counter()
    for prompt, count in server.asked.items():
        made[number_in(prompt)] += count
    return made


def changed(number: int, **fields) -> Problem:
    return problem(number).model_copy(update=fields)


def test_what_a_free_check_drops_is_never_asked_for(tmp_path):
    wrong = (TestCase(tier=None, input="2\n", output="7\n"),)
    words = "; if there are several solutions, print any of them."
    problems = [
        problem(1),
        changed(2, original_tests=wrong),
        changed(3, solution="print(int(input()) * 3"),
        changed(4, solution="import sys\nsys.exit(1)\n"),
        changed(5, statement=problem(5).statement + words),
        changed(1, id="copy"),
    ]
    with AuthorServer(suite) as server:
        counts = run(recipe_of(tmp_path, server, problems), tmp_path / "run")
        assert asked_for(server) == {1: 1}
    assert [count.stage for count in counts] == LINE
    dropped = {count.stage: count.dropped for count in counts if count.dropped}
    assert dropped == {
        "source": {"gold-does-not-parse": 1},
        "originals": {"gold-fails-original": 2},
        "ambiguity": {"several-answers": 1},
        "dedup": {"duplicate-exact": 1},
    }
    assert counts[-1].kept == 1


def test_alternative_solutions_are_compared_again_on_the_new_tests_only(tmp_path):
    """Both agree on the original test; on the edge test, 0, they do not."""
    other = "n = int(input())\nprint(n * 2 if n else 'none')\n"
    two = problem(2)
    origin = two.origin.model_copy(update={"extra": with_alternatives({}, [other], two.solution)})
    with AuthorServer(suite) as server:
        counts = run(recipe_of(tmp_path, server, [two.model_copy(update={"origin": origin})]), tmp_path / "run")
        kept = run(tmp_path / "recipe.yaml", tmp_path / "kept", "ambiguity.policy=keep")
    assert {count.stage: count.dropped for count in counts if count.dropped} == {"agreement": {"solutions-disagree": 1}}
    assert kept[-1].flags == {"solutions-disagree": 1}


def test_an_entry_that_is_not_served_is_pending_and_the_others_go_on(tmp_path):
    down = True

    def outage(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 503, headers={"retry-after-ms": "1"}) if down and number_in(prompt) == 2 else None

    with AuthorServer(suite, outage) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2, 3)], "null")
        with pytest.raises(InfrastructureError, match="stage author: 1 of 3 entries are pending"):
            run(recipe, tmp_path / "run")
        down = False
        counts = run(recipe, tmp_path / "run", resume=True)
    assert set(server.answered.values()) == {1}
    assert counts[-1].kept == 3
    entries = [json.loads(line) for line in (tmp_path / "run/entries.jsonl").read_text().splitlines()]
    assert {fact["provenance"]["round"] for entry in entries for fact in entry["facts"]} == {0}, "no round was used up"


def test_an_outage_during_repair_uses_up_no_round(tmp_path):
    served = False

    def wrong_at_first(prompt: str) -> str:
        return suite(prompt) if "reference solution gave" in prompt else with_outputs(suite(prompt), Tier.EDGE, "-1\n")

    def outage(prompt: str, attempt: int) -> Fault | None:
        return Fault("reset") if not served and "reference solution gave" in prompt else None

    with AuthorServer(wrong_at_first, outage) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2)], "null")
        for _ in range(3):
            with pytest.raises(InfrastructureError, match="stage repair: 2 of 2 entries are pending"):
                run(recipe, tmp_path / "run", "rounds=1", resume=True)
        served = True
        assert run(recipe, tmp_path / "run", "rounds=1", resume=True)[-1].kept == 2


def test_an_entry_whose_requests_are_given_up_is_dropped_as_unserved(tmp_path):
    with AuthorServer(suite, lambda prompt, attempt: Fault("reset") if number_in(prompt) == 2 else None) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2)], "null")
        with pytest.raises(InfrastructureError):
            run(recipe, tmp_path / "run")
        counts = run(recipe, tmp_path / "run", "author.unserved=drop", resume=True)
    assert {count.stage: count.dropped for count in counts if count.dropped} == {"repair": {"unserved": 1}}


def test_refusals_and_answers_without_a_validator_have_their_own_reasons(tmp_path):
    def answer(prompt: str) -> str | Said:
        if number_in(prompt) == 1:
            return Said("no", "refusal")
        made = json.loads(suite(prompt))
        made.pop("validators", None)
        return json.dumps(made)

    with AuthorServer(answer) as server:
        counts = run(recipe_of(tmp_path, server, [problem(n) for n in (1, 2)], "null"), tmp_path / "run")
    by_stage = {count.stage: count for count in counts}
    assert by_stage["author"].flags == {"no-validator": 1, "refused": 1}
    assert by_stage["repair"].dropped == {"refused": 1}


def test_problems_with_tier_tests_only_get_the_tests_of_generator_programs(tmp_path):
    """The old tests go, and there are no new ones before `validate` runs the programs."""

    def answer(prompt: str) -> str:
        programs = [
            {"tier": tier, "reason": "r", "program": f"print({10 * rank} + int(input()))", "seeds": 1}
            for rank, tier in enumerate(TIERS, start=1)
        ]
        return json.dumps({"generators": programs, "validators": [VALIDATOR]})

    old = TestCase(tier=Tier.BASIC, input="1\n", output="1\n", reason="why")
    with AuthorServer(answer) as server:
        recipe = recipe_of(tmp_path, server, [changed(1, original_tests=(), tests=(old,))], "null")
        run(recipe, tmp_path / "run", "source.keep_tiers=true", "author={literal: 0, generators: 1}")
        assert len(server.asked) == 1
    (made,) = load_problems(tmp_path / "run")
    assert [(test.tier, test.input) for test in made.tests] == [
        (tier, f"{10 * rank}\n") for rank, tier in enumerate(TIERS, start=1)
    ]
    assert made.original_tests == (TestCase(tier=None, input="1\n", output="1\n"),)


def test_prices_limits_and_sections_may_change_and_nothing_is_paid_again(tmp_path):
    with AuthorServer(suite) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2)], "null")
        run(recipe, tmp_path / "run")
        asked = server.asked.copy()
        for settings in (
            ("generators.0.max_tokens=99", "generators.0.most_tokens=400", "generators.0.timeout_s=7"),
            ("generators.0.input_price=2", "generators.0.expected_tokens=9", "author.journal=shared.sqlite"),
            ("dedup={}", "measure={most_mutants: 1}"),
            ("dedup={}", "ambiguity=null"),
            (),
        ):
            used = [text.replace("shared.sqlite", str(tmp_path / "shared.sqlite")) for text in settings]
            counts = run(recipe, tmp_path / "run", *used, resume=True)
            assert server.asked == asked
            names = [count.stage for count in counts]
            assert ("dedup" in names) == ("dedup={}" in settings)
            assert ("measure" in names) == ("measure={most_mutants: 1}" in settings)
            assert ("agreement" in names) == ("ambiguity=null" not in settings)
            folders = {folder.name for folder in (tmp_path / "run/stages").iterdir()}
            assert folders == {f"{number}-{name}" for number, name in enumerate(names)}
        with pytest.raises(RunError, match="rounds"):
            run(recipe, tmp_path / "run", "rounds=5", resume=True)


def test_a_run_pays_nothing_for_problems_of_another_run_with_the_same_journal(tmp_path):
    with AuthorServer(suite) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2, 3)], "null")
        shared = f"author.journal={tmp_path / 'shared.sqlite'}"
        run(recipe, tmp_path / "one", shared, "source.limit=2")
        (told,) = estimate(load_recipe(str(recipe), [shared]))
        assert (told.requests, told.kept) == (1, 2)
        run(recipe, tmp_path / "two", shared, "rounds=1", max_cost=0.04)
    assert set(server.answered.values()) == {1}
    assert len(server.answered) == 3


def test_the_journal_of_another_run_is_no_shared_one_and_its_replies_are_shared_by_resuming_it(tmp_path):
    with AuthorServer(suite) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2)], "null")
        run(recipe, tmp_path / "one")
        replies = tmp_path / "one" / "author" / "replies.sqlite"
        before, own = replies.read_bytes(), f"author.journal={replies}"
        with pytest.raises(RunError, match=r"author\.journal names the journal of a run: name another file"):
            run(recipe, tmp_path / "two", own)
        with pytest.raises(RunError, match=r"author\.journal names the journal of a run: name another file"):
            estimate(load_recipe(str(recipe), [own]))
        assert replies.read_bytes() == before
        with pytest.raises(RunError, match=r"author\.journal names the journal of a run: name another file"):
            run(recipe, tmp_path / "two", f"author.journal={tmp_path / 'two' / 'author' / 'replies.sqlite'}")
        shared = f"author.journal={tmp_path / 'shared.sqlite'}"
        run(recipe, tmp_path / "one", shared, resume=True)
        run(recipe, tmp_path / "two", shared)
    assert set(server.answered.values()) == {1}


def test_a_dry_run_of_a_begun_run_counts_what_passed_the_free_checks_and_writes_nothing(tmp_path):
    wrong = (TestCase(tier=None, input="2\n", output="7\n"),)
    with AuthorServer(suite, lambda prompt, attempt: Fault("reset") if number_in(prompt) == 3 else None) as server:
        recipe = recipe_of(tmp_path, server, [problem(1), changed(2, original_tests=wrong), problem(3)], "null")
        with pytest.raises(InfrastructureError):
            run(recipe, tmp_path / "run")
        asked = server.asked.copy()
        before = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")}
        (told,) = estimate(load_recipe(str(recipe)), tmp_path / "run")
        (blind,) = estimate(load_recipe(str(recipe)))
        assert server.asked == asked
    assert (told.requests, told.kept) == (1, 1)
    assert (blind.requests, blind.kept) == (3, 0)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")} == before


def test_a_dry_run_counts_the_rounds_of_repair_until_they_are_finished(tmp_path):
    with AuthorServer(suite) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2, 3)], "null")
        run(recipe, tmp_path / "run")
        (told,) = estimate(load_recipe(str(recipe)), tmp_path / "run")
        (other,) = estimate(load_recipe(str(recipe), ["generators.0.input_price=2"]), tmp_path / "run")
        (tmp_path / "run/stages/5-repair/kept.jsonl").unlink()
        (begun,) = estimate(load_recipe(str(recipe)), tmp_path / "run")
    assert (told.kept, told.expected.requests, told.most.requests) == (3, 0, 0)
    assert other == told
    assert (begun.kept, begun.requests, begun.expected.requests, begun.most.requests) == (3, 0, 1, 6)


def test_a_dry_run_finds_the_replies_of_a_second_generator_whose_prompts_depend_on_the_first(tmp_path):
    def fault(prompt: str, attempt: int) -> Fault | None:
        return Fault("reset") if number_in(prompt) == 3 else None

    with AuthorServer(suite, fault) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in (1, 2, 3)], "null")
        models = [f"{{model: openai/{name}, base_url: '{server.url}/v1', max_retries: 0}}" for name in ("a", "b")]
        both = f"generators=[{', '.join(models)}]"
        with pytest.raises(InfrastructureError):
            run(recipe, tmp_path / "run", both)
        told = estimate(load_recipe(str(recipe), [both]), tmp_path / "run")
    assert [(each.requests, each.kept) for each in told] == [(1, 2), (1, 2)]


def test_killed_after_a_changed_section_no_dataset_of_the_old_settings_is_left(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.generation.test_free_checks import run\n"
        "run(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:], resume=True)\n"
    )
    with AuthorServer(suite) as server:
        recipe = recipe_of(tmp_path, server, [problem(n) for n in range(1, 7)], "null")
        run(recipe, tmp_path / "run")
        asked = server.asked.copy()
        for settings in (["measure={most_mutants: 30}"], ["measure={most_mutants: 30}", "validate.times=1"]):
            command = [sys.executable, "-c", script, str(recipe), str(tmp_path / "run"), *settings]
            process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OPENAI_API_KEY": "test"})
            while process.poll() is None and (tmp_path / "run/entries.jsonl").exists():
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert process.returncode == -signal.SIGKILL
            assert not (tmp_path / "run/entries.jsonl").exists()
            counts = run(recipe, tmp_path / "run", *settings, resume=True)
            assert counts[-1].stage == "measure"
            assert (tmp_path / "run/entries.jsonl").exists()
            (tmp_path / "run/stages/7-measure/kept.jsonl").unlink()  # as if the next change came
        assert server.asked == asked
