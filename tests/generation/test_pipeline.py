import json
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from tarot_bench.dataset.entry import Flag
from tarot_bench.errors import InfrastructureError, RecipeError, RunError
from tarot_bench.generation.complete import CompleteStage
from tarot_bench.generation.pipeline import run_stages
from tarot_bench.generation.results import StageResults
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tarot_bench.runs import RunDirectory
from tests.generation.generate_process import Quiet
from tests.generation.making import entry_of

ROOT = Path(__file__).parents[2]


class Making:
    """A first stage of ten entries and one row that is of no use."""

    name = "source"
    whole = True

    def run(self, entries):
        assert entries == []
        for number in range(10):
            yield StageOutcome.keep(entry_of(f"p{number}"))
        yield StageOutcome(id="row 11", entry=None, reason="no-gold")


class Passing:
    """Drops p3 and marks the rest; answers in reverse; notes what it was given; stops where it is told to."""

    whole = False

    def __init__(self, name, stop_before=None, pending=()):
        self.name = name
        self.given = []
        self._stop_before, self._pending = stop_before, pending

    def run(self, entries):
        self.given.append([entry.problem.id for entry in entries])
        for entry in reversed(entries):
            if entry.problem.id == self._stop_before:
                raise KeyboardInterrupt
            if entry.problem.id == "p3":
                yield StageOutcome.drop(entry, "unlucky", "a three")
            elif entry.problem.id not in self._pending:
                problem = entry.problem.model_copy(update={"statement": entry.problem.statement + self.name})
                yield StageOutcome.keep(entry.model_copy(update={"problem": problem}))


class Whole(Passing):
    whole = True


def start(path):
    return RunDirectory.start(path, "generate", {}, {}, resume=True)


def files_of(path):
    """Every result of a run, by name, with its bytes."""
    wanted = [*path.glob("stages/*/*"), path / "entries.jsonl", path / "funnel.json"]
    return {str(file.relative_to(path)): file.read_bytes() for file in wanted}


def test_a_journal_left_by_a_kill_after_the_results_were_written_is_deleted_on_resume(tmp_path):
    run_stages(start(tmp_path), [Making(), Passing("a")], Quiet())
    before = files_of(tmp_path)
    (tmp_path / "stages/1-a/journal.jsonl").write_text("")
    run_stages(start(tmp_path), [Making(), Passing("a")], Quiet())
    assert files_of(tmp_path) == before


def test_results_are_in_the_order_of_the_source_and_the_funnel_counts_reasons(tmp_path):
    counts = run_stages(start(tmp_path), [Making(), Passing("a"), Passing("b")], Quiet())
    in_order = [f"p{number}" for number in range(10) if number != 3]
    ids = [json.loads(line)["problem"]["id"] for line in (tmp_path / "entries.jsonl").read_text().splitlines()]
    assert ids == in_order
    assert [entry.problem.id for entry in StageResults(start(tmp_path), 1, "a").entries()] == in_order
    assert [(c.stage, c.entered, c.kept, c.dropped) for c in counts] == [
        ("source", 11, 10, {"no-gold": 1}),
        ("a", 10, 9, {"unlucky": 1}),
        ("b", 9, 9, {}),
    ]
    assert json.loads((tmp_path / "funnel.json").read_text())["stages"][1]["dropped"] == {"unlucky": 1}
    (reject,) = StageResults(start(tmp_path), 1, "a").rejected()
    assert (reject.id, reject.reason, reject.detail) == ("p3", "unlucky", "a three")


def test_flags_that_the_data_had_are_not_counted_as_new(tmp_path):
    old, new = (Flag(stage="a", reason=reason) for reason in ("old", "new"))

    class Flagged(Making):
        def run(self, entries):
            yield StageOutcome.keep(entry_of("p0", flags=(old,)))

    class Flagging(Passing):
        def run(self, entries):
            for entry in entries:
                yield StageOutcome.keep(entry.model_copy(update={"flags": (*entry.flags, new)}))

    counts = run_stages(start(tmp_path), [Flagged(), Flagging("a")], Quiet())
    assert counts[1].flags == {"new": 1}
    (entry,) = StageResults(start(tmp_path), 1, "a").entries()
    assert entry.flags == (old, new)


def test_a_stage_that_was_stopped_gets_only_what_it_owes_and_ends_with_the_same_bytes(tmp_path):
    run_stages(start(tmp_path / "straight"), [Making(), Passing("a")], Quiet())
    with pytest.raises(KeyboardInterrupt):
        run_stages(start(tmp_path / "stopped"), [Making(), Passing("a", stop_before="p4")], Quiet())
    journal = tmp_path / "stopped/stages/1-a/journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-7])  # as if killed while writing the last line
    again = Passing("a")
    run_stages(start(tmp_path / "stopped"), [Making(), again], Quiet())
    assert again.given == [["p0", "p1", "p2", "p3", "p4", "p5"]]
    assert files_of(tmp_path / "stopped") == files_of(tmp_path / "straight")


def test_a_whole_stage_that_was_stopped_starts_anew_with_all_entries(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run_stages(start(tmp_path), [Making(), Whole("a", stop_before="p4")], Quiet())
    again = Whole("a")
    run_stages(start(tmp_path), [Making(), again], Quiet())
    assert again.given == [[f"p{number}" for number in range(10)]]


def test_what_is_done_is_not_done_again_unless_asked(tmp_path):
    run_stages(start(tmp_path), [Making(), Passing("a"), Passing("b")], Quiet())
    before = files_of(tmp_path)
    first, second = Passing("a"), Passing("b")
    run_stages(start(tmp_path), [Making(), first, second], Quiet())
    assert (first.given, second.given) == ([], [])
    run_stages(start(tmp_path), [Making(), first, second], Quiet(), start="b")
    assert (len(first.given), len(second.given)) == (0, 1)
    assert files_of(tmp_path) == before


def test_one_stage_alone_needs_the_one_before_it_and_outdates_those_after_it(tmp_path):
    stages = [Making(), Passing("a"), Passing("b")]
    with pytest.raises(RunError, match="stage a is not finished, but b needs it"):
        run_stages(start(tmp_path), stages, Quiet(), only="b")
    counts = run_stages(start(tmp_path), stages, Quiet(), only="source")
    assert [count.stage for count in counts] == ["source"]
    assert not (tmp_path / "entries.jsonl").exists()
    run_stages(start(tmp_path), stages, Quiet())
    run_stages(start(tmp_path), stages, Quiet(), start="a", only="a")
    assert not StageResults(start(tmp_path), 2, "b").done
    assert not (tmp_path / "entries.jsonl").exists()
    with pytest.raises(RecipeError, match="its stages are source, a, b"):
        run_stages(start(tmp_path), stages, Quiet(), only="c")


class Padded(Making):
    """A first stage of many entries of 20 kB."""

    def run(self, entries):
        for number in range(1500):
            yield StageOutcome.keep(entry_of(f"p{number}", statement="x" * 20_000))


class Streaming(Passing):
    def run(self, entries):
        return map(StageOutcome.keep, entries)


def test_a_stage_holds_few_entries_in_memory_whether_it_is_resumed_or_not(tmp_path):
    stages = [Padded(), Streaming("a"), Streaming("b")]
    run_stages(start(tmp_path), stages, Quiet(), only="source")  # modules that are loaded on first use
    tracemalloc.start()
    try:
        run_stages(start(tmp_path), stages, Quiet())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = (tmp_path / "entries.jsonl").stat().st_size
    assert size > 30_000_000
    assert peak < size / 4


def test_a_stage_that_answers_what_it_was_not_given_is_a_bug(tmp_path):
    class Inventing(Passing):
        def run(self, entries):
            yield StageOutcome.keep(entry_of("another"))

    class Repeating(Passing):
        def run(self, entries):
            yield StageOutcome.keep(entries[0])
            yield StageOutcome.keep(entries[0])

    for stage in (Inventing("a"), Repeating("a")):
        with pytest.raises(AssertionError, match=r"answered '(another|p0)' twice, or was not given it"):
            run_stages(start(tmp_path), [Making(), stage], Quiet(), start="a")


def test_entries_with_infrastructure_errors_stay_pending(tmp_path):
    with pytest.raises(InfrastructureError, match="stage a: 2 of 10 entries are pending"):
        run_stages(start(tmp_path), [Making(), Passing("a", pending=("p1", "p2"))], Quiet())
    again = Passing("a")
    run_stages(start(tmp_path), [Making(), again], Quiet())
    assert again.given == [["p1", "p2"]]


RECIPE = """
name: killed
source: {data: "synthetic:10@5", keep_tiers: false}
generators: [{model: mutate}]
validate: {times: 1, record_cpu: false}
decontaminate: null
measure: {most_mutants: 2, retier: true}
"""


def generate(recipe, output, *seconds):
    command = [sys.executable, "-m", "tests.generation.generate_process", recipe, output, *map(str, seconds)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def straight_and_killed(recipe, tmp_path):
    """The files of a run, and those of one that was killed at random moments and resumed."""
    begun = time.monotonic()
    assert generate(recipe, tmp_path / "straight").returncode == 0
    whole = time.monotonic() - begun
    rng = random.Random(4)
    kills = 0
    for _ in range(20):
        share = rng.uniform(0.05, 0.2) if kills < 2 else rng.uniform(0.1, 0.6)  # a machine may get faster meanwhile
        said = generate(recipe, tmp_path / "killed", share * whole)
        if said.returncode == 0:
            break
        assert said.returncode == -signal.SIGKILL, said.stderr
        kills += 1
    assert generate(recipe, tmp_path / "killed").returncode == 0
    assert kills >= 2
    return files_of(tmp_path / "straight"), files_of(tmp_path / "killed")


@pytest.mark.slow
def test_killed_at_random_moments_the_result_is_bit_identical(tmp_path):
    """CPU times are not recorded here: they alone differ between any two runs."""
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE)
    straight, killed = straight_and_killed(recipe, tmp_path)
    assert straight == killed
    lines = straight["entries.jsonl"].decode().splitlines()
    assert {test["tier"] for line in lines for test in json.loads(line)["problem"]["tests"]} == set(Tier)


@pytest.mark.slow
def test_killed_while_golds_tell_tasks_apart_the_result_is_bit_identical(tmp_path):
    problems = [framed_problem(f"p{number}", number // 2) for number in range(24)]  # twelve tasks, each of them twice
    (tmp_path / "problems.jsonl").write_text("".join(problem.model_dump_json() + "\n" for problem in problems))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        f"name: framed\nsource: {{data: {json.dumps(str(tmp_path / 'problems.jsonl'))}}}\n"
        "validate: {times: 1, record_cpu: false}\ndecontaminate: null\nmeasure: null\n"
    )
    straight, killed = straight_and_killed(recipe, tmp_path)
    assert straight == killed
    (counts,) = [stage for stage in json.loads(straight["funnel.json"])["stages"] if stage["stage"] == "dedup"]
    assert counts["dropped"] == {"duplicate-near": 12}
    assert counts["flags"] == {"different-task": 11}


def framed_problem(name, added):
    frame = " ".join(f"rule{number}" for number in range(60))
    tests = tuple(
        TestCase(tier=tier, input=f"{tier.rank}\n", output=f"{tier.rank + added}\n", reason="why") for tier in TIERS
    )
    solution = f"print(int(input()) + {added})\n"
    return Problem(id=name, statement=f"{frame} add {added} {name}", solution=solution, tests=tests)


def test_a_problem_without_a_wanted_tier_is_not_complete():
    whole, partial = entry_of("whole"), entry_of("partial", tests=entry_of().problem.tests[:2])
    outcomes = list(CompleteStage(TIERS).run([whole, partial]))
    assert [(outcome.id, outcome.reason, outcome.detail) for outcome in outcomes] == [
        ("whole", None, ""),
        ("partial", "missing-tier", "complex, edge"),
    ]
    assert [outcome.reason for outcome in CompleteStage(TIERS[:2]).run([whole, partial])] == [None, None]
