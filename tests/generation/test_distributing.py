"""The stages of a run on a real Ray cluster of two nodes on loopback."""

import json
import os
import threading

import pytest

from tarot_bench.config import digest
from tarot_bench.errors import RecipeError, SandboxUnavailableError
from tarot_bench.generation.distributing import RayStage
from tarot_bench.generation.factory import generate
from tarot_bench.generation.recipe import load_recipe
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.sandbox.base import SandboxInfo
from tests.generation.making import entry_of
from tests.sandbox.backends.ray.test_sandbox import NODE, cluster, wait_until  # noqa: F401

RECIPE = """
name: spread
source: {data: "synthetic:60@5"}
validate: {times: 1, record_cpu: false}
decontaminate: null
measure: {most_mutants: 3}
"""


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def files_of(run):
    found = [*run.glob("stages/*/*"), run / "entries.jsonl", run / "funnel.json"]
    return {str(file.relative_to(run)): file.read_bytes() for file in found}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_cluster_writes_the_same_bytes_as_one_machine_also_when_a_node_is_lost(
    cluster,  # noqa: F811
    recipe,
    tmp_path,
    monkeypatch,
):
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    second = cluster.add_node(**NODE)
    generate(str(recipe), tmp_path / "here")
    generate(str(recipe), tmp_path / "spread", settings=["engine=ray"])
    assert files_of(tmp_path / "spread") == files_of(tmp_path / "here")

    def lose():
        journal = tmp_path / "lost/stages/1-validate/journal.jsonl"
        wait_until(lambda: journal.exists() and journal.stat().st_size > 0)
        cluster.remove_node(second, allow_graceful=False)

    losing = threading.Thread(target=lose)
    losing.start()
    generate(str(recipe), tmp_path / "lost", settings=["engine=ray"])
    losing.join()
    assert files_of(tmp_path / "lost") == files_of(tmp_path / "here")


class Noting:
    """Keeps entries, with the id of the process that did it as their statement; p1 never."""

    name = "noting"
    whole = False

    def __init__(self, sandbox):
        assert sandbox.info.kind == "unsafe-subprocess"

    def run(self, entries):
        for entry in entries:
            if entry.problem.id != "p1":
                problem = entry.problem.model_copy(update={"statement": str(os.getpid())})
                yield StageOutcome.keep(entry.model_copy(update={"problem": problem}))


@pytest.mark.slow
def test_every_node_answers_and_what_has_no_answer_is_pending(cluster, monkeypatch, caplog, sandbox):  # noqa: F811
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    cluster.add_node(**NODE)
    entries = [entry_of(f"p{number}") for number in range(200)]
    with open_unsafe() as here:
        outcomes = list(RayStage("noting", Noting, "unsafe-subprocess", here.info).run(entries))
        assert {outcome.id for outcome in outcomes} == {entry.problem.id for entry in entries} - {"p1"}
        assert len({outcome.entry.problem.statement for outcome in outcomes}) == 2
        assert "p1: still pending" in caplog.text
    with pytest.raises(SandboxUnavailableError, match=r"a node of the Ray cluster cannot be used: its sandbox differs"):
        list(RayStage("noting", Noting, "unsafe-subprocess", sandbox.info).run(entries))


def open_unsafe():
    from tarot_bench.sandbox import open_sandbox

    return open_sandbox("unsafe-subprocess", workers=1)


def test_without_a_cluster_the_stage_says_how_to_start_one(monkeypatch, tmp_path):
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))  # where a cluster that was killed may have left its address
    stage = RayStage("noting", Noting, "local", SandboxInfo("local", "full", "3.11", {}))
    with pytest.raises(SandboxUnavailableError, match="ray start --head"):
        list(stage.run([entry_of()]))


def test_the_engine_and_the_sandbox_do_not_both_take_the_cluster(recipe):
    with pytest.raises(RecipeError, match="set sandbox to local"):
        load_recipe(str(recipe), ["engine=ray", "sandbox=ray"])


def test_a_run_may_be_resumed_with_another_engine(recipe, tmp_path):
    generate(str(recipe), tmp_path / "run", settings=["engine=ray", "source.data=synthetic:3"], only="source")
    manifest = json.loads((tmp_path / "run/run.json").read_text())
    del manifest["settings"]["engine"]  # as in a run of an earlier version
    manifest["digest"] = digest(manifest["settings"])
    (tmp_path / "run/run.json").write_text(json.dumps(manifest))
    generate(str(recipe), tmp_path / "run", settings=["source.data=synthetic:3"], resume=True)
    assert json.loads((tmp_path / "run/funnel.json").read_text())["stages"][-1]["kept"] == 3
